"""Questions about decisions: what waits and for whom, who decided what and why, what was done."""

import re

from agents import metrics, naming, wording
from agents.answering.context import Question
from agents.answering.matters import (
    asked_role,
    cite,
    is_for,
    names_none,
    people,
    person_in,
    proposal,
    views_in,
)
from domain.case import Answer, Case, ProposalStatus, ProposalView
from domain.operating_model import Person
from domain.proposal import Approved, Expired, Overridden, Rejected, Snoozed, is_erased
from domain.receipt import Receipt, ReceiptStatus
from domain.verdict import Forbidden

_FINAL = (Approved, Overridden, Rejected, Expired)
_KINDS = (
    (Approved, r"approv\w*|released|signed off|said yes|agreed"),
    (Overridden, r"overrid\w*|overrode|changed|different\w*|approv\w*|released|signed off|modified"),
    (Rejected, r"reject\w*|declin\w*|refus\w*|turned down|said no|not (?:raised|done|approved)|against"),
    (Expired, r"expir\w*|ran out|nobody decided"),
)
_ME = r"\b(me|my|i|mine|myself)\b"


def to_do(question: Question) -> Answer:
    """What is proposed, with its forecast."""
    open_ones = [(case, view) for case, view in views_in(question) if case.is_open and view.decision is None]
    if not open_ones:
        return question.answer("Nothing is proposed at the moment.", [cite("proposals", "all")])
    lines = [
        f"• {naming.action_title(view.proposal.action)} "
        f"({people(question.model, asked_role(view), view.proposal.action)} decides): "
        f"{wording.quote(view.proposal.why, 200)}{_expected(view)}"
        for _, view in open_ones[:6]
    ]
    return question.answer("\n".join(lines), [proposal(view) for _, view in open_ones[:6]])


def _expected(view: ProposalView) -> str:
    forecast = view.proposal.forecast
    if forecast is None:
        return ""
    change = f"{wording.percent(forecast.change)} {wording.bounds(forecast.interval)}"
    return f" Expected: {metrics.short(forecast.metric)} {change}."


def pending(question: Question) -> Answer:
    """What waits for a decision: of everybody, of one role or person, or of whoever asks."""
    every = views_in(question) or [(case, view) for case in question.cases for view in case.proposals]
    if question.subjects or question.candidates:
        every = views_in(question)
    waiting = [(case, view) for case, view in every if _waits(case, view)]
    for_me = re.search(_ME, question.text) is not None and not re.search(r"\b(tell|show|give) me\b", question.text)
    for_me = for_me and (question.asker is not None or bool(question.by))
    person = question.asker if for_me else person_in(question)
    role = None if for_me else _role_in(question)
    if for_me and person is None:
        return question.unknown("you are not in the operating model, so nothing can wait for you.")
    if person is not None:
        roles = question.roles if for_me else person.roles
        mine = [(case, view) for case, view in waiting if is_for(question, person, roles, view)]
        return _waiting_for(question, person, mine, len(waiting) - len(mine), you=for_me)
    if role:
        waiting = [(case, view) for case, view in waiting if asked_role(view) == role]
    if not waiting:
        settled = [(case, view) for case, view in every if view.decision is not None]
        if settled and not names_none(question):
            return _listed(question, settled, "Nothing is waiting there. ")
        return question.answer("No decision is waiting.", [cite("proposals", "status=pending")])
    verb = "is" if len(waiting) == 1 else "are"
    head = f"{wording.plural(len(waiting), 'decision')} {verb} waiting:"
    lines = [_waiting(question, case, view) for case, view in waiting[:10]]
    return question.answer("\n".join([head, *lines]), [proposal(view) for _, view in waiting[:10]])


