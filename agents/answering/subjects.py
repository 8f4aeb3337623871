"""Which platform, account, campaign, ad or segment a question names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from agents import wording
from agents.answering import language
from agents.answering.vocabulary import CHANNELS, COMMON, DIMENSIONS, FIGURE_WORDS, FORMATS
from domain.case import Case
from domain.reading import Readings
from domain.scope import Grain, Scope

_OUT = r"\b(?:excluding|excl|except(?: for)?|without|not counting|minus|apart from|other than|but not|ohne)(?: the)?$"
TYPO_LIMIT = 3000
"""Above this many names only whole and exact ones are looked for."""
MOST_WORDS = 12
"""Of a name are listened for: its runs of words grow with their square, and data can bring a name of thousands."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One object with its name."""

    scope: Scope
    name: str


@dataclass(frozen=True, slots=True)
class Named:
    """What a question names."""

    subjects: tuple[Subject, ...]
    candidates: tuple[Subject, ...]
    """Objects of one name, where it cannot be told which is meant."""
    left: str
    """The question less the names."""
    said: tuple[tuple[str, Subject], ...] = ()
    """The words that named something, and what."""
    out: tuple[tuple[str, Subject], ...] = ()
    """Objects to leave out, each with the word that says so."""


@dataclass(frozen=True, slots=True)
class Subjects:
    """Everything a question may name."""

    by_name: Mapping[str, tuple[Subject, ...]]
    by_part: Mapping[str, tuple[Subject, ...]]
    """By a part of the name that says enough: "DACH" for "DACH prospecting"."""

    def named(self, text: str, likely: frozenset[Grain] = frozenset()) -> "Named":
        """The objects meant. Names that fit together narrow one object down; others stand side by side.

        Where a name fits several, one of a `likely` grain is meant, if there is just one.
        """
        found = language.find_all(text, self.by_name) if len(self.by_name) <= TYPO_LIMIT else self._exact(text)
        rest = text
        for phrase, _ in found:
            rest = f" {rest} ".replace(f" {phrase} ", " | ").strip()
        masked = rest
        for phrase, _ in language.find_all(rest, _SEVERAL_WORDS):
            masked = f" {masked} ".replace(f" {phrase} ", " | ").strip()
        found += language.find_all(masked, self.by_part)
        return _together(text, found, likely)

    @property
    def words(self) -> frozenset[str]:
        """Every word of every name."""
        if len(self.by_name) > TYPO_LIMIT:
            return frozenset()
        names = (*self.by_name, *self.by_part)
        return frozenset(word for phrase in names for word in phrase.split(maxsplit=MOST_WORDS)[:MOST_WORDS])

    def _exact(self, text: str) -> list[tuple[str, tuple[Subject, ...]]]:
        words = text.split()
        runs = {" ".join(words[a:b]) for a in range(len(words)) for b in range(a + 1, min(a + 9, len(words) + 1))}
        return [(run, self.by_name[run]) for run in sorted(runs & set(self.by_name), key=lambda run: -len(run))][:1]


def _together(text: str, found: Sequence[tuple[str, tuple[Subject, ...]]], likely: frozenset[Grain]) -> Named:
    chosen: list[Subject] = []
    said: list[tuple[str, Subject]] = []
    out: list[tuple[str, Subject]] = []
    for phrase, subjects in found:
        leaving = re.search(_OUT, f" {text} ".partition(f" {phrase} ")[0].strip())
        text = language.without(text, phrase)
        if leaving and len(subjects) == 1:
            out.append((leaving[0].strip(), subjects[0]))
            continue
        together = next((one for one in chosen if any(own.scope.touches(one.scope) for own in subjects)), None)
        fitting = [own for own in subjects if together is None or own.scope.touches(together.scope)]
        if len(fitting) > 1:
            meant = [one for one in fitting if one.scope.grain in likely]
            if len(meant) != 1:
                return Named((), tuple(fitting), text)
            fitting = meant
        said.append((phrase, fitting[0]))
        if together is None:
            chosen.append(fitting[0])
        else:
            chosen[chosen.index(together)] = _joined(together, fitting[0])
    return Named(tuple(chosen), (), text, tuple(said), tuple(out))


def subjects(readings: Readings, cases: Sequence[Case], company: str = "") -> Subjects:
    """The objects in the tables and cases by name and id; several may share a name."""
    named: dict[str, dict[str, Subject]] = {}
    parts: dict[str, dict[str, Subject]] = {}
    common = frozenset(language.plain(company).split())
    for text, name, scope in [*_advertised(readings), *_others(readings, cases)]:
        phrase = language.plain(text or "")
        if phrase and (len(phrase) >= 3 or any(letter.isdigit() for letter in phrase)) and phrase not in _NOT_NAMES:
            subject = Subject(scope, wording.quote(name or text or "", 60))
            named.setdefault(phrase, {})[scope.key] = subject
            if scope.grain in _PARTLY and len(named) <= TYPO_LIMIT:
                for part in _parts(phrase, common):
                    parts.setdefault(part, {})[scope.key] = subject
    for case in cases:
        for ident, name in case.signal.names.items():
            for one in list(named.get(language.plain(ident), {}).values()):
                named.setdefault(language.plain(name), {})[one.scope.key] = Subject(one.scope, wording.quote(name, 60))
    return Subjects(_sorted(named), _sorted({part: found for part, found in parts.items() if part not in named}))


