"""From one signal to the few actions its owners are asked about."""

import hashlib
from collections.abc import Sequence
from datetime import date

from agents.accounts import Books
from agents.causes import PROFILES
from agents.forecasting import alike, forecast
from agents.levers import LEVERS
from agents.moves import Draft
from agents.places import place_of
from agents.sharpness import unseen
from agents.situation import Situation
from domain.action import Action
from domain.catalogue import CATALOGUE
from domain.effect import HandOver
from domain.lesson import Lesson, LessonKind
from domain.operating_model import OperatingModel
from domain.proposal import Proposal
from domain.reading import Readings
from domain.signal import Signal

MOST_PROPOSALS, MOST_QUOTES = 4, 2

_CALLED = frozenset({"campaign_id", "ad_id", "segment_id"})
"""Columns of what people have names for."""


def plan(
    signal: Signal, readings: Readings, lessons: Sequence[Lesson], today: date, model: OperatingModel | None = None
) -> tuple[Proposal, ...]:
    """The proposals for a signal, most useful first; none where nothing honest can be proposed.

    The operating model adds the company's goals and routes; without it the account's own past stands in for goals.
    """
    situation = Situation(signal, Books(readings, today), model)
    known = [lesson for lesson in lessons if lesson.learned_on <= today <= lesson.expires_on]
    drafts = list(PROFILES[signal.cause].play(situation))[:MOST_PROPOSALS]
    return tuple(_proposal(draft, situation, known, today) for draft in drafts)


def proposal_id(signal_id: str, action: Action) -> str:
    """The same for the same question, whatever its amount: asked again tomorrow, it is still the same proposal."""
    fact = f"{signal_id}/{action.kind}/{_subject(action)}"
    return f"prop_{hashlib.sha256(fact.encode()).hexdigest()[:12]}"


def _subject(action: Action) -> str:
    """The object an action is about; for a shift, the campaign that gives."""
    effect = action.effect()
    return effect.entity if isinstance(effect, HandOver) else effect.settings[0].entity


def _proposal(draft: Draft, situation: Situation, lessons: Sequence[Lesson], today: date) -> Proposal:
    signal, action = situation.signal, draft.action
    foreseen = forecast(action, signal, lessons, situation.ground(action), today)
    if foreseen is not None and (because := unseen(action, signal, foreseen, situation.books.readings, today)):
        foreseen = foreseen.model_copy(update={"unseen": because})
    return Proposal(
        id=proposal_id(signal.id, action),
        signal_id=signal.id,
        action=action,
        owner=_owner(action, situation),
        forecast=foreseen,
        why=draft.why,
        remembered=_remembered(action, signal, lessons),
        names=_names(action, situation),
        proposed_on=today,
    )


def _names(action: Action, situation: Situation) -> dict[str, str]:
    """What people call the objects of an action, where they have a name."""
    named = {ident: situation.name(column, ident) for column, ident in action.named() if column in _CALLED}
    return {ident: name for ident, name in named.items() if name != ident}


def _owner(action: Action, situation: Situation) -> str:
    """The role that answers for this kind of action, unless the routes give the cause to others."""
    usual, model = CATALOGUE[action.kind].owner, situation.model
    routed = model.routes.owners.get(situation.signal.cause, ()) if model else ()
    return usual if not routed or usual in routed else routed[0]


def _remembered(action: Action, signal: Signal, lessons: Sequence[Lesson]) -> tuple[str, ...]:
    """Quotes of the lessons that fit best: same kind of action, then cause and platform, then place, then newest.

    A lesson about another way to do the same is quoted too, with the name of what was done then. That something
    was tried and could not be measured is said only where nothing was ever measured.
    """
    place = place_of(action)
    family = LEVERS[action.kind].family
    kin = {kind for kind, lever in LEVERS.items() if lever.family == family}
    known = [lesson for lesson in lessons if lesson.action_kind in kin]
    telling = [lesson for lesson in known if lesson.effect is not None or lesson.kind is LessonKind.CORRECTION]
    fitting = telling or [lesson for lesson in known if lesson.kind is not LessonKind.WORKFLOW_ADJUSTMENT]
    fitting.sort(
        key=lambda lesson: (
            lesson.effect is not None,
            lesson.action_kind == action.kind,
            alike(lesson, signal),
            lesson.scope.touches(place),
            lesson.learned_on,
            lesson.id,
        ),
        reverse=True,
    )
    return tuple(dict.fromkeys(_quoted(lesson, action) for lesson in fitting))[:MOST_QUOTES]


def _quoted(lesson: Lesson, action: Action) -> str:
    title = CATALOGUE[lesson.action_kind].title if lesson.action_kind else ""
    is_clear = lesson.action_kind in {None, action.kind} or title.casefold() in lesson.text.casefold()
    return lesson.text if is_clear else f"{title} {lesson.text}"
