"""One question with everything it may be answered from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from agents.answering import language
from agents.answering.periods import Asked, periods
from agents.answering.subjects import Subject, Subjects, subjects
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
    def _found(self) -> tuple[Subject | None, tuple[Subject, ...], str]:
        return self.known.named(self.time.left)

    @property
    def subject(self) -> Subject | None:
        """The object it names, if just one."""
        return self._found[0]

    @property
    def candidates(self) -> tuple[Subject, ...]:
        """The objects it might mean, where a name is not unique."""
        return self._found[1]

    @property
    def rest(self) -> str:
        """The question less its period and its object."""
        return self._found[2]

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
