"""One question with everything it may be answered from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import polars as pl

from agents import metrics
from agents.answering import language
from agents.answering.periods import Asked, periods
from agents.answering.subjects import Named, Subject, Subjects, subjects
from domain.case import Answer, Case, Citation
from domain.lesson import Lesson
from domain.operating_model import OperatingModel
from domain.reading import Readings
from domain.scope import Scope


@dataclass(frozen=True)
class Question:
    """What was asked, and the desk it is answered at."""

    asked: str
    readings: Readings
    cases: Sequence[Case]
    lessons: Sequence[Lesson]
    model: OperatingModel
    today: date
    """The last complete day: figures reach up to it."""
    about: Subject | None = None
    """One of several objects named, when each is answered for itself."""
    only: str = ""
    """The currency it is narrowed down to, where there are several."""

    @property
    def present(self) -> date:
        """The company's present day, on which it is asked: what is frozen now goes by it, and figures by `today`."""
        return self.model.swept(self.today).day

    @cached_property
    def text(self) -> str:
        """The question in plain words."""
        return language.plain(self.asked)

    @cached_property
    def time(self) -> Asked:
        """The periods it names."""
        return periods(self.text, self.today)

    @cached_property
    def known(self) -> Subjects:
        """Every object it could name."""
        return subjects(self.readings, self.cases)

    @cached_property
    def found(self) -> Named:
        """What it names."""
        return self.known.named(self.time.left)

    @property
    def subject(self) -> Subject | None:
        """The object it is about: the one narrowed down to, or the first it names."""
        if self.about is not None:
            return self.about
        return self.found.subjects[0] if self.found.subjects else None

    @property
    def candidates(self) -> tuple[Subject, ...]:
        """The objects it might mean, where a name is not unique."""
        return self.found.candidates

    @property
    def rest(self) -> str:
        """The question less its period and its objects."""
        return self.found.left

    @cached_property
    def currencies(self) -> tuple[str, ...]:
        """The currencies of the accounts it is about."""
        frame = self.readings.get("ad_report")
        if frame is None or "currency" not in frame.columns:
            return (self.model.currency,)
        found = metrics.within(frame, self.scope)["currency"].drop_nulls().unique().to_list()
        return tuple(sorted(str(one) for one in found)) or (self.model.currency,)

    def each(self) -> tuple["Question", ...]:
        """The same question about each object it names."""
        return tuple(replace(self, about=one) for one in self.found.subjects) or (self,)

    def within_currency(self, currency: str) -> "Question":
        """The same question about the accounts of one currency."""
        frame = self.readings.get("ad_report")
        if frame is None or not currency or "currency" not in frame.columns:
            return self
        if frame["currency"].drop_nulls().n_unique() < 2:
            return self
        accounts = frame.filter(pl.col("currency") == currency)["account_id"].unique().to_list()
        tables = {
            name: rows.filter(pl.col("account_id").is_in(accounts)) if "account_id" in rows.columns else rows
            for name, rows in self.readings.tables.items()
        }
        readings = Readings(self.readings.as_of, tables, self.readings.gaps, arrival=self.readings.arrival)
        return replace(self, readings=readings, only=currency)

    def concerns(self, case: Case) -> bool:
        """Whether a case is about what the question names; every case where it names nothing."""
        places = [case.signal.scope, *(one.scope for one in case.signal.findings)]
        named = self.found.subjects
        return not named or any(
            one.scope.contains(place) or (place != Scope() and place.contains(one.scope))
            for one in named
            for place in places
        )

    @property
    def scope(self) -> Scope:
        """Where it asks about; everywhere if it does not say."""
        return self.subject.scope if self.subject else Scope()

    def says(self, *phrases: str) -> bool:
        """Whether it contains any of the phrases, small typos forgiven."""
        return language.has(self.text, *phrases)

    def answer(self, text: str, citations: Sequence[Citation] = ()) -> Answer:
        """An answer."""
        return Answer(question=self.asked, text=text, citations=tuple(dict.fromkeys(citations)))

    def unknown(self, because: str) -> Answer:
        """An honest "I don't know"."""
        return Answer(question=self.asked, text=f"I don't know, because {because}", known=False)
