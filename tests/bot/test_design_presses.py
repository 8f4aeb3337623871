"""The design tab as people use it: the real bolt app on a strict workspace, and a door of governance that notes."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient

from app.workspace.people import WorkspaceUser
from app.workspace.server import Workspace
from bot.board import SlackBoard
from bot.listeners import connect
from domain.amendment import AmendmentView, Design
from domain.errors import InvalidChange, NotYours, StaleCard
from tests.bot.designs import BUSY, NEW_DESIGN, amendment
from tests.bot.fakes import FakeRunner
from tests.bot.samples import ADA, MARA, MODEL, NILS
from tests.bot.test_design import said
from tests.e2e.tab import beside

CHANGED = "Mara Lindt changed this on 14 March at 14:02, after this form was opened; open it again."


class Governing:
    """The door of governance, as far as the views need it."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.shown = BUSY
        self.level_now = "ask"

    async def design(self, user: str) -> Design:
        if user not in (ADA, MARA):
            raise NotYours("Only the CMO sees the design.")
        return self.shown

    async def draft(
        self, by: str, part: str, values: dict[str, str], reason: str, *, base: int | None = None
    ) -> AmendmentView:
        if base not in {None, self.shown.version}:
            raise StaleCard(CHANGED)
        if values.get("max_change") == "a lot":
            raise InvalidChange("max_change", "Type a number such as 250 or 36.50.")
        self.calls.append(("draft", by, part, dict(values), reason))
        return amendment(by=by)

    async def agree(self, ident: str, by: str) -> AmendmentView:
        if by == MARA:
            raise NotYours("You have agreed already.")
        self.calls.append(("agree", ident, by))
        return amendment()

    async def grant(self, *given: Any, base: str | None = None) -> None:
        if base not in {None, self.level_now}:
            raise StaleCard(CHANGED)
        self.calls.append(("grant", *given))

    def __getattr__(self, name: str) -> Any:
        async def call(*given: Any) -> None:
            self.calls.append((name, *given))

        return call


class Office:
    """The workspace as people use it."""

    def __init__(self, address: str, http: aiohttp.ClientSession, governing: Governing) -> None:
        self.address, self.http, self.governing = address, http, governing

    async def do(self, call: str, **content: Any) -> dict[str, Any]:
        async with self.http.post(f"{self.address}/control/{call}", json=content) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def shown(self, user: str) -> dict[str, Any]:
        async with self.http.get(f"{self.address}/control/home", params={"user": user}) as answer:
            return (await answer.json())["view"]

    async def design(self, user: str) -> dict[str, Any]:
        """The design tab, opened as people open it."""
        view = (await self.do("home", user=user))["view"]
        await self.do("click", user=user, view_id=view["id"], action_id="show_design", value="design")
        return await self.shown(user)

    async def press(self, user: str, action: str, value: str) -> dict[str, Any]:
        view = await self.design(user)
        block = beside(view, action, value)
        return await self.do("click", user=user, view_id=view["id"], action_id=action, value=value, **block)

    async def send(self, user: str, form: dict[str, Any], **values: Any) -> dict[str, Any]:
        given = {block: {block: value} for block, value in values.items()}
        return await self.do("submit", user=user, view_id=form["id"], values=given)


@pytest.fixture
async def office(runner: FakeRunner, tmp_path: Path) -> AsyncIterator[Office]:
    people = [WorkspaceUser(person.slack, person.name, tuple(sorted(person.roles))) for person in MODEL.people]
    workspace = Workspace(tmp_path, people, [MODEL.routes.channel])
    address = await workspace.serve(port=0)
    client = AsyncWebClient(token=workspace.bot_token, base_url=f"{address}/api/")
    runner.governing = Governing()  # type: ignore[attr-defined]
    board = SlackBoard(runner, client)  # type: ignore[arg-type]
    sockets = AsyncSocketModeHandler(connect(runner, client, board=board), workspace.app_token)  # type: ignore[arg-type]
    await sockets.connect_async()
    try:
        async with aiohttp.ClientSession() as http:
            yield Office(address, http, runner.governing)  # type: ignore[attr-defined]
    finally:
        await sockets.close_async()
        await workspace.close()


async def test_the_architect_edits_a_limit_and_sees_what_it_would_have_changed(office: Office):
    form = (await office.press(ADA, "edit_part", "limits/0"))["view"]
    wrong = await office.send(ADA, form, max_change="a lot", reason="We ask too often.")
    assert wrong["errors"] == {"max_change": "Type a number such as 250 or 36.50."}
    seen = (await office.send(ADA, form, max_change="40", reason="We ask too often."))["view"]
    assert "Of the last 212 proposals, *14* would have been judged differently" in said(seen)
    _, by, part, values, reason = office.governing.calls[-1]
    assert (by, part, values["key"], values["max_change"]) == (ADA, "limits", "0", "40")
    assert values["actions"] == "set_budget,shift_budget"
    assert reason == "We ask too often."
    await office.send(ADA, seen)
    assert office.governing.calls[-1] == ("agree", "amd_0a1b2c3d4e5f", ADA)


