"""One question with everything it may be answered from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import polars as pl

from agents import metrics
from agents.answering import courtesy, cuts, language
from agents.answering.cuts import Cut
from agents.answering.periods import Asked, periods
from agents.answering.subjects import Named, Subject, Subjects, subjects
from agents.answering.vocabulary import OWNED_WORDS
from agents.answering.words import KNOWN, USUAL
from domain.case import Answer, Case, Citation
from domain.lesson import Lesson
from domain.operating_model import OperatingModel, Person
from domain.reading import Readings
from domain.scope import Grain, Scope


@dataclass(frozen=True)
class Question:
    """What was asked, and the desk it is answered at."""

    asked: str
    readings: Readings
    cases: Sequence[Case]
    lessons: Sequence[Lesson]
    model: OperatingModel
    today: date
    """The last complete day: the question is asked on the day after."""
    by: str = ""
    """Slack user id of who asks; empty where nobody in particular does."""
    meant: str = ""
    """The question as its thread makes it, where it leaves out what was said before."""
    focus: tuple[Case, ...] = ()
    """What the answer before was about."""
    about: Subject | None = None
    """One of several objects named, when each is answered for itself."""
    cut: tuple[Cut, ...] | None = None
    """What the tables are cut down to, when several cuts are answered each for itself."""
    only: str = ""
    """The currency it is narrowed down to, where there are several."""
    names: Subjects | None = None
    """What it could name, where that is known already."""

    @cached_property
    def text(self) -> str:
        """The question in plain words, typos mended."""
        plain = language.plain(courtesy.bare(self.meant or self.asked))
        named = self.known.words | self._people
        return language.mended(plain, KNOWN | named, USUAL | named)

    @property
    def _people(self) -> frozenset[str]:
        return frozenset(word for person in self.model.people for word in language.plain(person.name).split())

    @cached_property
    def time(self) -> Asked:
        """The periods it names."""
        return periods(self.text, self.today, cuts.marked(self.readings, self.today))

    @cached_property
    def known(self) -> Subjects:
        """Every object it could name."""
        if self.names is not None:
            return self.names
        # the same tables are asked again and again, and naming thousands of ads takes a second
        spoken = tuple((case.signal.id, case.signal.version) for case in self.cases)
        key = f"answering.subjects/{self.model.company}/{hash(spoken)}"
        found = self.readings.cache.get(key)
        if not isinstance(found, Subjects):
            found = self.readings.cache[key] = subjects(self.readings, self.cases, self.model.company)
        return found

    @cached_property
    def found(self) -> Named:
        """What it names."""
        owned = self.says(
            *OWNED_WORDS, "retention", "members", "audience", "segment", "unsubscribed", "leaving", "flow"
        )
        likely = Grain.SEGMENT if owned else Grain.CAMPAIGN if self.says(*_OF_CAMPAIGNS) else None
        return self.known.named(self.time.left, frozenset({likely} if likely else ()))

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """The objects it asks about, without those it leaves out."""
        return self.found.subjects

    @cached_property
    def every_cut(self) -> tuple[tuple[Cut, ...], ...]:
        """The cuts it names: several where it names several formats or channels side by side."""
        return cuts.cuts(self.time.left, self.found, self.asker)

    @property
    def cutting(self) -> tuple[Cut, ...]:
        """What the tables are cut down to."""
        return self.cut if self.cut is not None else self.every_cut[0]

    @cached_property
    def at_hand(self) -> Readings:
        """The tables as far as they are about what is asked; those that cannot tell are left out."""
        return cuts.at_hand(self.readings, self.scope, self.cutting)

    @property
    def subject(self) -> Subject | None:
        """The object it is about: the one narrowed down to, or the first it names."""
        if self.about is not None:
            return self.about
        return self.subjects[0] if self.subjects else None

    @property
    def candidates(self) -> tuple[Subject, ...]:
        """The objects it might mean, where a name is not unique."""
        return self.found.candidates

    @cached_property
    def rest(self) -> str:
        """The question less its period, its objects and its cuts."""
        return cuts.less(self.found.left, self.every_cut)

    @property
    def asker(self) -> Person | None:
        """Who asks, if they are in the operating model."""
        return self.model.person(self.by) if self.by else None

    @property
    def roles(self) -> frozenset[str]:
        """The roles of the asker, with those of whom they stand in for today."""
        own = self.asker.roles if self.asker else frozenset[str]()
        stood_in = [
            one.roles or (away.roles if (away := self.model.person(one.of)) else frozenset[str]())
            for one in self.model.delegations
            if one.to == self.by and one.first_day <= self.present <= one.last_day
        ]
        return own.union(*stood_in)

    @property
    def present(self) -> date:
        """The company's present day, on which it is asked: what is frozen now goes by it, and figures by `today`."""
        return self.model.swept(self.today).day

    @cached_property
    def currencies(self) -> tuple[str, ...]:
        """The currencies of the accounts it is about."""
        frame = self.at_hand.get("ad_report")
        if frame is None or "currency" not in frame.columns:
            return (self.model.currency,)
        found = metrics.within(frame, self.scope)["currency"].drop_nulls().unique().to_list()
        return tuple(sorted(str(one) for one in found)) or (self.model.currency,)

    def each(self) -> tuple["Question", ...]:
        """The same question about each object and each cut it names."""
        places = self.subjects or (None,)
        return tuple(replace(self, about=one, cut=cut, names=self.known) for one in places for cut in self.every_cut)

    def within_currency(self, currency: str) -> "Question":
        """The same question about the accounts of one currency."""
        frame = self.readings.get("ad_report")
        if frame is None or not currency or "currency" not in frame.columns:
            return self
        if frame["currency"].drop_nulls().n_unique() < 2:
            return self
        accounts = frame.filter(pl.col("currency") == currency)["account_id"].unique().to_list()
        accounts.append("")  # what concerns every account, such as the calendar
        tables = {
            name: rows.filter(pl.col("account_id").is_in(accounts)) if "account_id" in rows.columns else rows
            for name, rows in self.readings.tables.items()
        }
        readings = Readings(self.readings.as_of, tables, self.readings.gaps, arrival=self.readings.arrival)
        return replace(self, readings=readings, only=currency, names=self.known)

    def concerns(self, case: Case) -> bool:
        """Whether a case is about what the question names; every case where it names nothing."""
        places = [case.signal.scope, *(one.scope for one in case.signal.findings)]
        named = self.subjects or self.candidates
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
        """Whether it contains any of the phrases."""
        return language.has(self.text, *phrases)

    def answer(self, text: str, citations: Sequence[Citation] = ()) -> Answer:
        """An answer."""
        return Answer(question=self.asked, text=text, citations=tuple(dict.fromkeys(citations)))

    def unknown(self, because: str) -> Answer:
        """An honest "I don't know"."""
        return Answer(question=self.asked, text=f"I don't know, because {because}", known=False)


_OF_CAMPAIGNS = ("spend", "spent", "cpa", "cpm", "cpc", "roas", "campaign", "budget", "impressions", "spending",
                 "a day", "conversions", "clicks", "ctr", "cvr")  # fmt: skip
