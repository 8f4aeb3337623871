"""Numbers, days and outside text as people read them in Slack: one style everywhere."""

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

from domain.base import Interval
from domain.money import MINUS, written

ARROW, ELLIPSIS = "→", "…"

_METRICS = {
    "ctr": "Click-through rate",
    "cpc": "Cost per click",
    "cpm": "Cost per 1,000 impressions",
    "cvr": "Conversion rate",
    "cpa": "Cost per conversion",
    "cac": "Cost per new customer",
    "roas": "Return on ad spend",
    "frequency": "Times each person saw it",
    "sessions": "Site visits",
    "click_rate": "Click rate on owned channels",
    "order_rate": "Orders per site visit",
    "visit_rate": "Site visits per ad click",
    "visits": "Site visits per ad click",
    "pixel_ratio": "Tracked share of orders",
    "conversions_per_click": "Pixel conversions per click",
    "hours_served": "Hours served per day",
    "search_clicks": "Clicks from search",
    "search_impressions": "Searches that show our page",
    "position": "Place in search results",
    "conversions_value": "Conversion value",
    "price": "A competitor's price",
}
_SHORT = {"ctr": "CTR", "cpc": "CPC", "cpm": "CPM", "cvr": "CVR", "cpa": "CPA", "cac": "CAC", "roas": "ROAS"}
_SHARES = frozenset(
    (
        *("ctr", "cvr", "click_rate", "open_rate", "unsubscribe_rate", "complaint_rate", "order_rate", "retention"),
        *("share", "visits", "conversions_per_click", "visit_rate", "pixel_ratio"),
    )
)
_MONEY = frozenset(
    ("cpa", "cpc", "cpm", "cac", "spend", "revenue", "conversions_value", "daily_budget", "target_cpa", "price")
)
_RATIOS = frozenset(("roas", "frequency", "position", "target_roas"))
_MOST_FINER = 2
"""Places a figure may have beyond those people say: "1.012 %" instead of "1.01 %"; more nobody reads."""
_NO_FIGURE = re.compile(r"[^0-9.]")
_CAPITALS = {"crm": "CRM", "cmo": "CMO", "seo": "SEO", "cro": "CRO", "ceo": "CEO", "cfo": "CFO", "ai": "AI"}

# Characters that steer the direction or look of the text around them: a name must not reorder a card.
_STEERING = re.compile(
    r"[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
# Slack's own formatting marks, replaced by lookalikes so that a campaign called *v2* stays a name.
_MARKS = str.maketrans({"*": "∗", "`": "ˋ", "~": "∼"})
NO_BREAK = "\u00a0"
"""A space at which no line ends."""
_KEPT_TOGETHER = re.compile(r"(?<=\d) (?=%|(?:h|min|[A-Z]{3})\b)|(?<=\bn) (?== \d)|(?<=\bn =) (?=\d)")
"""Between a figure and its unit, and inside "n = 11"."""
_AS_TYPED = re.compile(r"(`[^`]*`|<[^>]*>)")
"""What people copy, and Slack's own tokens: left as they are."""
_ISOLATE, _POP = "\u2068", "\u2069"
_RIGHT_TO_LEFT = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
_RUN = re.compile(rf"{_RIGHT_TO_LEFT}(?:(?:[^\w*<>`~&\n]|\d)*{_RIGHT_TO_LEFT})*")
"""Right-to-left letters with the spaces, figures and signs between them."""
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def cut(text: str, most: int) -> str:
    """At most `most` characters; what is missing shows as "…"."""
    if len(text) <= most:
        return text
    return text[: max(most - 1, 0)].rstrip() + ELLIPSIS


def plain(text: str, most: int = 3000) -> str:
    """Outside text for a plain_text field: one line, nothing that steers the text around it."""
    visible = _STEERING.sub("", text)
    kept = "".join(" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp", "Cs"} else sign for sign in visible)
    return cut(" ".join(kept.split()), most)


def outside(text: str, most: int = 1000) -> str:
    """Outside text for mrkdwn: one line that can hold no mention, no link and no formatting."""
    return isolated(plain(text, most).translate(_MARKS).translate(ESCAPES))


def proper_name(text: str, most: int) -> str:
    """The same for a name, which is kept in order as a whole, the figures at its end too."""
    held = plain(text, most).translate(_MARKS).translate(ESCAPES)
    return f"{_ISOLATE}{held}{_POP}" if _RUN.search(held) else held


def isolated(text: str) -> str:
    """Text in which words from right to left do not reorder what stands around them.

    For what people see only: never for what is compared, copied or typed, so not inside a code span.
    """
    return _shown(text, lambda part: _RUN.sub(lambda run: f"{_ISOLATE}{run[0]}{_POP}", part))


def typeset(text: str) -> str:
    """Text as it is shown: no line ends between a figure and its unit, no isolate stays open where a text was cut.

    The last step, as plain text knows one space only.
    """
    if _ISOLATE in text:
        text = "\n".join(line + _POP * (line.count(_ISOLATE) - line.count(_POP)) for line in text.split("\n"))
    return _shown(text, lambda part: _KEPT_TOGETHER.sub(NO_BREAK, part))


def _shown(text: str, change: Callable[[str], str]) -> str:
    """The text changed where people only read it."""
    return "".join(part if at % 2 else change(part) for at, part in enumerate(_AS_TYPED.split(text)))


def escape(text: str) -> str:
    """Our own mrkdwn, made safe: line breaks and bold stay, mentions and links do not."""
    return isolated(_STEERING.sub("", text).translate(ESCAPES))


