"""Which cases, proposals and people a question is about."""

import re
from collections.abc import Iterable

from agents import naming, wording
from agents.answering import language
from agents.answering.accounting import SAYS_NOTHING
from agents.answering.context import Question
from agents.answering.policy import ACTION_WORDS
from agents.answering.vocabulary import COMMON
from domain.action import Action
from domain.case import Case, Citation, ProposalView
from domain.operating_model import OperatingModel, Person
from domain.signal import Cause
from domain.verdict import Ask

ASKED_WITH = language.listed(
    """signal signals problem problems issue issues incident incidents alert alerts decision decisions decide decided
    proposal proposals proposed approve approved approves reject rejected turned declined override overridden why
    who confident confidence certain sure evidence forecast forecasts expect expected outcome outcomes result
    results measured work worked working brought bring fix fixed happened owner owners reason reasons cause explain
    pending waiting wait waits open closed past expire expires expired question questions losing stake wasting
    suspect think believe interval likely mean means rule ruled percent released thing stuff learn learned learnt
    lesson lessons learnings tried before history supposed needs need must far still yet different than know will
    when money page raise raised raises rise increase increased approval urgent important critical serious severe
    worry worried concerned anomaly anomalies news warning warnings trouble happening attention fire everything
    trending worth bad right wrong accurate anyone anybody everyone somebody someone new still not no never if start
    started first turn sign signs agree agreed happen what-if said person over mine left own taken speaks speak
    written company status unresolved prove proof snooze snoozed close closing myself says both propose repair
    repaired decides signed hurting hurts behind blame risk risks tasks todo desk plate inbox queue outstanding
    blocking blocked stuck through limited turned fatiguing"""
) - {"page"}
_CAUSES = {
    Cause.TRACKING_OUTAGE: ("tracking", "pixel", "tracking problem", "tracking outage", "tracking issue"),
    Cause.CREATIVE_FATIGUE: (
        "creative fatigue",
        "wearing out",
        "fatigue",
        "fatigued",
        "worn out",
        "worn",
        "tired",
        "fading",
        "stale",
        "fatiguing",
    ),
    Cause.AUDIENCE_SATURATION: ("audience saturation", "saturation", "saturated"),
    Cause.LANDING_PAGE_BREAK: ("landing page", "landing page break", "broken page", "page was broken"),
    Cause.BUDGET_CAP: ("budget cap", "capped", "out of budget", "limited by budget", "limited"),
    Cause.AUCTION_PRESSURE: ("auction pressure",),
    Cause.COMPETITOR_MOVE: ("competitor move",),
    Cause.RETENTION_DROP: ("retention drop", "retention", "leaving", "churning"),
}


def cases_in(question: Question, *, open_only: bool = False) -> list[Case]:
    """The cases a question is about, the likeliest first; none where it names something no case is about."""
    if named := re.search(r"sig_[0-9a-f]{4,12}", question.asked):
        return [case for case in question.cases if case.signal.id.startswith(named[0])]
    placed = bool(question.subjects or question.candidates)
    pool = [case for case in question.cases if question.concerns(case)]
    words = {language.stem(word) for word in _telling(question)}
    if not pool and words:  # "free returns" may be an ad's name, and what a promise was about
        words |= {language.stem(word) for phrase, _ in question.found.said for word in phrase.split()}
        pool = [case for case in question.cases if len(words & _words(case)) > 1]
    scores = {case.signal.id: len(words & _words(case)) for case in pool}
    best = max(scores.values(), default=0)
    if words and best:
        pool = [case for case in pool if scores[case.signal.id] == best]
    elif not placed:
        cause = cause_in(question)
        pool = (
            [case for case in pool if case.signal.cause is cause]
            if cause
            else list(question.focus) or (pool if len(pool) == 1 else [])
        )
    if open_only:
        pool = [case for case in pool if case.is_open]
    return sorted(pool, key=lambda one: (not one.is_open, -one.signal.at_stake_per_day, one.signal.id))


def told_apart_by(question: Question) -> frozenset[str]:
    """Beginnings of the words that say which cases are meant."""
    found = cases_in(question)
    meant = {case.signal.cause for case in found} | {cause_in(question)}
    causes = {word for cause, said in _CAUSES.items() if cause in meant for words in said for word in words.split()}
    return frozenset({stem for case in found for stem in _words(case)} | {language.stem(word) for word in causes})


def names_none(question: Question) -> bool:
    """Whether the question says nothing about which case it means."""
    return not (question.subjects or question.candidates or _matched(question) or cause_in(question))


