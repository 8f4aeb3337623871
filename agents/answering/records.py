"""Questions about what happened: signals, decisions, outcomes, lessons."""

import re
from collections.abc import Callable, Sequence

from agents import metrics, naming, wording
from agents.answering import language
from agents.answering.context import Question
from agents.reporting import outcome_words, summary
from domain.case import Answer, Case, Citation, ProposalStatus, ProposalView
from domain.operating_model import OperatingModel
from domain.proposal import Approved, Expired, Overridden, Rejected, Snoozed, is_erased
from domain.receipt import Receipt, ReceiptStatus
from domain.signal import Cause
from domain.verdict import Ask, Forbidden

_SIGNALS = ("signal", "signals", "alert", "alerts", "incident", "incidents", "problem", "problems", "issue", "issues",
            "going on", "wrong", "urgent", "on fire", "attention",  "happening", "at stake", "open",
            "break", "broke", "broken", "wearing out")  # fmt: skip
_PENDING = ("pending", "waiting", "waits", "to decide", "undecided", "open decisions", "open decision", "inbox",
            "my plate", "need to approve", "unanswered", "awaiting")  # fmt: skip
_DECIDED = ("approved", "approve", "rejected", "reject", "decided", "decide", "overridden", "override", "overrode",
            "snoozed", "decision", "decisions", "declined")  # fmt: skip
_OUTCOMES = ("outcome", "outcomes", "came of", "work", "worked", "effect", "effects", "result of", "results",
             "measured", "pay off", "paid off", "success", "successful")  # fmt: skip
_LESSONS = ("learned", "learnt", "learn", "lesson", "lessons", "last time", "remember", "know about", "experience with",
            "tried before")  # fmt: skip
_TO_DO = ("should i do", "should we do", "to do about", "next step", "next steps", "recommend", "recommended",
          "suggest", "proposed", "proposals", "proposal", "options")  # fmt: skip
_OWNERS = r"\bwho (owns|leads|is responsible|takes care|looks after)\b"
_START = r"\bwhen (did|has|was)\b.*\b(start|started|begin|began|begun|opened|open)\b|\bhow long\b"
_TOLD = r"\b(summary|summari[sz]e|recap|what happened|what has happened|what changed|whats new|what is new)\b"
_EXECUTED = ("executed", "execution", "carried out", "receipt", "unknown", "drift", "drifted", "done so far",
             "implemented")  # fmt: skip
_EXPLAIN = ("why", "explain", "evidence", "reason", "ruled out", "how sure", "confident", "confidence", "cause",
            "what happened", "tell me about", "details", "more about", "mean", "since when", "how bad")  # fmt: skip
_PAST = ("closed", "past", "recovered", "solved", "resolved", "history", "ended")
_FINAL = (Approved, Overridden, Rejected, Expired)


def speaks_of_records(question: Question) -> bool:
    """Whether it plainly asks what was decided, done or learned, even where it also names a metric."""
    plainly = (*_LESSONS, *_PENDING, *_DECIDED, "outcome", "outcomes", "came of", "worked", "executed", "carried out")
    return language.said(question.text, *plainly) or re.search(r"\bdid .*\bwork\b", question.text) is not None


def answer_records(question: Question) -> Answer | None:
    """The answer, where the question is about what happened."""
    kinds: tuple[tuple[tuple[str, ...], Callable[[Question], Answer]], ...] = (
        (_LESSONS, _lessons),
        (_PENDING, _pending),
        (_TO_DO, _to_do),
        (_OUTCOMES, _outcomes),
        (_DECIDED, _decisions),
        (_EXECUTED, _executed),
    )
    if re.search(_TOLD, question.text) and (question.time.named or not question.found.subjects):
        return _summary(question)
    told = next((tell(question) for words, tell in kinds if question.says(*words)), None)
    about = _case_in(question) if told is None else None
    if about is not None and re.search(_OWNERS, question.text):
        return _owners(question, about)
    if about is not None and (question.says(*_EXPLAIN) or re.search(_START, question.text) or _single(question)):
        return _explained(question, about)
    return _signals(question) if told is None and question.says(*_SIGNALS) else told


def explain_place(question: Question) -> Answer | None:
    """For "why …?" about a place with a signal: the signal explains it."""
    about = _case_in(question)
    return _explained(question, about) if about is not None and question.says(*_EXPLAIN) else None


