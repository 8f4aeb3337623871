"""Reading a question: plain words, known phrases found in it, typos mended."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import TypeVar

Meaning = TypeVar("Meaning")
_SAME: Mapping[str, str] = {
    "meisten": "most", "meiste": "most", "wenigsten": "fewest", "hochste": "highest", "hochsten": "highest",
    "niedrigste": "lowest", "niedrigsten": "lowest", "beste": "best", "hatte": "had", "gab": "was",
    "wk": "week", "wks": "weeks", "yday": "yesterday", "thru": "through", "gads": "google",
    "adwords": "google", "u": "you", "r": "are", "ur": "your", "pls": "please", "plz": "please", "cos": "because",
    "avg": "average", "conv": "conversions", "convs": "conversions", "imps": "impressions", "impr": "impressions",
    "camp": "campaign", "camps": "campaigns", "perf": "performance", "gestern": "yesterday", "vorgestern":
    "day before yesterday", "heute": "today", "woche": "week", "monat": "month", "letzter": "last", "letzten": "last",
    "letzte": "last", "letztes": "last", "diese": "this", "dieser": "this", "diesen": "this", "warum": "why",
    "wer": "who", "seit": "since", "fuer": "for", "budgeterhohung": "budget rise", "mrz": "march",
    "marz": "march", "februar": "february", "januar": "january", "dezember": "december", "wieviel": "how much",
    "ausgegeben": "spent", "besucher": "visitors", "verglichen": "compared", "mit": "with", "wats": "whats",
    "hows": "how is", "gonna": "going to", "wanna": "want to", "insta": "instagram", "ig": "instagram", "vs.": "vs",
    "abt": "about", "vid": "video", "vids": "videos",
    "b4": "before", "w": "with", "mon": "monday", "tue": "tuesday", "tues": "tuesday",
    "wed": "wednesday", "thu": "thursday", "thur": "thursday", "thurs": "thursday", "fri": "friday",
    "sat": "saturday", "sun": "sunday", "wkend": "weekend", "freq": "frequency", "unsub": "unsubscribe",
    "unsubs": "unsubscribes", "rev": "revenue", "convos": "conversions", "sesh": "sessions", "acct": "account",
    "anzeige": "ad", "anzeigen": "ads", "schlechteste": "worst", "schlechtesten": "worst", "besten": "best",
    "viele": "many", "hatten": "had", "welches": "which", "offene": "open", "offen": "open", "probleme": "problems",
    "abgelehnt": "rejected", "genehmigt": "approved", "freigegeben": "approved", "entschieden": "decided",
    "klick": "click", "pro": "per", "eine": "a", "einen": "a", "ein": "a", "uns": "us", "unsere": "our",
    "unser": "our", "im": "in", "zu": "to", "es": "it", "gibt": "are", "kostet": "cost", "gekostet": "cost",
    "vergleich": "comparison", "zum": "to", "tag": "day", "tage": "days", "tagen": "days", "wochen": "weeks",
    "wochenende": "weekend", "zwischen": "between", "und": "and", "oder": "or", "darf": "may", "ich": "i",
    "wann": "when", "wartet": "waiting", "steht": "waiting", "signale": "signals", "kanal": "channel",
    "mehr": "more", "als": "than", "vormonat": "previous month", "vorwoche": "previous week", "wo": "where",
    "montag": "monday", "dienstag": "tuesday", "mittwoch": "wednesday", "donnerstag": "thursday",
    "freitag": "friday", "samstag": "saturday", "sonntag": "sunday", "uber": "over", "entwickelt": "developed",
    "anmeldungen": "sign-ups", "abmeldungen": "unsubscribes", "budgets": "budgets", "gelernt": "learned",
    "mich": "me", "mir": "me", "mein": "my", "meine": "my", "um": "by", "erhohen": "raise", "senken": "cut",
    "sie": "they", "nicht": "not", "kein": "no", "keine": "no", "hoch": "high", "kann": "can", "muss": "must",
    "comparing": "compare", "tanking": "falling", "tanked": "fell", "soaring": "rising", "plummeting": "falling",
    "v": "vs", "schlechter": "worse", "besser": "better", "geworden": "become", "entscheidet": "decides",
    "entscheidungen": "decisions", "neue": "new", "neuen": "new", "offnungsrate": "open rate", "reparatur": "repair",
    "landingpage": "landing page", "gebracht": "brought", "teuerste": "dearest", "teuersten": "dearest",
    "gunstigste": "cheapest", "gunstigsten": "cheapest", "bestellungen": "orders", "klickrate": "ctr", "oft": "of",
}  # fmt: skip
_PHRASES = (("tik tok", "tiktok"), ("wie viel", "how much"), ("wie viele", "how many"), ("week-over-week", "wow"),
            ("month-over-month", "mom"), ("week-on-week", "wow"), ("the new year", "january 1"),
            ("new year", "january 1"), ("so far", ""), ("first of all", ""), ("which add", "which ad"),
            ("week on week", "wow"), ("month on month", "mom"), ("click thru", "click through"),
            ("fb ads", "meta"), ("fb", "meta"),
            ("per cent", "percent"), ("facebook ads", "meta"), ("facebook", "meta"), ("google ads", "google ads"),
            ("year on year", "same period last year"), ("yoy", "same period last year"))  # fmt: skip
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_VOWELS = re.compile("[aeiou]")
SHORT, SURE, LONG = 5, 5, 8
"""Up to SHORT letters a mistyped word is only taken for a very common one; from LONG on two slips are forgiven."""


def listed(words: str) -> frozenset[str]:
    """Words written one after the other, as a set."""
    return frozenset(words.split())


def plain(text: str) -> str:
    """Lower case, no accents, no punctuation but what numbers, ids and dates need: "ctr of trail shoe video"."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter)).replace("ß", "ss")
    kept = re.sub(r"(?<=\d)\s*%", " percent", kept)
    kept = re.sub(rf"\b(\d{{1,2}})\s*[-–—]\s*(\d{{1,2}})(?=\.?\s*(?:of )?(?:{_MONTHS}))", r"\1 to \2", kept)
    kept = re.sub(r"(?<=\d),(?=\d{3}\b)", "", kept)
    kept = re.sub(r"([a-z])\1{2,}", r"\1", kept)
    kept = re.sub(r"\b(\d{1,3})d\b", r"\1 days", kept)
    kept = re.sub(r"\bw(?=\d{1,2}\b)", "week ", kept)
    kept = re.sub(r"n['’]t\b", "nt", kept)
    kept = re.sub(r"['’](?:s|re|m|d|ll|ve)\b", " ", kept)
    return " ".join(re.sub(r"[^a-z0-9_.€$-]+|(?<!\d)\.|\.(?!\d)|(?<![a-z0-9])-|-(?![a-z0-9])", " ", kept).split())


