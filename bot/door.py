"""What the bot asks of the rooms behind it: the methods of `graph.runner.Runner` that it uses."""

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from domain.case import Answer, Case, Digest, Health, Inbox, Post, ProposalView
from domain.chart import Chart
from domain.operating_model import OperatingModel


class Door(Protocol):
    """Kept by `graph.runner.Runner`; in tests by an in-memory fake. Refusals come as `domain.errors.Refusal`."""

    @property
    def model(self) -> OperatingModel:
        """People, roles, channel."""
        ...

    async def case(self, signal_id: str) -> Case:
        """One case. Raises NotFound."""
        ...

    async def find(self, words: str) -> Case | None:
        """A case by id, id prefix or name."""
        ...

    async def open_cases(self) -> tuple[Case, ...]:
        """All open cases, most at stake first."""
        ...

    async def inbox(self, user: str) -> Inbox:
        """What one person has to decide and has decided."""
        ...

    async def health(self) -> Health:
        """How the system itself is doing."""
        ...

    async def may(self, proposal_id: str, version: int, by: str) -> tuple[Case, ProposalView]:
        """Whether a press would be taken; raises the refusal it would meet."""
        ...

    async def approve(self, proposal_id: str, version: int, by: str) -> Case:
        """Do it as proposed. Committed when this returns."""
        ...

    async def override(self, proposal_id: str, version: int, by: str, values: Mapping[str, str], reason: str) -> Case:
        """Do it, changed: values as typed, by field. Committed when this returns; also raises InvalidChange."""
        ...

    async def reject(self, proposal_id: str, version: int, by: str, reason: str) -> Case:
        """Don't. Committed when this returns."""
        ...

    async def snooze(self, proposal_id: str, version: int, by: str, hours: int) -> Case:
        """Ask again after `hours`. Committed when this returns."""
        ...

    async def ask(self, question: str, by: str, signal_id: str | None = None) -> Answer:
        """An answer with its citations."""
        ...

    async def chart(self, signal_id: str) -> Chart | None:
        """The series behind a signal; None where there is nothing to draw."""
        ...

    async def evidence(self, signal_id: str) -> tuple[tuple[str, ...], ...]:
        """Rows of the evidence table; the first row heads it."""
        ...

    async def digest(self, day: date | None = None) -> Digest:
        """The daily digest of a day, of today without one."""
        ...

    async def summary(self, words: str) -> str:
        """A summary as asked for: "last week for Meta"."""
        ...

    async def posts(self, signal_id: str) -> Mapping[str, Post]:
        """The Slack messages that show a case, by key."""
        ...

    async def posted(self, signal_id: str, post: Post) -> None:
        """Remember where a message is and what it shows."""
        ...

    async def upload(self, key: str) -> str | None:
        """The Slack file uploaded under a key, if any."""
        ...

    async def uploaded(self, key: str, file_id: str) -> None:
        """Remember a Slack file."""
        ...