def money(amount: Decimal | float, currency: str, finer: int = 0) -> str:
    """An amount with its currency, to the cent where there are cents: "€118.40", "€1,240", "118.40 SEK"."""
    exact = Decimal(str(amount)).quantize(Decimal(1).scaleb(-2 - finer))
    return written(exact, currency, 0 if exact == exact.to_integral_value() else 2 + finer)


def stake(amount: Decimal, currency: str) -> str:
    """Money at stake, an estimate and so without cents: "€580", below ten "€4.20"."""
    whole = amount.quantize(Decimal(1), ROUND_HALF_UP)
    return money(whole if abs(whole) >= 10 else amount, currency)


def percent(change: float) -> str:
    """A relative change with its sign: 0.31 is "+31 %", -0.004 is "−0.4 %"."""
    value = change * 100
    text = f"{value:+,.{0 if abs(value) >= 2 else 1}f}".removesuffix(".0")
    return "0 %" if text.lstrip("+-") in {"0", "0.0"} else f"{_minus(text)} %"


def between(interval: Interval) -> str:
    """An interval of relative changes: "−45 to −26 %"."""
    low, high = interval
    return f"{percent(low).removesuffix(' %')} to {percent(high)}"


def share(value: float, finer: int = 0) -> str:
    """A share as a percentage without a sign: 0.0131 is "1.31 %"."""
    points = abs(value * 100)
    places = 0 if points >= 20 or points == 0 else 1 if points >= 5 else 2 if points >= 0.095 else 4
    return f"{_minus(f'{value * 100:.{places + finer}f}')} %"


def count(value: float, finer: int = 0) -> str:
    """A count: "48,900"; a small one keeps the places it needs: "3.4", "0.031"."""
    if value == 0 or abs(value) >= 10 or value == int(value):
        return _minus(f"{value:,.{finer}f}")
    # At least two figures that say something: 0.0312 is "0.031", not "0.0".
    places = 1 if abs(value) >= 1 else min(1 - math.floor(math.log10(abs(value))), 6)
    return _minus(f"{value:,.{places + finer}f}")


def figure(metric: str, value: float, currency: str, finer: int = 0) -> str:
    """A metric's value in its own unit, as people say it; with `finer` more places where they are needed."""
    if not math.isfinite(value):
        return "–"
    if metric in _SHARES or metric.endswith("_rate"):
        return share(value, finer)
    if metric == "hours_served":
        return f"{value:,.{1 + finer}f} h"
    if metric in _MONEY:
        return money(value, currency, finer)
    if metric in _RATIOS:
        return _minus(f"{value:,.{2 + finer}f}")
    return count(value, finer)


def beside(metric: str, value: float, other: float, change: float, currency: str) -> tuple[str, str] | None:
    """Two values of a metric with the places it takes for a reader who divides them to find `change` as it is said.

    None where they do not find it, however many there are: the figures are of another make than the change.
    """
    for finer in range(_MOST_FINER + 1):
        shown = figure(metric, value, currency, finer), figure(metric, other, currency, finer)
        read, against = (float(_NO_FIGURE.sub("", text) or 0) for text in shown)
        if against and percent(read / against - 1) == percent(change):
            return shown
    return None


def metric_name(metric: str) -> str:
    """What a metric is called in a field: "Click-through rate"."""
    return _METRICS.get(metric) or title(metric)


def metric_short(metric: str) -> str:
    """What a metric is called inside a sentence: "CTR", "click rate"."""
    return _SHORT.get(metric) or outside(metric.replace("_", " "), 60)


def spoken(code: str) -> str:
    """A code word of ours in running text: "crm_lead" is "CRM lead", "creative_fatigue" is "creative fatigue"."""
    return outside(" ".join(_CAPITALS.get(part, part) for part in code.split("_")), 80)


def title(code: str) -> str:
    """A code word of ours at the start of a line: "Creative fatigue"."""
    words = spoken(code)
    return words[:1].upper() + words[1:]


def likelihood(probability: float) -> str:
    """How sure, in words and in number: "very likely (93 %)"."""
    steps = ((0.9, "very likely"), (0.75, "likely"), (0.5, "more likely than not"), (0.0, "one guess among several"))
    word = next(word for least, word in steps if probability >= least)
    # Rounding down: 99.7 % is not certainty.
    return f"{word} ({math.floor(probability * 100 + 1e-9)} %)"


def day(value: date, today: date | None = None) -> str:
    """A date as people say it: "14 March"; with the year where it is not the year of `today`."""
    year = f" {value.year}" if today is not None and value.year != today.year else ""
    return f"{value.day} {value:%B}{year}"


def span(first: date, last: date) -> str:
    """Some days in words: "9 to 15 March", "28 February to 6 March", or one day alone."""
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {day(last)}"
    return f"{day(first, last)} to {day(last)}"


def moment(at: datetime) -> str:
    """A point in time, shown by Slack in each reader's own time zone; UTC where a client cannot."""
    utc = at.astimezone(UTC)
    return f"<!date^{int(utc.timestamp())}^{{date_short_pretty}} at {{time}}|{utc.day} {utc:%B %Y, %H:%M} UTC>"


def listed(items: Sequence[str], *, last: str = "and") -> str:
    """Several things in one clause: "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def many(number: int, thing: str, things: str | None = None) -> str:
    """A number with its noun: "1 signal", "12 signals"."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def _minus(text: str) -> str:
    return text.replace("-", MINUS)
