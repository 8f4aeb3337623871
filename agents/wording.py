"""How numbers, days and names are written, in one place, so that cards, digests and answers say them alike."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from domain.base import Interval
from domain.money import MINUS, written

_NO_CENTS = 1000
"""From here on an amount in a sentence is read without cents, in its currency."""
_ACRONYMS = {"cmo": "CMO", "crm": "CRM", "seo": "SEO", "cpa": "CPA", "ctr": "CTR", "cvr": "CVR", "roas": "ROAS"}
_PLATFORMS = {"google_ads": "Google Ads", "google": "Google", "tiktok": "TikTok", "linkedin": "LinkedIn"}


def percent(change: float) -> str:
    """A relative change with its sign: 0.31 is "+31 %", -0.004 is "−0.4 %"."""
    figure = change * 100
    text = f"{figure:+,.0f}" if abs(figure) >= 2 or figure == 0 else f"{figure:+.1f}"
    return "0 %" if float(text.replace(",", "")) == 0 else f"{minus(text)} %"


def size(change: float) -> str:
    """How large a relative change is, without its sign: -0.29 is "29 %", for "fell 29 %"."""
    return percent(change).lstrip(f"+{MINUS}")


def share(value: float) -> str:
    """A share without sign, with the digits a rate needs: 0.0131 is "1.31 %", 0.62 is "62 %"."""
    figure = value * 100
    digits = 0 if figure >= 20 or figure == 0 else 1 if figure >= 5 else 2
    return f"{figure:.{digits}f} %"


def bounds(interval: Interval) -> str:
    """An interval of relative changes in per cent: (0.12, 0.52) is "[12, 52]"."""
    low, high = (f"{end * 100:.0f}" for end in interval)
    return f"[{minus(_unsigned_zero(low))}, {minus(_unsigned_zero(high))}]"


def effect(what: str, change: float, interval: Interval) -> str:
    """A measured effect: "CTR +31 % [12, 52]"; one that may as well be none claims nothing: "CPA no clear effect …"."""
    low, high = interval
    said = "no clear effect" if low <= 0 <= high else percent(change)
    return f"{what} {said} {bounds(interval)}"


def minus(text: str) -> str:
    """A written number with a real minus, which no line break tears from its figure: "−34"."""
    return text.replace("-", MINUS)


def money(amount: Decimal | float, currency: str) -> str:
    """An amount people can read at a glance: "€38.20", "€450", "€1,240"."""
    return written(amount, currency, 0 if abs(amount) >= _NO_CENTS else None)


def stake(amount: Decimal, currency: str) -> str:
    """Money at stake, an estimate and so without cents: "€580", below ten "€4.20"."""
    whole = amount.quantize(Decimal(1), ROUND_HALF_UP)
    return money(whole if abs(whole) >= 10 else amount, currency)


def count(value: float) -> str:
    """A whole number with thousands marked: "48,900"."""
    return minus(f"{value:,.0f}")


def day(when: date, today: date | None = None) -> str:
    """A day in words: "14 March", with the year when it is not the year of `today`."""
    text = f"{when.day} {when:%B}"
    return text if today is None or when.year == today.year else f"{text} {when.year}"


def days(first: date, last: date, today: date | None = None) -> str:
    """A span of days: "8 to 14 March", "28 February to 6 March", or one day alone."""
    if first == last:
        return day(first, today)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {day(last, today)}"
    return f"{day(first, today if first.year == last.year else last)} to {day(last, today)}"


def plural(number: int, one: str, many: str | None = None) -> str:
    """A counted noun: "1 signal", "3 signals", "no signals"."""
    noun = one if number == 1 else many or f"{one}s"
    return f"{number or 'no'} {noun}"


def counted(number: float, nouns: str) -> str:
    """A count with its regular noun in the right number: 1 of "orders" is "1 order", 362 of "clicks" "362 clicks"."""
    last, *rest = nouns.split(" ")[::-1]
    one = " ".join([*rest[::-1], last.removesuffix("s")])
    return f"{count(number)} {one if count(number) == '1' else nouns}"


def listing(words: Sequence[str], last: str = "and") -> str:
    """Words as a person lists them: "a, b and c"."""
    if len(words) <= 1:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def role(name: str) -> str:
    """A role in words: "media_lead" is "media lead", "crm_lead" is "CRM lead"."""
    return " ".join(_ACRONYMS.get(word, word) for word in name.split("_"))


def platform(name: str | None) -> str:
    """A platform as it writes itself: "meta" is "Meta", "google_ads" is "Google Ads"."""
    if not name:
        return "all platforms"
    return _PLATFORMS.get(name, name.replace("_", " ").title())


def flat(text: str, longest: int = 80) -> str:
    """A name on one line, cut visibly, without characters that break lines or steer the text around them unseen."""
    plain = " ".join(_UNSEEN.sub("", _BREAKS.sub(" ", text)).split())
    return plain if len(plain) <= longest else plain[: longest - 1].rstrip() + "…"


def quote(text: str, longest: int = 80) -> str:
    """Somebody else's words, made harmless for Slack and short: no markup, no line breaks, cut visibly."""
    return flat(re.sub(r"[<>&`*_~|]", " ", text), longest)


def sentence(text: str) -> str:
    """The text with a capital first letter and a full stop."""
    whole = text.strip()
    if not whole:
        return ""
    return whole[0].upper() + whole[1:] + ("" if whole[-1] in ".!?" else ".")


def _unsigned_zero(text: str) -> str:
    return "0" if text == "-0" else text


_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_UNSEEN = re.compile(
    r"[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Direction marks, spaces of no width, and letters nobody sees."""
