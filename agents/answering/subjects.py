"""Which platform, account, campaign, ad or segment a question names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agents import wording
from agents.answering import language
from domain.case import Case
from domain.reading import Readings
from domain.scope import Scope

_TYPO_LIMIT = 3000
"""Above this many names only exact ones are looked for."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One object with its name."""

    scope: Scope
    name: str


@dataclass(frozen=True, slots=True)
class Subjects:
    """Everything a question may name."""

    by_name: Mapping[str, tuple[Subject, ...]]

    def named(self, text: str) -> tuple[Subject | None, tuple[Subject, ...], str]:
        """The object meant, or else those it might be, and the text less the name."""
        known = self.by_name
        found = language.find_all(text, known) if len(known) <= _TYPO_LIMIT else self._exact(text)
        if not found:
            return None, (), text
        scope = Scope()
        for phrase, subjects in found:
            text = language.without(text, phrase)
            fitting = [one for one in subjects if one.scope.touches(scope)]
            if len(fitting) > 1:
                return None, tuple(fitting), text
            if fitting:
                scope = Scope.model_validate(dict(scope.ids()) | dict(fitting[0].scope.ids()))
        names = {one.scope.key: one.name for _, subjects in found for one in subjects}
        finest = max((one for _, group in found for one in group), key=lambda one: len(list(one.scope.ids())))
        return Subject(scope, names.get(scope.key, finest.name)), (), text

    def _exact(self, text: str) -> list[tuple[str, tuple[Subject, ...]]]:
        words = text.split()
        runs = {" ".join(words[a:b]) for a in range(len(words)) for b in range(a + 1, min(a + 9, len(words) + 1))}
        return [(run, self.by_name[run]) for run in sorted(runs & set(self.by_name), key=lambda run: -len(run))][:1]


def subjects(readings: Readings, cases: Sequence[Case]) -> Subjects:
    """The objects in the tables and cases by name and id; several may share a name."""
    named: dict[str, dict[str, Subject]] = {}

    def add(text: str | None, name: str | None, scope: Scope) -> None:
        phrase = language.plain(text or "")
        if phrase and (len(phrase) >= 3 or any(letter.isdigit() for letter in phrase)) and phrase not in _NOT_NAMES:
            named.setdefault(phrase, {})[scope.key] = Subject(scope, wording.quote(name or text or "", 60))

    frame = readings.get("ad_report")
    if frame is not None:
        for platform in frame["platform"].drop_nulls().unique().to_list():
            words = wording.platform(platform)
            for text in (platform, words, words.split(" ")[0]):
                add(text, words, Scope(platform=platform))
        for ids, label in _LEVELS:
            columns = [*ids, *([label] if label in frame.columns else [])]
            for row in frame.select(columns).unique(ids, keep="last").drop_nulls(ids).iter_rows(named=True):
                scope = Scope(**{name: row[name] for name in ids})
                shown = row.get(label)
                add(shown, shown, scope)
                add(row[ids[-1]], shown or row[ids[-1]], scope)
    segments = readings.get("segment")
    if segments is not None:
        for row in segments.iter_rows(named=True):
            add(row.get("name"), row.get("name"), Scope(segment_id=row["segment_id"]))
            add(row["segment_id"], row.get("name"), Scope(segment_id=row["segment_id"]))
    for case in cases:
        for ident, name in case.signal.names.items():
            known = named.get(language.plain(ident))
            for one in (known or {}).values():
                add(name, name, one.scope)
    return Subjects({phrase: tuple(sorted(found.values(), key=_order)) for phrase, found in named.items()})


def _order(subject: Subject) -> str:
    return subject.scope.key


_LEVELS = (
    (["platform", "account_id"], "account_name"),
    (["platform", "account_id", "campaign_id"], "campaign_name"),
    (["platform", "account_id", "campaign_id", "ad_id"], "ad_name"),
)
_NOT_NAMES = frozenset(
    {"campaign", "campaigns", "segment", "account", "spend", "clicks", "all", "none", "conversion", "conversions"}
)
