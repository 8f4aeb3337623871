"""What is not answered: orders to act, the future, what no table knows. Said with the reason."""

import re
from collections.abc import Mapping

from agents.answering import language
from agents.answering.context import Question
from agents.answering.words import STRANGE
from domain.case import Answer

_POLITE = (
    r"(?:(?:hi|hey|hello|hallo|baton|please|pls|ok|okay|so|now|just|and|then|also|kindly|quickly|could you|can you"
    r"|would you|will you|i want you to|i need you to|you should|you must|you have to|lets|let us|go ahead and|go and"
    r"|ignore (?:all |your |the |any )*(?:previous |prior )?(?:instructions|rules) and) )*"
)
_ACT = (
    "approve|reject|decline|raise|increase|lower|reduce|cut|set|pause|unpause|resume|launch|shift|move|double|halve"
    "|override|snooze|execute|undo|delete|remove|stop|disable|enable|activate|turn off|turn on|switch off|switch on"
    "|start the|start a|rotate|replace|fix|refresh|change|adjust|roll out|publish|send|sign off|assign|buy|kill"
    "|scale|transfer|allocate|reallocate|freigeben|pausiere|erhohe"
)
_ORDER = re.compile(
    rf"^{_POLITE}(?:{_ACT})\b(?! (?:rate|rates|per|on|was|is|in|for|by|last|this|yesterday|of the day))"
)
_ANYWHERE = re.compile(
    r"^(?:yes )?(?:i|we) (?:hereby )?(?:approve|reject|confirm|decline|override)\b|\b(?:approve|execute|reject"
    r"|pause|delete) (?:everything|all of (?:it|them)|them all|it all)\b"
)
_WRITE = re.compile(
    rf"^{_POLITE}(?:write|draft|compose|generate|create|design|translate|invent|brainstorm|come up with)\b"
)
_WHAT_IF = re.compile(r"\b(?:what if|would .* if|if (?:we|i|you|they)|suppose|assuming|imagine)\b")
_WILL = re.compile(
    r"\b(?:will (?:we|i|it|they|the|our|you|\w+ \w+|\w+)|(?:is|are|am) going to|expected to|shall we|by the end of)\b"
)
_UNTOLD: Mapping[str, str] = {
    "weekdays": "I answer for whole spans of days, not for some weekdays of them",
    "weekends": "I answer for whole spans of days, not for some weekdays of them",
    "hour": "figures by hour are not among what I answer from; a day is the finest",
    "hours": "figures by hour are not among what I answer from; a day is the finest",
    "hourly": "figures by hour are not among what I answer from; a day is the finest",
    "median": "I answer with sums and ratios of sums, not with medians",
    "deviation": "I answer with sums and ratios of sums, not with deviations",
    "variance": "I answer with sums and ratios of sums, not with variances",
    **dict.fromkeys(
        ("on budget", "over budget", "under budget", "within budget", "pacing", "run rate", "overspending"),
        "I tell what was spent and what the daily budget is, not whether one keeps to the other",
    ),
    **dict.fromkeys(
        ("impression share", "share of voice", "lost impression share"),
        "how many impressions there were to be had is in no table",
    ),
    **dict.fromkeys(("rolling", "moving average"), "I answer for whole spans of days, not with moving averages"),
    **dict.fromkeys(("well spent", "worth it", "worth the money"), "that is for people to judge; I tell the figures"),
    "percentile": "I answer with sums and ratios of sums, not with percentiles",
}


def order(question: Question) -> Answer | None:
    """For an order to act: that words typed here change nothing, and what does."""
    text = question.text
    if _ORDER.search(text) or _ANYWHERE.search(text):
        return question.unknown(
            "I change nothing because somebody writes it to me: people decide with the buttons on the card or in "
            "App Home, each for what they own. Ask me what waits for you to see what there is to approve."
        )
    if _WRITE.search(text) and not language.has(text, "report of", "summary", "overview", "list"):
        return question.unknown(
            "I answer questions about your marketing from its tables and records; I write no texts. "
            "A creative refresh is proposed with a brief, where a signal calls for one."
        )
    return None


def future(question: Question, *, asks_figure: bool) -> Answer | None:
    """For what has not happened: that only the effect of a proposal is forecast."""
    if _WHAT_IF.search(question.text):
        return question.unknown(
            "I do not guess what would be if. I forecast what a proposed action would do; ask for the forecast of one."
        )
    ahead = question.time.ahead
    if ahead.startswith(("today", "so far", "this", "the current")):
        return None  # begun, and not over: what is complete before it is told
    if asks_figure and (ahead or _WILL.search(question.text)):
        return question.unknown(
            "figures that are still to come are in no table. I forecast only what a proposed action would do."
        )
    return None


def untold(question: Question) -> str | None:
    """Why a figure is not told as asked, where it is asked for in a way no table knows."""
    for word in _UNTOLD:
        if language.has(question.text, word) and not language.has(question.text, "hours served", "hours live"):
            return f"{_UNTOLD[word]}."
    return None


def foreign(question: Question) -> str | None:
    """A thing the question names that no table of ours speaks of: "device", "Pinterest"."""
    named = {word for phrase, _ in question.found.said for word in phrase.split()}
    return next((word for word in question.rest.split() if word in STRANGE and word not in named), None)
