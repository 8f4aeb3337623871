"""What is put together at the start: whoever presses is looked up in Slack before anything else is asked."""

from pathlib import Path

import pytest

from app.assembly import assembled
from app.settings import Settings
from domain.badge import Badge
from domain.errors import NotYours
from tests.graph.fakes import CORA, model
from tests.postgres import address, server, template

__all__ = ["address", "server", "template"]


class Register:
    """A directory in which one account is switched off."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def badge(self, slack: str) -> Badge | None:
        self.asked.append(slack)
        return Badge(slack=slack, is_deactivated=slack == CORA)


async def test_an_account_switched_off_in_slack_decides_nothing_in_what_was_put_together(address: str, tmp_path: Path):
    register, settings = Register(), Settings(home=tmp_path, database_url=address)
    async with assembled(settings, model(), directory=register) as runner:
        with pytest.raises(NotYours, match="This Slack account is deactivated"):
            await runner.governing.stop(CORA, "everything", "", "All figures are off.")
    assert register.asked == [CORA]