def _signals(question: Question) -> Answer:
    mine = [case for case in question.cases if question.concerns(case)]
    past = question.says(*_PAST)
    chosen = [case for case in mine if case.is_open != past]
    where = f" about {question.subject.name}" if question.subject else ""
    if past and question.time.named:
        span = question.time.period
        chosen = [case for case in chosen if case.closed_on and span.first <= case.closed_on <= span.last]
    if not chosen:
        return question.answer(f"No signal{where} is {'closed' if past else 'open'}.", [_cite("signals", "all")])
    chosen.sort(key=lambda case: (-case.signal.at_stake_per_day, case.signal.id))
    if question.says("biggest", "most urgent", "worst", "largest", "most important", "highest", "first"):
        chosen = chosen[:1]
    lines = [f"• {_line(case)}" for case in chosen[:8]]
    more = f"\nand {len(chosen) - 8} more." if len(chosen) > 8 else ""
    verb = "is" if len(chosen) == 1 else "are"
    head = f"{wording.plural(len(chosen), 'signal')}{where} {verb} {'closed' if past else 'open'}:"
    return question.answer(f"{head}\n" + "\n".join(lines) + more, [_of(case) for case in chosen[:8]])


def _explained(question: Question, case: Case) -> Answer:
    signal = case.signal
    stake = wording.stake(signal.at_stake_per_day, signal.currency)
    parts = [
        f"*{wording.quote(signal.headline, 150)}*",
        wording.sentence(signal.why),
        f"The cause is most likely {naming.CAUSES[signal.cause]} ({wording.share(signal.confidence)} sure), "
        f"since {wording.day(signal.since, question.today)}, with about {stake} a day at stake ({signal.stake_is}).",
    ]
    reasons = dict.fromkeys(one.because for one in signal.ruled_out)
    ruled = [
        f"{wording.listing([naming.CAUSES[one.cause] for one in signal.ruled_out if one.because == reason])} ({reason})"
        for reason in list(reasons)[:4]
    ]
    if ruled:
        parts.append(f"Ruled out: {'; '.join(ruled)}.")
    clearest = sorted(signal.findings, key=lambda one: one.q_value)
    for one in clearest[:3]:
        where = naming.place(one.scope, signal.names)
        parts.append(f"• {naming.claim(one.kind)}, {where}: {one.evidence} ({one.agent} agent)")
    parts += _tried(question, case) if question.says("try before", "tried before", "did we try", "tried") else []
    if signal.gaps:
        parts.append(f"What is missing: {wording.listing(signal.gaps)}.")
    tables = [
        Citation(table=one.table, window=(one.since, signal.as_of), filter=one.scope.key.replace("/", ", "))
        for one in clearest
    ]
    return question.answer("\n".join(parts), [_of(case), *tables])


def _tried(question: Question, case: Case) -> list[str]:
    """What was tried before for such a cause, as far as it is remembered."""
    kinds = {view.proposal.action.kind for view in case.proposals}
    alive = [one for one in question.lessons if one.learned_on <= question.today <= one.expires_on]
    told = [one for one in alive if one.cause is case.signal.cause or one.action_kind in kinds][:3]
    if not told:
        return ["Tried before: nothing of this kind is on record."]
    return ["Tried before:", *(f"• {wording.quote(one.text, 200)}" for one in told)]


def _owners(question: Question, case: Case) -> Answer:
    roles = [_people(question.model, role) for role in case.signal.owners]
    text = f"{wording.quote(case.signal.headline, 150)}: {wording.listing(roles)}; the first leads."
    return question.answer(text, [_of(case)])


def _summary(question: Question) -> Answer:
    """What happened in the days asked about."""
    span = question.time.period
    mine = [case for case in question.cases if question.concerns(case)]
    text = summary(mine, span.last, span.first, None)
    return question.answer(text, [_of(case) for case in mine[:10]] or [_cite("signals", "all")])


def _to_do(question: Question) -> Answer:
    """What is proposed, with its forecast."""
    open_ones = [(case, view) for case, view in _views(question) if case.is_open and view.decision is None]
    if not open_ones:
        return question.answer("Nothing is proposed at the moment.", [_cite("proposals", "all")])
    lines = [
        f"• {naming.action_title(view.proposal.action)} ({_people(question.model, _asked(view))} decides): "
        f"{wording.quote(view.proposal.why, 200)}{_expected(view)}"
        for _, view in open_ones[:6]
    ]
    return question.answer("\n".join(lines), [_proposal(view) for _, view in open_ones[:6]])


def _expected(view: ProposalView) -> str:
    forecast = view.proposal.forecast
    if forecast is None:
        return ""
    change = f"{wording.percent(forecast.change)} {wording.bounds(forecast.interval)}"
    return f" Expected: {metrics.short(forecast.metric)} {change}."


