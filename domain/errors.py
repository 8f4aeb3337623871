"""Everything that can go wrong, named for what a person can do about it. Each message is one sentence."""

from collections.abc import Mapping, Sequence


class MarketingError(Exception):
    """The root of the family. `str(error)` may be shown to a person as it is."""


class ConfigurationError(MarketingError):
    """The settings or `baton.yaml` cannot be used. Nothing was started; exit code 2."""


class StartupError(MarketingError):
    """Something Baton needs is out of reach (Slack, database, a port, a folder). Nothing was started; exit code 1."""


class SourceUnavailable(MarketingError):
    """A data source gave no usable answer. The sweep goes on without it and says so."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source} gave no data: {reason}")
        self.source = source


class TableRefused(MarketingError):
    """A table breaks its contract. None of it was loaded."""

    def __init__(self, table: str, column: str | None, problem: str, rows: Sequence[str], remedy: str) -> None:
        place = f"{table}.{column}" if column else table
        first = f" First rows: {'; '.join(rows)}." if rows else ""
        super().__init__(f"{place}: {problem}.{first} {remedy}")
        self.table, self.column = table, column


class NotYet(MarketingError):
    """It is too early for this. Nothing was done; says what comes first."""


class OutsideGrant(MarketingError):
    """An agent asked for a table its mandate does not give it. A fault in the agent, never in the data."""

    def __init__(self, table: str, grant: Sequence[str]) -> None:
        super().__init__(f"This agent may not read {table}; its mandate gives it {', '.join(grant) or 'nothing'}.")


class Refusal(MarketingError):
    """A press that decides nothing. The presser alone is told why."""


class NotYours(Refusal):
    """The presser may not decide this."""


class Unidentified(Refusal):
    """Slack does not say who the presser is just now. Worth trying again in a minute."""


class AlreadyDecided(Refusal):
    """Somebody was first. Names who and when."""


class StaleCard(Refusal):
    """The proposal has changed since the card was drawn. The card is drawn anew."""


class NoLongerOpen(Refusal):
    """The proposal expired or its signal closed."""


class InvalidChange(Refusal):
    """An override that the action's own bounds or the policy do not allow."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.field = field


class NotFound(Refusal):
    """No signal or proposal of that id."""


class PlatformUnavailable(MarketingError):
    """The platform certainly did nothing: it could not be reached, or refused. Safe to try again later."""


class Drifted(PlatformUnavailable):
    """The live value was no longer the approved one when the write arrived. Nothing was written; back to a person."""

    def __init__(self, message: str, live: Mapping[str, str]) -> None:
        super().__init__(message)
        self.live = dict(live)
        """What the platform shows now, by address."""


class Fenced(PlatformUnavailable):
    """The platform has heard of a later holder of the same action. Nothing was written; the late one steps back."""


class OutcomeUnknown(MarketingError):
    """A write may or may not have happened. Never repeated blindly: found out by reading, and shown to a person."""


class DatabaseSilent(MarketingError):
    """The database did not answer in time, and the press was given up. Worth trying again in a minute."""

    def __init__(self) -> None:
        super().__init__(
            "My database does not answer just now. What you pressed was given up, and is not done later: please look "
            "at the card, and unless it shows your decision, press again in a minute."
        )


class SlackUnavailable(MarketingError):
    """Slack gave no usable answer. The card is drawn again later from the database."""
