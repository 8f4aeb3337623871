"""Which metrics a question names, and which of its words a question about figures reads."""

import re
from collections.abc import Sequence

from agents.answering import language
from agents.answering.asked import FIGURES
from agents.answering.calendar import COUNT
from agents.answering.context import Question
from agents.answering.vocabulary import (
    BEST,
    DIMENSIONS,
    FIGURE_WORDS,
    LEAST,
    MOST,
    ON_OWNED,
    ON_SEARCH,
    OWNED_WORDS,
    SEARCH_WORDS,
    WORST,
)
from agents.metrics import Metric
from domain.scope import Grain


def metrics_in(question: Question) -> list[Metric]:
    """The metrics a question names."""
    found = [name for _, name in language.find_all(question.rest, FIGURE_WORDS)]
    owned = question.says(*OWNED_WORDS) or any(cut.column == "channel" for cut in question.cutting)
    segment = question.scope.grain is Grain.SEGMENT
    search = question.says(*SEARCH_WORDS) or question.scope.grain is Grain.QUERY
    if "click_rate" in found and not owned and not segment and question.says("click rate"):
        found[found.index("click_rate")] = "ctr"
    if owned and not search:
        found = [ON_OWNED.get(name, name) for name in found]
    elif search:
        found = [ON_SEARCH.get(name, name) for name in found]
    if "spend" in found and re.search(_ONE, question.text):
        found = ["cpa", *(name for name in found if name not in {"spend", "conversions"})]
    if "opens" in found and question.says("rate", "share", "percentage"):
        found[found.index("opens")] = "open_rate"
    if not found and owned and question.says("send", "sent", "emails", "mails"):
        found = ["delivered"]
    if not found and _asks_best(question):
        found = ["cpa"]
    if "cpa" in found and question.says("cheapest conversions", "per conversion"):
        found = [name for name in found if name != "conversions"]
    if len(found) > 1 and "daily_budget" in found and "spend" in found:
        found.remove("daily_budget")
    return [FIGURES[name] for name in dict.fromkeys(found)]


_ONE = r"\b(?:a|an|one|each|every|single) (?:\w+ )?(?:conversion|order|sale|purchase|customer)\b"
"""Of a cost: what one conversion costs."""


def _asks_best(question: Question) -> bool:
    """Whether the best or worst of a kind is asked for by no figure: then by what a conversion costs."""
    ordered = question.says(*BEST, *WORST) and not question.says("getting worse", "getting better")
    return ordered and any(column in {"campaign_id", "ad_id", "platform"} for column in
                           (meant for _, meant in language.find_all(question.rest, DIMENSIONS)))  # fmt: skip


ASKED_WITH = language.listed(
    """why explain reason reasons cause drop dropped fix increase increased improve improved raise losing fall clear
    significant significantly trending update percent risen changed history beat beats performer cheapest confidence
    move moved moving up down goes gone develop mean describe likely answer wow mom relative versus vs interval
    people person customers sent send current own company entire dip dipped cost costs paid money growth overview
    performance kpis again only far weighted recently lately quid blended spam behind curve status cheaper dearer"""
)
"""Words of a question about figures that say how it is asked."""


def reads(question: Question) -> frozenset[str]:
    """Words that a question about figures reads only where something is made of them."""
    text, wanted = question.text, metrics_in(question)
    tables = {metric.table for metric in wanted}
    shares = any(metric.unit == "share" for metric in wanted)
    made_of = {
        "before same last earlier first between": question.time.against is not None,
        "share proportion percentage part portion": question.subject is not None and re.search(SHARE, text),
        "share proportion percentage rate": shares,
        "per": re.search(_PER_GROUP, text),
        "over": re.search(_OVER, text) and (question.time.named or re.search(_COURSE, text)),
        "average": any(metric.bottom for metric in wanted) or re.search(_A_DAY, text),
        "paid": not wanted or "ad_report" in tables,
        "website site shop backend order": "web_report" in tables,
        " ".join(SEARCH_WORDS): "search_report" in tables,
        "owned": "lifecycle_report" in tables,
        "good great fine ok okay normal strong bad well": len(wanted) != 1,
        "both each": len(question.each()) > 1,
        "pay pays paying paid": {one.name for one in wanted} & {"spend", "cpa", "cpc", "cpm"},
        "each every order": re.search(_ONE, text),
    }
    said = {word for words, made in made_of.items() if made for word in words.split()}
    return frozenset(said | _horizon(question) | _grouping(question, wanted))


def _grouping(question: Question, wanted: Sequence[Metric]) -> set[str]:
    """The words that say by what groups, and which of them is first."""
    text = question.text
    groups = [phrase for phrase, _ in language.find_all(question.rest, DIMENSIONS)]
    found = set[str]()
    if groups and re.search(_GROUPED, text):
        found |= {word for phrase in groups for word in phrase.split()}
        found |= {word for pattern in (_COUNTED, _BOUND) for one in re.findall(pattern, text) for word in one.split()}
    if groups or re.search(r"\bwhere did\b", text):  # of which there is a first
        judged = (*BEST, *WORST) if not wanted or wanted[0].wanted else ()
        found |= {word for phrase in (*MOST, *LEAST, *judged) for word in phrase.split()} | {"each", "every"}
    return found


def _horizon(question: Question) -> frozenset[str]:
    """The days of a retention that is asked for, where it is the one there is: "30 day retention"."""
    said = re.search(r"\b(\d+) days?(?= retention)", question.text)
    rows = question.readings.get("cohort_report")
    known = set(rows["horizon_days"].to_list()) if rows is not None and "horizon_days" in rows.columns else set[int]()
    return frozenset(said[0].split()) if said and known == {int(said[1])} else frozenset()


_OVER = r"\bover\b(?! [€$]?\d)"
_A_DAY = r"\b(?:daily|per day|a day|each day)\b"
SHARE = r"\bhow much of\b|\b(?:share|proportion|percentage|part|portion) (?:of|goes)\b"
"""How the part of a sum is asked for that a place makes; "impression share" is something else."""
_COURSE = r"\b(?:move[ds]?|improved?|worsened|gone|changed?|evolved?|behaved?|develop\w*)\b.*\bover\b"
_PER_GROUP = rf"\bper (?:{'|'.join(DIMENSIONS)}|week)\b"
_GROUPED = (
    r"\b(?:which|what|by|per|each|every|all|list|split|break ?down|top|bottom|(?:high|low|larg|bigg|small|cheap|few)est"
    r"|most|least|best|worst|more than|less than|over|under|above|below|how many|number of|count of|ranks?)\b"
)
_COUNTED = (
    rf"\b(?:top|bottom|best|worst|highest|lowest|all) (?:{COUNT})\b|\b(?:{COUNT}) (?:best|worst|top|days?|\w+s)\b"
)
_BOUND = r"\b(?:more than|over|above|at least|less than|under|below) [€$]?\d+(?:\.\d+)?k?\b(?! (?:a|per|each|every) )"
