"""A signal with everything that has been decided and done about it: what a card, the inbox and an answer show."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from pydantic import Field

from domain.action import Action, inverse
from domain.amendment import AmendmentView
from domain.attribution import told_apart
from domain.base import Frozen
from domain.catalogue import CATALOGUE
from domain.chart import Chart
from domain.proposal import Decision, Overridden, Proposal
from domain.pulse import Pulse
from domain.receipt import Outcome, Receipt, ReceiptStatus
from domain.signal import CloseReason, Signal
from domain.standing import Emergency, Stop
from domain.trouble import Trouble
from domain.verdict import Verdict


class ProposalStatus(StrEnum):
    """Where a proposal stands. Derived from decision, action and receipt rows, never stored twice."""

    PENDING = "pending"
    SNOOZED = "snoozed"
    FORBIDDEN = "forbidden"
    APPROVED = "approved"
    """Approved or overridden, not yet executed."""
    EXECUTED = "executed"
    DRIFTED = "drifted"
    FAILED = "failed"
    REHEARSED = "rehearsed"
    """Approved in dry-run: checked as usual, nothing was written."""
    UNKNOWN = "unknown"
    MEASURED = "measured"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    """Its signal closed, or a newer proposal took its place, before anyone decided."""


_DONE = frozenset({ProposalStatus.EXECUTED, ProposalStatus.MEASURED})
_ALIVE = _DONE | {
    ProposalStatus.PENDING,
    ProposalStatus.SNOOZED,
    ProposalStatus.APPROVED,
    ProposalStatus.UNKNOWN,
}


class CallRecord(Frozen):
    """How the forecasts of the agents behind a proposal held, the newest times they suggested this kind of action.

    A call counts once it was measured sharply enough to be held against its forecast (`Outcome.measurable`), however
    many of these agents stood behind it. Levels of autonomy and summaries count alike.
    """

    measured: int = Field(ge=1)
    """Calls counted."""
    right: int = Field(ge=0)
    """Of them, those whose measured effect, as best estimated, went the way the forecast said."""
    inside: int = Field(ge=0)
    """Of them, those whose measured effect, as best estimated, lay in the forecast's 80 % interval."""


class ProposalView(Frozen):
    """One proposal as it stands."""

    proposal: Proposal
    verdict: Verdict
    status: ProposalStatus
    expires_at: datetime | None = None
    asked_at: datetime | None = None
    """When this version was put to people; a question is passed on a while after that. None: never passed on."""
    put_off: timedelta = timedelta()
    """What snoozes have added to its deadline so far; `domain.proposal.MOST_PUT_OFF` at most."""
    asleep_until: datetime | None = None
    """The end of the snooze that reaches furthest, also where a shorter one followed: so far its deadline has moved."""
    decision: Decision | None = None
    """The final decision, or the snooze in force."""
    approvals: tuple[str, ...] = ()
    """Slack users who approved so far, where more than one is needed."""
    changed_by: str | None = None
    """Slack user who made of it what is asked now, where others must agree to a change. See `is_erased`."""
    changed_because: str | None = None
    """Why they did, in their own words."""
    in_emergency: bool = False
    """Whether it was decided by somebody who could decide alone at that moment, in an emergency they had declared."""
    receipt: Receipt | None = None
    outcome: Outcome | None = None
    measured_after: date | None = None
    """The day its outcome is due, once executed."""
    record: CallRecord | None = None
    """Of whoever suggests it, while it waits and has a forecast. Read when it is shown: no part of what is asked."""

    @property
    def done(self) -> Action:
        """What is or would be done: the proposed action, or what the owner made of it."""
        return self.decision.action if isinstance(self.decision, Overridden) else self.proposal.action

    @property
    def undo_until(self) -> datetime | None:
        """Until when what was done can be taken back; None where it cannot be, or is itself taking something back."""
        days = CATALOGUE[self.done.kind].undo_days
        if self.receipt is None or self.status not in _DONE or self.proposal.undoes is not None or not days:
            return None
        takes_back = inverse(self.done, self.receipt.before)
        return self.receipt.at + timedelta(days=days) if takes_back is not None else None


