"""Questions about what happened: which of them asks what."""

import re
from collections.abc import Callable

from agents.answering import language
from agents.answering.accounting import LOADED, Kind
from agents.answering.context import Question
from agents.answering.decisions import deadline, decisions, executed, pending, to_do
from agents.answering.matters import ASKED_WITH, cases_in, cause_in, names_none, told_apart_by
from agents.answering.memory import forecasts, lessons, lessons_reads, outcomes, when_known
from agents.answering.signals import about, explained, owners, signals, story
from agents.answering.wanted import metrics_in
from domain.case import Answer, Case

_LESSONS = (
    r"\b(?:learn\w*|learnt|lessons?|last time|remember|experience with|tried before|ever tried|learnings?|in the past"
    r"|know about|takeaways?|insights?)\b|\b(?:have|has|did) (?:we|you|anyone|anybody) (?:\w+ )*?(?:tried|try|tested)\b"
    r"|\b(?:we|you|anyone)(?: have| ever| already)* tried\b"
)
_PENDING = (
    r"\bdecisions? (?:is |are |sind )?(?:still )?open\b|\b(?:needs?|has|have) to say yes\b|\b(?:pending|waiting"
    r"|waits?|undecided|open decisions?|inbox|unanswered|awaiting|awaits|outstanding|backlog)\b"
    r"|\bwho (?:is )?(?:blocking|holding)\b|\b(?:stuck|blocked|held up)\b"
    r"|\bi (?:can|may|must|should|could) (?:approve|decide|do)\b|\bto (?:decide|approve|do)\b|\bon (?:\w+ )+(?:desk"
    r"|plate|table)\b|\bneeds? (?:my|a|our) (?:decision"
    r"|attention|approval|ok)\b"
    r"|\b(?:need|have|supposed) to (?:approve|decide|do|answer)\b|\bstill (?:has|have|needs?"
    r"|must) to? ?(?:approve|decide|agree)\b"
    r"|\b(?:open|left|there|new|anything|something) for me\b|\bawait\w*\b|\bmy (?:todos?|tasks?|decisions|queue"
    r"|inbox)\b"
)
_DECIDED = (
    r"\bwhat (?:has |have |did )?\w+ (?:changed?|approved?|rejected?|decided?)\b|"
    r"\b(?:approved|approve|rejected|reject|decided|decide|overridden|override|overrode|snoozed?|decisions?|declined"
    r"|turn(?:ed)? down|go through|gone through|went through|released|signed off|refused|expired|said (?:no|yes)"
    r"|vetoed|agreed)\b"
    r"|\bwhy (?:was|were|is|did|has|have|wasnt|didnt|hasnt|isnt)?\b.*\b(?:not|never|nobody|different|instead"
    r"|raised|changed)\b"
    r"|\bhappened (?:with|to)\b.*\b(?:proposal|suggestion|idea|request|recommendation)\b"
    r"|\b(?:did|do|done|doing) (?:we |you |they )?(?:do |done )?about\b"
    r"|\bdid \w+ (?:do|follow|accept|take) .*\b(?:proposed|suggested|recommended|proposal|advice)\b"
)
_OUTCOMES = (
    r"\bdid .* (?:do|move|change|bring) (?:anything|something|much|any good)\b|\bhow (?:well|good"
    r"|successful) (?:did|was|were|has)\b|"
    r"\b(?:been|was|were|is) (?:\w+ )?effective\b|\b(?:outcomes?|waste of|came of|pay off|paid off|success"
    r"|successful|results? of|measured|effects? of|impact of|brought)\b"
    r"|\b(?:did|has|have) .*\b(?:work|worked|help|helped|pay off|succeed|succeeded)\b|\b(?:does|do"
    r"|is) .*\bwork(?:s|ing)?\b"
    r"|\b(?:forecasts?|predictions?) .*\b(?:wrong|right|accurate|off|missed|correct)\b|\b(?:wrong|right|accurate"
    r"|missed) .*\bforecasts?\b"
    r"|\bhow (?:good|accurate|reliable) (?:are|were|was|is) .*\b(?:forecasts?|predictions?)\b|\bwhat (?:did"
    r"|has) .*\b(?:bring|brought|achieve|do for)\b"
)
_DUE = r"\bwhen (?:will|do|can|is|are|does) .*\b(?:know|measured|see|due|worked|result|results|outcome)\b"
_DEADLINE = (
    r"\b(?:when|until when|by when|how long|till when)\b.*\b(?:expires?|deadline|decided|run out|runs out|due"
    r"|answered|approved)\b"
    r"|\bdeadline\b|\b(?:until|till|by) when\b|\bwhen (?:do|does|must|should|has|have) .*\b(?:decide|approve|answer)\b"
)
_FORECASTS = (
    r"\b(?:forecasts?|predict\w*|expect|expected|expectations?)\b|\bwhat (?:would|will|could) .*\b(?:bring|do"
    r"|achieve|change|give|gain)\b"
    r"|\bhow much (?:would|will|could) .*\b(?:bring|help|gain)\b"
)
_TO_DO = r"\b(?:should (?:i|we) do|to do about|next steps?|recommend\w*|suggest\w*|proposed|proposals?|options)\b"
_EXECUTED = r"\b(?:executed|execution|carried out|receipts?|unknown|drift|drifted|done so far|implemented)\b"
_OWNERS = r"\bwho (?:owns|leads|is responsible|takes care|looks after|is in charge)\b"
_START = r"\b(?:since when|when (?:did|has|was))\b.*|\bhow long\b"
_TOLD = (
    r"\b(?:summary|summari[sz]e|recap|what happened|what has happened|what changed|whats new|what is new"
    r"|any news|catch me up)\b"
)
_EXPLAIN = (
    r"\b(?:are you (?:\w+ )?(?:sure|certain|confident)|why|explain|evidence|reasons?|ruled? out|how (?:sure"
    r"|certain|confident|likely|bad)|confident"
    r"|confidence|certain"
    r"|cause|causes|caused|what happened|tell me (?:about|more|everything)|details|more about|means?|since when"
    r"|could it be"
    r"|limited|hurting|hurts|behind|to blame|losing|at stake|wasting|fatigued|tired|worn|suspect|speaks? (?:for"
    r"|against)"
    r"|everything about|proof"
    r"|wrong with|recovered|solved|resolved|fixed|over yet|gone)\b"
)
_SURE = (
    r"\bhow (?:sure|certain|confident)\b|\bevidence\b|\bruled? out\b|\bsince when\b|\bdeadline\b|\bat stake\b"
    r"|\bare you (?:\w+ )?(?:sure|certain|confident)\b"
    r"|\b(?:tracking|pixel)\b.*\b(?:problems?|issues?|outages?|broken|down|wrong|trouble)\b"
    r"|\blimited by\b|\b(?:wearing|worn) out\b|\bfatigued\b|\bcould it be\b|\bwhy do you\b|\bdid we do about\b"
)
_SIGNALS = (
    r"\b(?:signals?|alerts?|incidents?|problems?|issues?|going on|wrong|urgent|on fire|attention|happening"
    r"|at stake|open"
    r"|break|broke|broken|wearing out|anomal\w+|trending down|wasting|warnings?|everything (?:ok|okay|fine"
    r"|alright|good)"
    r"|risks?|fatiguing|fading|stale|tired|saturated|capped|all (?:ok|okay|good|fine)|worry|worried|concern\w*"
    r"|closed|unusual"
    r"|unexpected|trouble)\b"
)
_GOING = r"\b(?:getting|got|doing|any) (?:worse|better)\b"
_BARE_WHY = r"^(?:(?:and|but|so) )*(?:why|how come|how so)(?: (?:is|was) (?:that|this|it))?(?: so)?$"
_PLAIN = (
    r"\b(?:learn\w*|learnt|lessons?|pending|waiting|waits|undecided|approved|rejected|decided|overridden"
    r"|declined|outcomes?"
    r"|came of|worked|executed|carried out|forecasts?|turn(?:ed)? down|expire|expires|expired|released|proposals?"
    r"|decide|said (?:no|yes)|signed off|overrode|override|vetoed)\b"
)