def _waiting_for(
    question: Question, person: Person, mine: list[tuple[Case, ProposalView]], others: int, *, you: bool
) -> Answer:
    who = "you" if you else person.name
    rest = f" {wording.plural(others, 'decision')} {'waits' if others == 1 else 'wait'} for others." if others else ""
    if not mine:
        return question.answer(f"Nothing waits for {who}.{rest}", [cite("proposals", "status=pending")])
    verb = "waits" if len(mine) == 1 else "wait"
    head = f"{wording.plural(len(mine), 'decision')} {verb} for {who}:"
    lines = [_waiting(question, case, view) for case, view in mine[:10]]
    where = "\nThe buttons are on the card and in App Home." if you else ""
    text = "\n".join([head, *lines]) + (f"\n{rest.strip()}" if rest else "") + where
    return question.answer(text, [proposal(view) for _, view in mine[:10]])


def _waits(case: Case, view: ProposalView) -> bool:
    asked = view.status in {ProposalStatus.PENDING, ProposalStatus.SNOOZED}
    return asked and case.takes_answers(view) and not isinstance(view.verdict, Forbidden)


def _waiting(question: Question, case: Case, view: ProposalView) -> str:
    until = f" until {wording.day(view.expires_at.date(), question.today)}" if view.expires_at else ""
    told = (
        f"• {naming.action_title(view.proposal.action)} for {naming.place(case.signal.scope, case.signal.names)}: "
        f"waits for {people(question.model, asked_role(view), view.proposal.action)}{until}"
    )
    so_far = [_name(question, by) for by in view.approvals]
    return told + (f"; {wording.listing(so_far)} {'has' if len(so_far) == 1 else 'have'} approved" if so_far else "")


def decisions(question: Question) -> Answer:
    """Who decided what, when, and why."""
    views = views_in(question)
    named = not names_none(question) or bool(question.focus)
    decided = [(case, view) for case, view in views if isinstance(view.decision, _FINAL)]
    waiting = [(case, view) for case, view in views if _waits(case, view)]
    wanted = tuple(kind for kind, words in _KINDS if re.search(rf"\b(?:{words})\b", question.text))
    open_question = question.says("decided", "decision", "decisions", "decide", "happened", "do about", "done about")
    fitting = [(case, view) for case, view in decided if isinstance(view.decision, wanted)] if wanted else decided
    chosen = decided if open_question and not question.says("expired", "rejected") else fitting
    if question.time.named:
        chosen = [(case, view) for case, view in chosen if _within(question, view)]
    me = question.asker if re.search(r"\b(i|my|me)\b", question.text) else None
    person = person_in(question) or (
        me if question.says("did i", "i decide", "i approve", "have i", "i decided") else None
    )
    if person:
        chosen = [(case, view) for case, view in chosen if view.decision and view.decision.by == person.slack]
    if not chosen and named and waiting and not question.time.named:
        return _not_yet(question, waiting)
    if not chosen and named and decided and not question.time.named and person is None:
        return _listed(question, decided, "Nobody did. ")
    if not chosen:
        return question.answer("No such decision is on record.", [cite("decisions", "all")])
    return _listed(question, chosen)


def _within(question: Question, view: ProposalView) -> bool:
    span = question.time.period
    return view.decision is not None and span.first <= view.decision.at.date() <= span.last


def _not_yet(question: Question, waiting: list[tuple[Case, ProposalView]]) -> Answer:
    """What is asked about is not decided: who has agreed so far, and who has not."""
    lines = [_waiting(question, case, view) for case, view in waiting[:5]]
    text = "Nothing is decided there yet.\n" + "\n".join(lines)
    return question.answer(text, [proposal(view) for _, view in waiting[:5]])


def _listed(question: Question, decided: list[tuple[Case, ProposalView]], lead: str = "") -> Answer:
    decided = sorted(
        decided, key=lambda item: item[1].decision.at.isoformat() if item[1].decision else "", reverse=True
    )
    lines = [f"• {_decision(question, case, view)}" for case, view in decided[:8]]
    text = lines[0][2:] if len(lines) == 1 else "\n".join(lines)
    break_ = "\n" if lead and len(lines) > 1 else ""
    return question.answer(f"{lead}{break_}{text}", [cite("decisions", view.proposal.id) for _, view in decided[:8]])


