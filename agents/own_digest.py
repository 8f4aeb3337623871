"""One owner's day: what changed where they answer, what waits for them, what came of what they decided."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date

from agents import naming, wording
from agents.reporting import changed_words, last_words, measured_words
from domain.case import Case, ProposalView
from domain.signal import EventKind, Signal, SignalEvent
from domain.summaries import OwnDigest, Waiting

Asked = Mapping[str, Waiting]


def own_digest(
    user: str,
    day: date,
    span: tuple[date, date],
    events: Sequence[SignalEvent],
    cases: Sequence[Case],
    asks: Callable[[Case, ProposalView], Waiting | None],
    concerns: Callable[[Signal], bool],
    decided: Collection[str],
) -> OwnDigest:
    """The digest of one person.

    `span`: the day it told up to last, and the last complete day now. `asks` says whether and how a question waits for
    them, `concerns` whether a signal is theirs; `decided` are the proposals they decided.
    """
    after, as_of = span
    fresh = [event for event in events if after < event.as_of <= as_of and concerns(event.signal)]
    told = [event for event in last_words(fresh) if event.event is not EventKind.HELD]
    return OwnDigest(
        user=user,
        day=day,
        as_of=as_of,
        waiting=tuple(_waiting(cases, asks)),
        changed=tuple(changed_words(event) for event in told),
        measured=tuple(
            measured_words(case, view, view.outcome)
            for case in cases
            for view in case.proposals
            if view.outcome and after < view.outcome.measured_on <= as_of and view.proposal.id in decided
        ),
    )


def action_words(case: Case, view: ProposalView) -> str:
    """What would be done, and where: "Set budget for Spring prospecting"."""
    title = naming.action_title(view.proposal.action)
    return wording.sentence(f"{title} for {naming.place(case.signal.scope, case.signal.names)}").rstrip(".")


def _waiting(cases: Iterable[Case], asks: Callable[[Case, ProposalView], Waiting | None]) -> list[Waiting]:
    found = [one for case in cases for view in case.proposals if (one := asks(case, view)) is not None]
    return sorted(found, key=lambda one: (-one.at_stake_per_day, one.signal_id, one.proposal_id))