def _pending(question: Question) -> Answer:
    waiting = [
        (case, view)
        for case, view in _views(question)
        if case.is_open and view.status in {ProposalStatus.PENDING, ProposalStatus.SNOOZED}
        and not isinstance(view.verdict, Forbidden)
    ]  # fmt: skip
    role = language.find(question.text, _roles(question.model))
    if role:
        waiting = [(case, view) for case, view in waiting if _asked(view) == role]
    if not waiting:
        return question.answer("No decision is waiting.", [_cite("proposals", "status=pending")])
    lines = [
        f"• {naming.action_title(view.proposal.action)} for {naming.place(case.signal.scope, case.signal.names)}: "
        f"waits for {_people(question.model, _asked(view))}"
        f"{f' until {wording.day(view.expires_at.date(), question.today)}' if view.expires_at else ''}"
        for case, view in waiting[:10]
    ]
    verb = "is" if len(waiting) == 1 else "are"
    head = f"{wording.plural(len(waiting), 'decision')} {verb} waiting:"
    return question.answer("\n".join([head, *lines]), [_proposal(view) for _, view in waiting[:10]])


def _decisions(question: Question) -> Answer:
    decided = [(case, view) for case, view in _views(question) if isinstance(view.decision, _FINAL)]
    wanted = [kind for kind, words in _KINDS if question.says(*words)]
    if wanted and not question.says("decided", "decision", "decisions", "decide"):
        decided = [(case, view) for case, view in decided if isinstance(view.decision, tuple(wanted))]
    if question.time.named:
        span = question.time.period
        decided = [
            (case, view)
            for case, view in decided
            if view.decision and span.first <= view.decision.at.date() <= span.last
        ]
    names = {
        language.plain(word): person for person in question.model.people for word in (person.name, *person.name.split())
    }
    person = language.find(question.text, names)
    if person:
        decided = [(case, view) for case, view in decided if view.decision and view.decision.by == person.slack]
    kind = _action_named(question, decided)
    if kind:
        decided = [(case, view) for case, view in decided if view.proposal.action.kind == kind]
    if not decided:
        return question.answer("No such decision is on record.", [_cite("decisions", "all")])
    decided.sort(key=lambda item: item[1].decision.at if item[1].decision else item[1].proposal.id, reverse=True)  # pyright: ignore[reportArgumentType] - all have a decision
    lines = [f"• {_decision(question, case, view)}" for case, view in decided[:8]]
    text = lines[0][2:] if len(lines) == 1 else "\n".join(lines)
    return question.answer(text, [_cite("decisions", view.proposal.id) for _, view in decided[:8]])


def _decision(question: Question, case: Case, view: ProposalView) -> str:
    said = view.decision
    assert said is not None
    place = naming.place(case.signal.scope, case.signal.names)
    what = f"{naming.action_title(view.proposal.action)} for {place}"
    person = question.model.person(said.by)
    nobody = "somebody who was erased" if is_erased(said.by) else "somebody no longer in the operating model"
    who = person.name if person else "Baton" if said.by == "baton" else nobody
    when = f"on {wording.day(said.at.date(), question.today)}"
    match said:
        case Approved():
            return f"{who} approved {what} {when}."
        case Overridden():
            return f"{who} approved {what} with changes {when}: {wording.quote(said.reason, 200)}"
        case Rejected():
            return f"{who} rejected {what} {when}: {wording.quote(said.reason, 200)}"
        case Snoozed():
            return f"{who} snoozed {what} {when}."
        case Expired():
            return f"Nobody decided {what} in time; it expired {when}."


def _outcomes(question: Question) -> Answer:
    found = [(case, view) for case, view in _views(question) if view.outcome is not None]
    kind = _action_named(question, found)
    if kind:
        found = [(case, view) for case, view in found if view.proposal.action.kind == kind]
    if not found:
        due = sorted(view.measured_after for _, view in _views(question) if view.measured_after)
        later = f" The next one is due on {wording.day(due[0], question.today)}." if due else ""
        return question.answer(f"No outcome has been measured yet.{later}", [_cite("outcomes", "all")])
    found.sort(key=lambda item: item[1].outcome.measured_on if item[1].outcome else question.today, reverse=True)
    lines: list[str] = []
    citations: list[Citation] = []
    for case, view in found[:6]:
        outcome = view.outcome
        assert outcome is not None
        place = naming.place(case.signal.scope, case.signal.names)
        how = f" ({outcome.method})" if outcome.measurable else ""
        lines.append(f"• {naming.action_title(view.proposal.action)} for {place}: {outcome_words(outcome)}{how}")
        citations.append(Citation(table="outcomes", window=outcome.window, filter=view.proposal.id))
    return question.answer("\n".join(lines), citations)