def speaks_of_records(question: Question) -> bool:
    """Whether it plainly asks what was decided, done or learned, even where it also names a metric."""
    text = question.text
    plainly = re.search(f"{_PLAIN}|{_DUE}|{_FORECASTS}|{_PENDING}|{_SURE}", text) is not None
    return (
        plainly
        or re.search(
            r"\bdid .*\bwork\b|\bwhat (?:did|has) .* do for\b|\bwhy .*\bnot (?:raised|done|cut|changed)\b"
            r"|\bwhy .*\b(?:different|instead"
            r"|otherwise|than proposed|than suggested)\b",
            text,
        )
        is not None
        or (re.search(_EXPLAIN, text) is not None and re.search(r"\bsig_[0-9a-f]{4,12}", question.asked) is not None)
    )


def _of_one(question: Question) -> Answer | None:
    """What is asked about one case."""
    found, text = about(question), question.text
    if found is None:
        return None
    if re.search(_OWNERS, text):
        return owners(question, found)
    alone = len(question.subjects) == 1
    going = found.is_open and alone and re.search(_GOING, text) is not None
    named = re.search(r"sig_[0-9a-f]{4,12}", question.asked) is not None
    return explained(question, found) if going or named or re.search(f"{_EXPLAIN}|{_START}", text) else None


