"""Questions about signals: what is or was open, why, how sure, what is at stake."""

import re

from agents import naming, wording
from agents.answering.context import Question
from agents.answering.matters import cases_in, cause_in, cite, names_none, of, people
from agents.reporting import summary
from domain.case import Answer, Case, Citation

_PAST = ("closed", "close", "past", "recovered", "solved", "resolved", "history", "ended", "were", "did we have", "had")


def signals(question: Question) -> Answer:
    """The signals that are open, or were."""
    named = not names_none(question)
    mine = cases_in(question) if named else [case for case in question.cases if question.concerns(case)]
    past = question.says(*_PAST)
    span = question.time.period
    lived = (
        past
        and question.time.named
        and not question.says("closed", "close", "recovered", "solved", "resolved", "ended")
    )
    if lived:
        chosen = [
            case for case in mine if case.signal.since <= span.last and (case.closed_on or span.last) >= span.first
        ]
    else:
        chosen = [case for case in mine if case.is_open != past]
        if not past and question.time.named:
            chosen = [case for case in chosen if span.first <= case.signal.opened_on <= span.last]
        if past and question.time.named:
            chosen = [case for case in chosen if case.closed_on and span.first <= case.closed_on <= span.last]
    where = f" about {question.subject.name}" if question.subject else ""
    cause = cause_in(question)
    where = where or (f" about {naming.CAUSES[cause]}" if cause else "")
    state = f"was open from {span.words}" if lived else "is closed" if past else "is open"
    if question.time.named and not past:
        state = f"was opened from {span.words} and is open"
    if not chosen:
        return question.answer(f"No signal{where} {state}.", [cite("signals", "all")])
    chosen.sort(key=lambda case: (-case.signal.at_stake_per_day, case.signal.id))
    if question.says("biggest", "most urgent", "worst", "largest", "most important", "highest", "first"):
        chosen = chosen[:1]
    lines = [f"• {line(case)}" for case in chosen[:8]]
    more = f"\nand {len(chosen) - 8} more." if len(chosen) > 8 else ""
    state = state if len(chosen) == 1 else state.replace("is ", "are ", 1).replace("was ", "were ", 1)
    head = f"{wording.plural(len(chosen), 'signal')}{where} {state}:"
    return question.answer(f"{head}\n" + "\n".join(lines) + more, [of(case) for case in chosen[:8]])


def explained(question: Question, case: Case) -> Answer:
    """One signal with its cause, how sure that is, what speaks for it, and what was ruled out."""
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
    if case.closed:
        ended = f" on {wording.day(case.closed_on, question.today)}" if case.closed_on else ""
        parts.append(f"It was closed{ended}, because {naming.CLOSES[case.closed]}.")
    parts += _tried(question, case) if question.says("try before", "tried before", "did we try", "tried") else []
    if signal.gaps:
        parts.append(f"What is missing: {wording.listing(signal.gaps)}.")
    tables = [
        Citation(table=one.table, window=(one.since, signal.as_of), filter=one.scope.key.replace("/", ", "))
        for one in clearest
    ]
    return question.answer("\n".join(parts), [of(case), *tables])


def _tried(question: Question, case: Case) -> list[str]:
    """What was tried before for such a cause, as far as it is remembered."""
    kinds = {view.proposal.action.kind for view in case.proposals}
    alive = [one for one in question.lessons if one.learned_on <= question.today <= one.expires_on]
    told = [one for one in alive if one.cause is case.signal.cause or one.action_kind in kinds][:3]
    if not told:
        return ["Tried before: nothing of this kind is on record."]
    return ["Tried before:", *(f"• {wording.quote(one.text, 200)}" for one in told)]


def owners(question: Question, case: Case) -> Answer:
    """Who answers for a signal."""
    roles = [people(question.model, role) for role in case.signal.owners]
    text = f"{wording.quote(case.signal.headline, 150)}: {wording.listing(roles)}; the first leads."
    return question.answer(text, [of(case)])


def story(question: Question) -> Answer:
    """What happened in the days asked about."""
    span = question.time.period
    mine = [case for case in question.cases if question.concerns(case)]
    text = summary(mine, span.last, span.first, None)
    return question.answer(text, [of(case) for case in mine[:10]] or [cite("signals", "all")])


def about(question: Question) -> Case | None:
    """The one case a question asks to have explained: of several, one whose figures it names, or the dearest."""
    found = cases_in(question)
    if not found:
        return None
    named = [case for case in found if any(_says_metric(question, one.metric) for one in case.signal.findings)]
    return (named or found)[0]


def _says_metric(question: Question, metric: str) -> bool:
    return re.search(rf"\b{re.escape(metric)}\b", question.text) is not None


def line(case: Case) -> str:
    """A case in one line."""
    signal = case.signal
    stake = wording.stake(signal.at_stake_per_day, signal.currency)
    ended = f", closed because {naming.CLOSES[case.closed]}" if case.closed else ""
    since = wording.day(signal.since)
    return (
        f"{wording.quote(signal.headline, 150)} ({naming.CAUSES[signal.cause]}, since {since}, "
        f"{stake} a day at stake{ended})"
    )