async def test_a_form_of_an_older_design_says_so_and_keeps_what_was_typed(office: Office):
    form = (await office.press(ADA, "edit_part", "limits/0"))["view"]
    office.governing.shown = BUSY.model_copy(update={"version": BUSY.version + 1})
    answer = await office.send(ADA, form, max_change="40", reason="We ask too often.")
    assert answer["errors"] == {"reason": CHANGED}, "inside the form, which stays open with all that was typed"
    assert office.governing.calls == []
    again = (await office.press(ADA, "edit_part", "limits/0"))["view"]
    await office.send(ADA, again, max_change="40", reason="We ask too often.")
    assert office.governing.calls[-1][:3] == ("draft", ADA, "limits")


async def test_what_is_taken_out_is_named_by_its_key(office: Office):
    form = (await office.press(ADA, "edit_part", "goals/0"))["view"]
    await office.send(ADA, form, remove=["yes"], reason="We steer by revenue now.")
    values = office.governing.calls[-1][3]
    assert (values["key"], values["remove"]) == ("0", "yes")


async def test_an_entry_that_is_gone_is_said_to_be_gone(office: Office):
    view = await office.design(ADA)
    office.governing.shown = NEW_DESIGN
    choice = {"action_id": "edit_part", "block_id": "edit_limits_1", "value": "limits/1"}
    answer = await office.do("click", user=ADA, view_id=view["id"], **choice)
    assert "not there any more" in said(answer["view"])


async def test_a_stop_is_pulled_and_lifted_with_reasons(office: Office):
    form = (await office.press(ADA, "stop", "stop"))["view"]
    await office.send(ADA, form, what="agent/content", reason="Its figures are off.")
    assert office.governing.calls[-1] == ("stop", ADA, "agent", "content", "Its figures are off.")
    form = (await office.press(ADA, "stop", "stop"))["view"]
    await office.send(ADA, form, reason="All figures are off.")
    assert office.governing.calls[-1] == ("stop", ADA, "everything", "", "All figures are off.")
    form = (await office.press(ADA, "lift_stop", "stop_0a1b2c3d4e5f"))["view"]
    await office.send(ADA, form, reason="Mended.")
    assert office.governing.calls[-1] == ("lift", "stop_0a1b2c3d4e5f", ADA, "Mended.")


async def test_an_emergency_takes_minutes_and_a_reason(office: Office):
    office.governing.shown = BUSY.model_copy(update={"emergency": None})
    form = (await office.press(ADA, "break_glass", "break_glass"))["view"]
    wrong = await office.send(ADA, form, minutes="x1", reason="The shop is down.")
    assert wrong["errors"] == {"minutes": "Type a number of minutes."}
    await office.send(ADA, form, minutes="20", reason="The shop is down.")
    assert office.governing.calls[-1] == ("break_glass", ADA, "The shop is down.", 20)


async def test_anybody_with_a_role_ends_an_emergency_before_its_time(office: Office):
    await office.press(MARA, "end_emergency", "emg_0a1b2c3d4e5f")
    assert office.governing.calls[-1] == ("end_emergency", "emg_0a1b2c3d4e5f", MARA)


async def test_a_level_is_changed_with_what_was_measured_in_sight(office: Office):
    form = (await office.press(ADA, "grant_level", "performance/pause_ad"))["view"]
    assert "12 outcomes measured" in said(form)
    await office.send(ADA, form, level="automatic", reason="Twelve of twelve.")
    assert office.governing.calls[-1] == ("grant", ADA, "performance", "pause_ad", "automatic", "Twelve of twelve.")


async def test_a_level_that_changed_while_its_form_was_open_is_said_in_the_form(office: Office):
    form = (await office.press(ADA, "grant_level", "performance/pause_ad"))["view"]
    office.governing.level_now = "observe"
    answer = await office.send(ADA, form, level="automatic", reason="Twelve of twelve.")
    assert answer["errors"] == {"reason": CHANGED}
    assert office.governing.calls == []


async def test_a_change_is_agreed_to_or_rejected_and_a_refusal_is_said(office: Office):
    await office.press(ADA, "agree_amendment", "amd_0a1b2c3d4e5f")
    assert office.governing.calls[-1] == ("agree", "amd_0a1b2c3d4e5f", ADA)
    form = (await office.press(ADA, "reject_amendment", "amd_1a1b2c3d4e5f"))["view"]
    await office.send(ADA, form, reason="Not before the sale.")
    assert office.governing.calls[-1] == ("reject", "amd_1a1b2c3d4e5f", ADA, "Not before the sale.")


async def test_whoever_may_not_see_the_design_is_told_so(office: Office):
    view = (await office.do("home", user=NILS))["view"]
    answer = await office.do("click", user=NILS, view_id=view["id"], action_id="show_design", value="design")
    assert "Only the CMO sees the design." in said(answer["view"])