def explain_place(question: Question) -> Answer | None:
    """For "why …?" about a place with a signal: the signal explains it."""
    if (
        names_none(question)
        and not question.focus
        and not re.search(_BARE_WHY, question.text)
        and len(question.cases) > 1
    ):
        return None
    found = cases_in(question)
    if asked := metrics_in(question):
        names = {metric.name for metric in asked}
        found = [case for case in found if case.is_open and (names & _MADE_OF_ALL or names & _figures_of(case))]
    found = [case for case in found if case.is_open] or found
    if not found or not re.search(_EXPLAIN, question.text):
        return None
    likeliest = about(question)
    return explained(question, likeliest if likeliest and likeliest in found else found[0])


_MADE_OF_ALL = frozenset({"cpa", "roas", "conversions"})
"""Figures that everything which goes wrong shows in."""


def _figures_of(case: Case) -> frozenset[str]:
    """The figures a signal speaks of."""
    words = language.plain(case.signal.headline).split()
    return frozenset({one.metric for one in case.signal.findings} | {*words})


def _told(question: Question) -> Answer | None:
    named = question.time.named or not question.found.subjects
    return story(question) if named and not re.search(_DECIDED, question.text) else None


def _told_signals(question: Question) -> Answer | None:
    return signals(question) if re.search(_SIGNALS, question.text) or cause_in(question) else None


_TOPICS = language.listed(
    """forecast forecasts expect expected outcome outcomes result results measured lesson lessons learn learned learnt
    learnings proposed propose pending waiting wait waits approve approved approves reject rejected override overridden
    expire expires expired evidence rule ruled tried history confident confidence certain sure accurate signed agree
    agreed sign snooze snoozed when deadline"""
)
"""Words each of which is read only by the kinds of question that are asked with it."""


def _words_of(pattern: str) -> frozenset[str]:
    """The words a pattern is made of."""
    found = re.findall("[a-z]{3,}", re.sub(r"\\[a-z]", " ", pattern))
    return frozenset(found) | {word.removesuffix("s") for word in found}


def _record(
    asked_with: str,
    tell: Callable[[Question], Answer | None],
    words: str = "",
    but: str = "",
    *,
    days: bool = False,
    people: bool = False,
) -> Kind:
    """A kind that reads what every question about records may be asked with, its own words, and a few more or less."""
    own = _words_of(asked_with) - LOADED
    read = (ASKED_WITH - _TOPICS | own | language.listed(words)) - language.listed(but)

    def reads(question: Question) -> frozenset[str]:
        return told_apart_by(question) | (lessons_reads(question) if tell is lessons else frozenset[str]())

    return Kind(tell, asked_with, read, reads, days=days, people=people)


KINDS: tuple[Kind, ...] = (
    _record(_TOLD, _told, days=True, words="summarise summarize"),
    _record(r"\bshould (?:i|we) do\b|\bnext steps?\b", to_do, words="why next steps step should"),
    _record(_LESSONS, lessons, "last outcome result results", days=True),
    _record(r"\bexpected (?:effect|result|outcome|impact|gain)", forecasts),
    _record(r"\bwho (?:decides|approves|signs|has the say)\b", pending, people=True),
    _record(_DEADLINE, deadline, words="deadline when until till expires long run runs"),
    _record(_PENDING, pending, people=True, words="still else yes can may must should could people"),
    _record(_DUE, when_known, words="when will can"),
    _record(
        _OUTCOMES,
        outcomes,
        days=True,
        words="last well good effective intervention waste time reliable confidence forecast forecasts interval",
    ),
    _record(_FORECASTS, forecasts, words="confident sure certain forecast would will could"),
    _record(_TO_DO, lambda question: None if re.search(_DECIDED, question.text) else to_do(question)),
    _record(
        _DECIDED,
        decisions,
        days=True,
        people=True,
        words="snooze proposed propose when last",
        but="open pending waiting waits wait",
    ),
    _record(_EXECUTED, executed, words="last"),
    _record(
        f"{_EXPLAIN}|{_START}|{_OWNERS}|{_GOING}|\\bsig_",
        _of_one,
        "since when end ended stop stopped could sure certain rule evidence",
    ),
    _record(
        f"{_SIGNALS}|{_EXPLAIN}",
        _told_signals,
        days=True,
        words="ok okay fine good well since most biggest worst largest highest first",
    ),
)
"""What each kind of question about records is asked with, in the order they are tried."""
