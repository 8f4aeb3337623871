"""What a search knows of each lesson beside its words, in columns: where it holds, since and until when, how sure."""

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from domain.lesson import Lesson, LessonKind, Wanted
from domain.scope import Scope

Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]

HALF_LIFE_DAYS = 365
"""A lesson this much older than another has lost half of what recency can give: markets change with the year."""
RECENCY, STRENGTH = 0.15, 0.10
"""What an old and an unsure lesson lose at most, as shares of its score: enough to order what fits about equally well,
too little to lift what does not fit (one rank is 1.6 % of a fused score)."""
_FIELDS = tuple(Scope.model_fields)
_KINDS = {kind: number for number, kind in enumerate(LessonKind)}
_FIRST = 1024


class Shelf:
    """One place per lesson, in the order added. A lesson that changed gets a new place; its old one is empty."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.places: dict[str, int] = {}
        self._codes: tuple[dict[str, int], ...] = tuple({} for _ in _FIELDS)
        self._scopes = np.zeros((len(_FIELDS), _FIRST), dtype=np.int32)
        self._days = np.zeros((2, _FIRST), dtype=np.int32)
        self._kinds = np.zeros(_FIRST, dtype=np.int8)
        self._strengths = np.zeros(_FIRST, dtype=np.float32)
        self._taken = np.zeros(_FIRST, dtype=np.bool_)
        self._texts: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.places)

    def new(self, lessons: Sequence[Lesson]) -> list[Lesson]:
        """Those that are not here as they are now: unknown ones, and ones whose words changed."""
        found = {one.id: one for one in lessons if self._texts.get(one.id) != hash(one.text)}
        return list(found.values())

    def add(self, lessons: Sequence[Lesson]) -> None:
        """Give lessons the next places."""
        self._grow(len(self.ids) + len(lessons))
        for lesson in lessons:
            if (before := self.places.get(lesson.id)) is not None:
                self._taken[before] = False
            place = len(self.ids)
            self.ids.append(lesson.id)
            self.places[lesson.id] = place
            self._texts[lesson.id] = hash(lesson.text)
            for row, (name, codes) in enumerate(zip(_FIELDS, self._codes, strict=True)):
                if value := getattr(lesson.scope, name):
                    self._scopes[row, place] = codes.setdefault(value, len(codes) + 1)
            self._days[:, place] = lesson.learned_on.toordinal(), lesson.expires_on.toordinal()
            self._kinds[place] = _KINDS[lesson.kind]
            self._strengths[place] = lesson.strength
            self._taken[place] = True

    def wanted(self, wanted: Wanted) -> Mask:
        """Which places hold a lesson that is wanted."""
        size = len(self.ids)
        mask: Mask = self._taken[:size].copy()
        if wanted.kinds:
            mask &= np.isin(self._kinds[:size], [_KINDS[kind] for kind in wanted.kinds])
        if wanted.holds_on:
            learned, expires = self._days[:, :size]
            mask &= (learned <= wanted.holds_on.toordinal()) & (wanted.holds_on.toordinal() <= expires)
        if wanted.scope:
            mask &= self.touching(wanted.scope)
        return mask

    def touching(self, scope: Scope) -> Mask:
        """Which places hold a lesson whose scope does not contradict this one: `Scope.touches`, for all at once."""
        mask = np.ones(len(self.ids), dtype=np.bool_)
        for row, (name, codes) in enumerate(zip(_FIELDS, self._codes, strict=True)):
            if value := getattr(scope, name):
                column = self._scopes[row, : len(self.ids)]
                mask &= (column == 0) | (column == codes.get(value, -1))
        return mask

    def weights(self, places: NDArray[np.int64], today: date | None) -> Floats:
        """What each lesson's score is multiplied by: less for what is old on that day, and for what is not sure."""
        weights: Floats = 1 - STRENGTH * (1 - self._strengths[places])
        if today:
            ages = np.maximum(today.toordinal() - self._days[0, places], 0)
            weights *= 1 - RECENCY * (1 - np.exp2(-ages / np.float32(HALF_LIFE_DAYS))).astype(np.float32)
        return weights

    def _grow(self, size: int) -> None:
        more = max(size, 2 * len(self._kinds)) - len(self._kinds) if size > len(self._kinds) else 0
        if more:
            self._scopes = np.pad(self._scopes, ((0, 0), (0, more)))
            self._days = np.pad(self._days, ((0, 0), (0, more)))
            self._kinds = np.pad(self._kinds, (0, more))
            self._strengths = np.pad(self._strengths, (0, more))
            self._taken = np.pad(self._taken, (0, more))