class Case(Frozen):
    """One signal with its proposals."""

    signal: Signal
    is_open: bool
    closed: CloseReason | None = None
    closed_on: date | None = None
    proposals: tuple[ProposalView, ...] = ()

    def takes_answers(self, view: ProposalView) -> bool:
        """Whether a question on this card can be answered at all. One about undoing can be on a closed one too."""
        return self.is_open or view.proposal.undoes is not None

    def undo_of(self, view: ProposalView) -> ProposalView | None:
        """What takes back what `view` did: asked, under way or done. None where nobody asked, or it came to nothing."""
        asked = (one for one in self.proposals if one.proposal.undoes == view.proposal.id)
        return next((one for one in asked if one.status in _ALIVE), None)

    def alongside(self, view: ProposalView) -> tuple[ProposalView, ...]:
        """What else was executed for this signal in the days `view` is judged by, and cannot be told apart from it."""
        mine = _days_at_work(view)
        if mine is None:
            return ()
        others = [
            (other, _days_at_work(other))
            for other in self.proposals
            if other.proposal.id != view.proposal.id and not told_apart(view.done, other.done)
        ]
        return tuple(other for other, days in others if days and days[0] <= mine[1] and mine[0] <= days[1])


def _days_at_work(view: ProposalView) -> tuple[date, date] | None:
    """From the execution to the end of the days it is judged by; None where nothing was done that moves a figure."""
    window = CATALOGUE[view.proposal.action.kind].window_days
    if not window or view.receipt is None or view.receipt.status not in {ReceiptStatus.DONE, ReceiptStatus.HANDED_OVER}:
        return None
    done = view.receipt.at.date()
    return done, done + timedelta(days=window)


class Post(Frozen):
    """One Slack message that shows a case, found again by its key."""

    key: str
    """"sig_…/card", "sig_…/evidence", "sig_…/chart", "prop_…/receipt", "prop_…/outcome"."""
    channel: str
    ts: str
    digest: str
    """Hash of what was last sent, so that an unchanged message is not edited."""


class Health(Frozen):
    """How the system itself is doing."""

    today: date
    """The day the company is on."""
    last_sweep: date | None
    last_sweep_took_seconds: float | None = None
    sources: tuple[str, ...] = ()
    """One line per table: "ad_report: up to 14 March, 2,304 rows"."""
    gaps: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    """One line per agent: "performance: 3 findings on 14 March"."""
    open_signals: int = 0
    pending: int = 0
    unknown: int = 0
    """Executions whose result is not known."""
    model: str = "deterministic writer"
    troubles: tuple[Trouble, ...] = ()
    """What keeps Baton from working in Slack, the oldest first."""
    pulse: Pulse = Pulse()
    """Whether a worker is at work, and what waits for it."""
    stops: tuple[Stop, ...] = ()
    """Those in force."""


class Inbox(Frozen):
    """What one person has to decide and has decided."""

    user: str
    roles: tuple[str, ...]
    mine: tuple[Case, ...]
    """Open cases with at least one pending proposal for this person, most at stake first."""
    others: tuple[Case, ...]
    """Other open cases."""
    decided: tuple[Case, ...]
    """Cases this person's roles decided on, newest first."""
    health: Health
    decided_by_others: tuple[Case, ...] = ()
    """Other cases people decided on in the last seven days, newest first."""
    stops: tuple[Stop, ...] = ()
    """Those in force."""
    emergency: Emergency | None = None
    """The one that runs."""
    to_review: tuple[Emergency, ...] = ()
    """Emergencies of other people that ended and nobody has looked at yet."""
    to_agree: tuple[AmendmentView, ...] = ()
    """Changes of the operating model this person may agree to, oldest first."""


class Citation(Frozen):
    """Where a number in an answer comes from."""

    table: str
    window: tuple[date, date] | None
    filter: str
    """"platform=meta, campaign_id=c3"."""


class Answer(Frozen):
    """A reply to a question: words whose every number is cited, or an honest "I don't know, because …"."""

    question: str
    text: str
    """Plain words with Slack mrkdwn bold at most."""
    citations: tuple[Citation, ...] = ()
    known: bool = True
    """False: the answer says why it does not know."""
    chart: Chart | None = None
    """The figure over the days, where a course was asked for; it shows no incident."""


class Digest(Frozen):
    """What one owner, or everybody, should read once a day."""

    day: date
    headline: str
    changed: tuple[str, ...]
    """Signals opened, updated or closed since the last digest, one line each."""
    waiting: tuple[str, ...]
    """What waits for a decision, one line each, with the owner's name."""
    measured: tuple[str, ...]
    """Outcomes that came in, one line each."""
    held: tuple[str, ...] = ()
    """What was noticed but held back, and why."""
    decided: tuple[str, ...] = ()
    """What people decided since the last digest, one line each, with their names."""
