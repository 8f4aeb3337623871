"""Installations are kept in slack_sdk's shape, with tokens nobody can read from the database."""

import asyncio
import time
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from slack_sdk.oauth.installation_store import Installation
from sqlalchemy import MetaData, create_engine, text

from memory.database import Database
from memory.installations import Installations, States

HOME, AGENCY, SECRET = "T0HALDEN01", "T0AGENCY01", "client secret"


def installation(team: str = HOME, token: str = "xoxb-first", **more: Any) -> Installation:
    return Installation(
        app_id="A1", team_id=team, team_name=team.lower(), bot_token=token, bot_id="B1", bot_user_id="U0BATON0001",
        bot_scopes="chat:write", user_id="U0INSTALL1", user_token="xoxp-personal", **more,
    )  # fmt: skip


def store(database: Database, secret: str = SECRET) -> Installations:
    return Installations(database.engine, "1.2", secret)


async def everything(database: Database) -> str:
    async with database.read() as tx:
        tables = [
            (await tx.execute(text(f"SELECT * FROM {name}"))).all() for name in ("slack_bots", "slack_installations")
        ]
    return str(tables)


async def test_the_tables_are_those_that_slack_sdk_would_make(database: Database):
    wanted = MetaData()
    Installations.build_bots_table(wanted, "slack_bots")
    Installations.build_installations_table(wanted, "slack_installations")
    States.build_oauth_states_table(wanted, "slack_oauth_states")
    engine = create_engine(database.url)

    def compare() -> list[object]:
        with engine.connect() as connection:
            ours = {"include_name": lambda name, kind, _: kind != "table" or name in wanted.tables}
            return compare_metadata(MigrationContext.configure(connection, opts=ours), wanted)

    differences = await asyncio.to_thread(compare)
    engine.dispose()
    assert differences == []


async def test_what_was_installed_is_found_again_and_unreadable_in_the_database(database: Database):
    await store(database).async_save(installation(bot_refresh_token="xoxe-refresh", bot_token_expires_in=43_200))
    found = await store(database).of_team(HOME)
    assert found
    assert (found.bot_token, found.bot_refresh_token) == ("xoxb-first", "xoxe-refresh")
    assert abs((found.bot_token_expires_at or 0) - time.time() - 43_200) < 60
    kept = await everything(database)
    assert "xox" not in kept
    assert "U0INSTALL1" not in kept


async def test_with_another_secret_nothing_is_installed(database: Database):
    await store(database).async_save(installation())
    assert await store(database, "another secret").of_team(HOME) is None


async def test_a_token_moved_to_another_place_in_the_table_does_not_open(database: Database):
    await store(database).async_save(installation(bot_refresh_token="xoxe-refresh", bot_token_expires_in=43_200))
    async with database.engine.begin() as tx:
        await tx.execute(text("UPDATE slack_bots SET bot_token = bot_refresh_token"))
    assert await store(database).of_team(HOME) is None


async def test_workspaces_are_kept_apart_and_a_second_installation_takes_the_firsts_place(database: Database):
    kept = store(database)
    await kept.async_save(installation(AGENCY, "xoxb-agency"))
    await kept.async_save(installation(installed_at=time.time() - 60))
    await kept.async_save(installation(token="xoxb-second"))
    assert [(await kept.of_team(team)).bot_token for team in (HOME, AGENCY)] == ["xoxb-second", "xoxb-agency"]  # type: ignore[union-attr]
    found = await kept.async_find_installation(enterprise_id=None, team_id=HOME, user_id="U0ANYBODY1")
    assert found
    assert found.bot_token == "xoxb-second"
    async with database.read() as tx:
        for table in ("slack_bots", "slack_installations"):
            assert await tx.scalar(text(f"SELECT count(*) FROM {table}")) == 2


async def test_a_workspace_that_removed_the_app_is_forgotten_and_no_other(database: Database):
    kept = store(database)
    await kept.async_save(installation())
    await kept.async_save(installation(AGENCY))
    await kept.remove(AGENCY)
    assert await kept.of_team(AGENCY) is None
    assert await kept.of_team(HOME)
    assert AGENCY not in await everything(database)


async def test_of_many_who_come_with_one_state_one_is_let_through(database: Database):
    state = await States(database.engine, 600).async_issue()
    used = await asyncio.gather(*(States(database.engine, 600).async_consume(state) for _ in range(10)))
    assert sorted(used) == [False] * 9 + [True]


async def test_a_state_that_is_too_old_or_unknown_lets_nobody_through(database: Database):
    states = States(database.engine, 600)
    assert not await states.async_consume("guessed")
    state = await states.async_issue()
    async with database.engine.begin() as tx:
        await tx.execute(text("UPDATE slack_oauth_states SET expire_at = expire_at - interval '601 seconds'"))
    assert not await states.async_consume(state)
    await states.async_issue()
    async with database.read() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM slack_oauth_states")) == 1, "the old one is dropped"