def _executed(question: Question) -> Answer:
    found = [(case, view, view.receipt) for case, view in _views(question) if view.receipt is not None]
    if question.says("unknown"):
        found = [item for item in found if item[2].status is ReceiptStatus.UNKNOWN]
    if not found:
        return question.answer("No such execution is on record.", [_cite("receipts", "all")])
    found.sort(key=lambda item: item[2].at, reverse=True)
    lines = [f"• {_receipt(question, case, view, receipt)}" for case, view, receipt in found[:8]]
    return question.answer("\n".join(lines), [_cite("receipts", receipt.action_id) for _, _, receipt in found[:8]])


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


def _lessons(question: Question) -> Answer:
    alive = [one for one in question.lessons if one.learned_on <= question.today <= one.expires_on]
    mine = [one for one in alive if one.scope.touches(question.scope)] if question.subject else alive
    if not mine:
        where = f" about {question.subject.name}" if question.subject else " about that"
        return question.unknown(f"no lesson{where} has been recorded.")
    lines = [f"• {wording.quote(one.text, 300)}" for one in mine[:5]]
    return question.answer("\n".join(lines), [_cite("lessons", f"{one.id}, from {one.source}") for one in mine[:5]])


def _case_in(question: Question) -> Case | None:
    """The case a question is about: by id, as the only one at hand, by the object it names, or by its cause."""
    if named := re.search(r"sig_[0-9a-f]{4,12}", question.asked):
        return next((case for case in question.cases if case.signal.id.startswith(named[0])), None)
    ordered = sorted(question.cases, key=lambda case: (not case.is_open, -case.signal.at_stake_per_day, case.signal.id))
    if question.subject is not None:
        return next((case for case in ordered if question.concerns(case)), None)
    cause = language.find(question.text, {cause.value.replace("_", " "): cause for cause in Cause})
    if cause is not None:
        return next((case for case in ordered if case.signal.cause is cause), None)
    return ordered[0] if len(ordered) == 1 else None


def _single(question: Question) -> bool:
    """Whether it is asked by the id of a signal."""
    return re.search(r"sig_[0-9a-f]{4,12}", question.asked) is not None


def _views(question: Question) -> list[tuple[Case, ProposalView]]:
    """The proposals of the cases the question is about."""
    return [(case, view) for case in question.cases if question.concerns(case) for view in case.proposals]


def _action_named(question: Question, among: Sequence[tuple[Case, ProposalView]]) -> str | None:
    kinds = {view.proposal.action.kind for _, view in among}
    spoken = {kind.replace("_", " "): kind for kind in kinds} | {
        word: kind for kind in kinds for word in kind.split("_") if word not in {"set", "ad", "fix", "start", "update"}
    }
    return language.find(question.rest, spoken)


def _line(case: Case) -> str:
    signal = case.signal
    stake = wording.stake(signal.at_stake_per_day, signal.currency)
    ended = f", closed because {naming.CLOSES[case.closed]}" if case.closed else ""
    since = wording.day(signal.since)
    return (
        f"{wording.quote(signal.headline, 150)} ({naming.CAUSES[signal.cause]}, since {since}, "
        f"{stake} a day at stake{ended})"
    )


def _asked(view: ProposalView) -> str:
    return view.verdict.role if isinstance(view.verdict, Ask) else view.proposal.owner


def _roles(model: OperatingModel) -> dict[str, str]:
    return {role.replace("_", " "): role for person in model.people for role in person.roles}


def _people(model: OperatingModel, role: str) -> str:
    names = [person.name for person in model.holders(role)]
    return f"{wording.listing(names, 'or')} ({wording.role(role)})" if names else f"the {wording.role(role)}"


def _of(case: Case) -> Citation:
    return Citation(table="signals", window=(case.signal.since, case.signal.as_of), filter=case.signal.id)


def _proposal(view: ProposalView) -> Citation:
    return _cite("proposals", view.proposal.id)


def _cite(table: str, filters: str) -> Citation:
    return Citation(table=table, window=None, filter=filters)


_KINDS = (
    (Approved, ("approved", "approve")),
    (Overridden, ("overridden", "override", "overrode", "changed", "approved", "approve")),
    (Rejected, ("rejected", "reject", "declined", "refused")),
    (Expired, ("expired",)),
)