def cause_in(question: Question) -> Cause | None:
    """The cause a question names."""
    words = {cause.value.replace("_", " "): cause for cause in Cause}
    words |= {word: cause for cause, said in _CAUSES.items() for word in said}
    return language.find(question.text, words)


def views_in(question: Question, cases: Iterable[Case] | None = None) -> list[tuple[Case, ProposalView]]:
    """The proposals a question is about."""
    if cases is None:
        cases = question.cases if names_none(question) and not question.focus else cases_in(question)
    found = [(case, view) for case in cases for view in case.proposals]
    kind = action_in(question, [view for _, view in found])
    return [(case, view) for case, view in found if view.proposal.action.kind == kind] if kind else found


def action_in(question: Question, among: Iterable[ProposalView]) -> str | None:
    """The kind of action a question names, among those there are."""
    kinds = {view.proposal.action.kind for view in among}
    said = {word: kind for word, kind in ACTION_WORDS.items() if kind in kinds}
    said |= {kind.replace("_", " "): kind for kind in kinds}
    said |= {
        word: kind for kind in kinds for word in kind.split("_") if word not in {"set", "ad", "fix", "start", "update"}
    }
    return language.find(question.rest, said)


def _telling(question: Question) -> list[str]:
    """The words that could say which case is meant: not those questions are made of, nor the names of people."""
    people = {word for one in question.model.people for word in language.plain(one.name).split()}
    roles = {word for one in question.model.people for role in one.roles for word in role.split("_")}
    return [word for word in question.rest.split() if _tells(word) and word not in people | roles]


def _matched(question: Question) -> list[str]:
    """Those of the telling words that any case is known by."""
    known = {word for case in question.cases for word in _words(case)}
    return [word for word in _telling(question) if language.stem(word) in known]


def _tells(word: str) -> bool:
    return len(word) > 2 and word not in COMMON | SAYS_NOTHING and word not in ASKED_WITH and not word[0].isdigit()


def _words(case: Case) -> frozenset[str]:
    """The words a case is known by, and those of what was proposed about it."""
    texts = [case.signal.headline, naming.CAUSES[case.signal.cause], case.signal.cause.value.replace("_", " ")]
    texts += [case.signal.names.get(ident, "") for _, ident in case.signal.scope.ids()]
    for view in case.proposals:
        action = view.proposal.action
        texts += [naming.action_title(action), action.kind.replace("_", " ")]
        texts += [word for word, kind in ACTION_WORDS.items() if kind == action.kind]
        texts += [str(getattr(action, name, "")) for name in ("message", "promise", "page", "theme")]
    return frozenset(language.stem(word) for word in language.plain(" ".join(texts)).split() if len(word) > 2)


def person_in(question: Question) -> Person | None:
    """The person a question names, or its asker where it says "I"."""
    names = {
        language.plain(word): person for person in question.model.people for word in (person.name, *person.name.split())
    }
    return language.find(question.text, names)


def responsible(person: Person, action: Action) -> bool:
    """Whether a person's accounts and platforms take in what an action is about."""
    platform = not person.platforms or action.platform in person.platforms
    return platform and (not person.accounts or action.account_id in person.accounts)


def is_for(question: Question, person: Person, roles: frozenset[str], view: ProposalView) -> bool:
    """Whether a question waits for this person."""
    del question
    done = person.slack in view.approvals
    return asked_role(view) in roles and responsible(person, view.proposal.action) and not done


def asked_role(view: ProposalView) -> str:
    """The role a proposal is put to."""
    return view.verdict.role if isinstance(view.verdict, Ask) else view.proposal.owner


def people(model: OperatingModel, role: str, action: Action | None = None) -> str:
    """Who holds a role, by name: "Mara Lind (media lead)"; of several, those in charge of an action's account."""
    holders = model.holders(role)
    if action is not None:
        holders = tuple(one for one in holders if responsible(one, action)) or holders
    names = [person.name for person in holders]
    return f"{wording.listing(names, 'or')} ({wording.role(role)})" if names else f"the {wording.role(role)}"


def of(case: Case) -> Citation:
    """Where a case is read."""
    return Citation(table="signals", window=(case.signal.since, case.signal.as_of), filter=case.signal.id)


def proposal(view: ProposalView) -> Citation:
    """Where a proposal is read."""
    return cite("proposals", view.proposal.id)


def cite(table: str, filters: str) -> Citation:
    """Where records are read."""
    return Citation(table=table, window=None, filter=filters)