def mended(text: str, known: Collection[str], usual: Collection[str]) -> str:
    """Plain text with abbreviations written out and typos mended: towards `known` words, short ones only `usual`."""
    padded = f" {text} "
    for said, meant in _PHRASES:
        padded = padded.replace(f" {said} ", f" {meant} ")
    words = " ".join(_SAME.get(word, word) for word in padded.split()).split()
    return " ".join(word if word in known or word in usual else _nearest(word, known, usual) for word in words)


def has(text: str, *phrases: str) -> bool:
    """Whether any of the phrases stands in the text as whole words."""
    padded = f" {text} "
    return any(f" {phrase} " in padded for phrase in phrases)


said = has


def find(text: str, phrases: Mapping[str, Meaning]) -> Meaning | None:
    """What the longest known phrase in the text means; None where there is none."""
    found = find_all(text, phrases)
    return found[0][1] if found else None


def find_all(text: str, phrases: Mapping[str, Meaning]) -> list[tuple[str, Meaning]]:
    """Every known phrase as it stands in the text, with its meaning, longest first."""
    padded, found = f" {text} ", list[tuple[str, Meaning]]()
    for phrase in sorted(phrases, key=lambda one: (-len(one), one)):
        if f" {phrase} " in padded:
            found.append((phrase, phrases[phrase]))
            padded = padded.replace(f" {phrase} ", " | ")  # a shorter phrase inside a longer one is not meant
    return found


def without(text: str, phrase: str) -> str:
    """The text less a phrase that has been understood."""
    return " ".join(f" {text} ".replace(f" {phrase} ", " ", 1).split())


def stem(word: str) -> str:
    """What a word shares with its other forms, roughly: its first five letters."""
    return word[:5] if len(word) > 5 else word.removesuffix("s") if len(word) > 3 else word


def _nearest(word: str, known: Collection[str], usual: Collection[str]) -> str:
    """The known word a mistyped one was meant to be; itself where none is near enough."""
    if len(word) < 2 or not word.isascii() or not word.replace("-", "").isalpha():
        return word
    if not _VOWELS.search(word):  # "spnd", "lst": typed without vowels
        meant = [one for one in usual if one[0] == word[0] and _VOWELS.sub("", one) == word]
        if meant:
            return min(meant, key=lambda one: (len(one), one))
    bones = _VOWELS.sub("", word)
    if len(bones) >= SURE and len(word) >= LONG - 1:  # "ystrday": typed without most vowels
        meant = [one for one in usual if one[0] == word[0] and _VOWELS.sub("", one) == bones]
        if meant:
            return min(meant, key=lambda one: (len(one), one))
    if len(word) < 3:
        return word
    slips = 2 if len(word) >= LONG else 1
    best: tuple[float, str] | None = None
    for one in usual if len(word) <= SHORT else known:
        if one[:1] != word[0] or abs(len(one) - len(word)) > slips or len(one) < 3 or not one.isalpha():
            continue
        far = slipped(word, one, slips)
        if far <= slips and (best is None or (far, one) < best):
            best = (far, one)
    return best[1] if best else word


def slipped(word: str, meant: str, most: int) -> float:
    """Slips of the finger between two words: a letter left out, doubled, swapped or wrong (which counts a bit more)."""
    before: list[float] = []
    row: list[float] = [float(n) for n in range(len(meant) + 1)]
    for i, letter in enumerate(word, 1):
        earlier, before = before, row
        row = [float(i)]
        for j, other in enumerate(meant, 1):
            cost = 0.0 if letter == other else 1.0 + 1e-3
            best = min(before[j] + 1 + 1e-4, row[j - 1] + 1, before[j - 1] + cost)
            if i > 1 and j > 1 and letter == meant[j - 2] and word[i - 2] == other and letter != other:
                best = min(best, earlier[j - 2] + 1)
            row.append(best)
        if min(row) > most + 0.5:
            return float(most + 1)
    return int(row[-1]) + row[-1] % 1 if row[-1] > most + 0.5 else min(row[-1], float(most))
