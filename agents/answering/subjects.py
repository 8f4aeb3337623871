"""Which platform, account, campaign, ad or segment a question names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from agents import wording
from agents.answering import language
from domain.case import Case
from domain.reading import Readings
from domain.scope import Grain, Scope

_TYPO_LIMIT = 3000
"""Above this many names only exact ones are looked for."""


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


@dataclass(frozen=True, slots=True)
class Subjects:
    """Everything a question may name."""

    by_name: Mapping[str, tuple[Subject, ...]]

    def named(self, text: str) -> "Named":
        """The objects meant. Names that fit together narrow one object down; others stand side by side."""
        known = self.by_name
        found = language.find_all(text, known) if len(known) <= _TYPO_LIMIT else self._exact(text)
        chosen: list[Subject] = []
        for phrase, subjects in found:
            text = text if f" {phrase} " not in f" {text} " else language.without(text, phrase)
            together = next((one for one in chosen if any(own.scope.touches(one.scope) for own in subjects)), None)
            fitting = [own for own in subjects if together is None or own.scope.touches(together.scope)]
            if len(fitting) > 1:
                return Named((), tuple(fitting), text)
            if together is None:
                chosen.append(fitting[0])
            else:
                chosen[chosen.index(together)] = _joined(together, fitting[0])
        return Named(tuple(chosen), (), text)

    def _exact(self, text: str) -> list[tuple[str, tuple[Subject, ...]]]:
        words = text.split()
        runs = {" ".join(words[a:b]) for a in range(len(words)) for b in range(a + 1, min(a + 9, len(words) + 1))}
        return [(run, self.by_name[run]) for run in sorted(runs & set(self.by_name), key=lambda run: -len(run))][:1]


def subjects(readings: Readings, cases: Sequence[Case]) -> Subjects:
    """The objects in the tables and cases by name and id; several may share a name."""
    named: dict[str, dict[str, Subject]] = {}
    for text, name, scope in [*_advertised(readings), *_others(readings, cases)]:
        phrase = language.plain(text or "")
        if phrase and (len(phrase) >= 3 or any(letter.isdigit() for letter in phrase)) and phrase not in _NOT_NAMES:
            named.setdefault(phrase, {})[scope.key] = Subject(scope, wording.quote(name or text or "", 60))
    for case in cases:
        for ident, name in case.signal.names.items():
            for one in list(named.get(language.plain(ident), {}).values()):
                named.setdefault(language.plain(name), {})[one.scope.key] = Subject(one.scope, wording.quote(name, 60))
    return Subjects({phrase: tuple(sorted(found.values(), key=_order)) for phrase, found in named.items() if phrase})


Known = tuple[str | None, str | None, Scope]
"""What an object is called in a question, what it is called in the answer, and the object."""


def _advertised(readings: Readings) -> Iterator[Known]:
    """Platforms, accounts, campaigns and ads."""
    frame = readings.get("ad_report")
    if frame is None:
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
    queries = searches["query"].drop_nulls().unique().sort().head(_TYPO_LIMIT).to_list() if searches is not None else []
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
_LEVELS = (
    (["platform", "account_id"], "account_name"),
    (["platform", "account_id", "campaign_id"], "campaign_name"),
    (["platform", "account_id", "campaign_id", "ad_id"], "ad_name"),
)
_NOT_NAMES = frozenset(
    {"campaign", "campaigns", "segment", "account", "spend", "clicks", "all", "none", "conversion", "conversions"}
)