def _decision(question: Question, case: Case, view: ProposalView) -> str:
    said = view.decision
    assert said is not None
    place = naming.place(case.signal.scope, case.signal.names)
    what = f"{naming.action_title(view.proposal.action)} for {place}"
    who = _name(question, said.by)
    when = f"on {wording.day(said.at.date(), question.today)}"
    match said:
        case Approved():
            return f"{who} approved {what} {when}."
        case Overridden():
            told = f"{who} approved {what} with changes {when}: {wording.quote(said.reason, 200)}"
            return f"{wording.sentence(told)} {_changes(case, view, said)}".strip()
        case Rejected():
            return f"{who} rejected {what} {when}: {wording.quote(said.reason, 200)}"
        case Snoozed():
            return f"{who} snoozed {what} {when}."
        case Expired():
            return f"Nobody decided {what} in time; it expired {when}."


def _changes(case: Case, view: ProposalView, said: Overridden) -> str:
    """What an override changed: "Changed: to segment from Trail Weekenders to Run Club members"."""
    names = {**case.signal.names, **view.proposal.names}
    changed: list[str] = []
    for one in view.proposal.action.editable:
        was, now = (str(getattr(action, one.field, "")) for action in (view.proposal.action, said.action))
        if was != now:
            was, now = (wording.quote(names.get(value, value), 100) for value in (was, now))
            changed.append(f"{one.field.replace('_', ' ')} from {was} to {now}")
    return f"Changed: {wording.listing(changed)}." if changed else ""


def _name(question: Question, by: str) -> str:
    person = question.model.person(by)
    nobody = "somebody who was erased" if is_erased(by) else "somebody no longer in the operating model"
    return person.name if person else "Baton" if by == "baton" else nobody


def executed(question: Question) -> Answer:
    """What was carried out, and how it ended."""
    found = [(case, view, view.receipt) for case, view in views_in(question) if view.receipt is not None]
    if question.says("unknown"):
        found = [item for item in found if item[2].status is ReceiptStatus.UNKNOWN]
    if not found:
        return question.answer("No such execution is on record.", [cite("receipts", "all")])
    found.sort(key=lambda item: item[2].at, reverse=True)
    lines = [f"• {_receipt(question, case, view, receipt)}" for case, view, receipt in found[:8]]
    return question.answer("\n".join(lines), [cite("receipts", receipt.action_id) for _, _, receipt in found[:8]])


def _receipt(question: Question, case: Case, view: ProposalView, receipt: Receipt) -> str:
    ends = {
        ReceiptStatus.DONE: "done and read back",
        ReceiptStatus.HANDED_OVER: "handed over as a task",
        ReceiptStatus.DRIFTED: "not written, because the live value had changed",
        ReceiptStatus.FAILED: "refused by the platform",
        ReceiptStatus.REHEARSED: "rehearsed, nothing was written",
        ReceiptStatus.UNKNOWN: "not known: the platform may or may not have acted",
    }
    ended = ends[receipt.status]
    if receipt.said is not None:
        was = "not done" if receipt.status is ReceiptStatus.FAILED else "done"
        ended = f"{was}, as a person says; the platform could not be read"
    place = naming.place(case.signal.scope, case.signal.names)
    when = wording.day(receipt.at.date(), question.today)
    return f"{naming.action_title(view.proposal.action)} for {place}, {when}: {ended}"


def _role_in(question: Question) -> str | None:
    roles = {role.replace("_", " "): role for person in question.model.people for role in person.roles}
    named = [role for words, role in roles.items() if re.search(rf"\b{re.escape(words)}\b", question.text)]
    return named[0] if named else None


def deadline(question: Question) -> Answer | None:
    """When what waits expires, or when what was done is measured."""
    views = views_in(question)
    waiting = [(case, view) for case, view in views if _waits(case, view) and view.expires_at]
    if not waiting:
        return None
    lines = [_waiting(question, case, view) for case, view in waiting[:5]]
    text = lines[0][2:] if len(lines) == 1 else "\n".join(lines)
    return question.answer(f"{text[:1].upper()}{text[1:]}", [proposal(view) for _, view in waiting[:5]])