def _sorted(named: Mapping[str, Mapping[str, Subject]]) -> dict[str, tuple[Subject, ...]]:
    return {phrase: tuple(sorted(found.values(), key=_order)) for phrase, found in named.items() if phrase}


def _parts(phrase: str, common: frozenset[str]) -> Iterator[str]:
    """Runs of a name's words that could stand for it, in the singular and the plural."""
    words = phrase.split(maxsplit=MOST_WORDS)[:MOST_WORDS]
    for first in range(len(words)):
        for last in range(first + 1, len(words) + 1):
            run = words[first:last]
            mute = COMMON if len(run) > 1 else _SAY_NOTHING
            if all(word in mute or word in common or len(word) < 3 for word in run):
                continue
            if run != words:
                yield " ".join(run)
            other = run[-1].removesuffix("s") if run[-1].endswith("s") else f"{run[-1]}s"
            if len(other) > 3:
                yield " ".join([*run[:-1], other])


Known = tuple[str | None, str | None, Scope]
"""What an object is called in a question, what it is called in the answer, and the object."""


def _advertised(readings: Readings) -> Iterator[Known]:
    """Platforms, accounts, campaigns and ads."""
    frame = readings.get("ad_report")
    if frame is None or not set(_LEVELS[-1][0]) <= set(frame.columns):
        return
    for platform in frame["platform"].drop_nulls().unique().to_list():
        words = wording.platform(platform)
        for text in (platform, words, words.split(" ")[0]):
            yield text, words, Scope(platform=platform)
    for ids, label in _LEVELS:
        columns = [*ids, *([label] if label in frame.columns else [])]
        for row in frame.select(columns).unique(ids, keep="last").drop_nulls(ids).iter_rows(named=True):
            scope = Scope(**{name: row[name] for name in ids})
            yield row.get(label), row.get(label), scope
            yield row[ids[-1]], row.get(label) or row[ids[-1]], scope


def _others(readings: Readings, cases: Sequence[Case]) -> Iterator[Known]:
    """Segments and search queries of more than one word."""
    segments = readings.get("segment")
    for row in segments.iter_rows(named=True) if segments is not None else ():
        yield row.get("name"), row.get("name"), Scope(segment_id=row["segment_id"])
        yield row["segment_id"], row.get("name"), Scope(segment_id=row["segment_id"])
    searches = readings.get("search_report")
    queries = searches["query"].drop_nulls().unique().sort().head(TYPO_LIMIT).to_list() if searches is not None else []
    themes = [case.signal.scope.query for case in cases if case.signal.scope.query]
    for query in [*(one for one in queries if len(one.split()) > 1), *themes]:
        yield query, query, Scope(query=query)


def _joined(one: Subject, other: Subject) -> Subject:
    """Two names for one object: the finer gives the name, both give ids."""
    both = Scope.model_validate(dict(one.scope.ids()) | dict(other.scope.ids()))
    finest = max((one, other), key=lambda own: (own.scope.grain in _FINE, len(list(own.scope.ids()))))
    return Subject(both, finest.name)


def _order(subject: Subject) -> str:
    return subject.scope.key


_FINE = frozenset({Grain.AD, Grain.SEGMENT, Grain.QUERY, Grain.EXPERIMENT})
_PARTLY = frozenset({Grain.CAMPAIGN, Grain.AD, Grain.SEGMENT})
_LEVELS = (
    (["platform", "account_id"], "account_name"),
    (["platform", "account_id", "campaign_id"], "campaign_name"),
    (["platform", "account_id", "campaign_id", "ad_id"], "ad_name"),
)
_NOT_NAMES = frozenset(
    {"campaign", "campaigns", "segment", "account", "spend", "clicks", "all", "none", "conversion", "conversions"}
)
_SEVERAL_WORDS = {phrase: phrase for phrase in (*FIGURE_WORDS, *DIMENSIONS) if " " in phrase}
_SAY_NOTHING = (
    COMMON
    | frozenset(word for phrase in (*FIGURE_WORDS, *DIMENSIONS, *CHANNELS, *FORMATS) for word in phrase.split())
    | language.listed(
        """video videos image images carousel text product reel story generic brand branded search shopping display
        prospecting retargeting remarketing acquisition awareness performance spring summer autumn fall winter easter
        christmas sale offer promo creative concept variant version control returning visitors customers members club
        morning night day week eu uk us de in for"""
    )
)
"""Words that do not tell one name from another."""
