"""What everybody is told of governance itself, in the sentences of a colleague: one key and one text per event."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from domain.amendment import AmendmentView
from domain.catalogue import CATALOGUE
from domain.gains import gainers
from domain.operating_model import OperatingModel
from domain.proposal import is_erased
from domain.standing import Emergency, Grant, Level, Stop
from memory.operating_models import FILE
from memory.people import SYSTEM
from memory.standing import Lifting

News = tuple[str, str]
"""The key under which it is told once, and the words."""
DESIGN_TAB = "App Home → Design"
_SATURDAY = 5
_MOST_CHANGES = 3
_LEVELS = {
    Level.OBSERVE: "only observes where it comes to {what}: it asks nobody",
    Level.RECOMMEND: "only recommends {what}: people do it themselves",
    Level.ASK: "asks before {what}",
    Level.AUTOMATIC: "does {what} by itself, and says so on the card",
}
_STOPPED = {
    "everything": "Nothing is looked at, asked or done",
    "agent": "It looks at nothing, and nothing it alone proposed is asked or done",
    "action": "Nothing of the kind is asked or done",
}


def of_stop(stop: Stop, lifted: Lifting | None, model: OperatingModel) -> tuple[News, ...]:
    """That something was stopped, and that it goes on."""
    what = _covered(stop)
    pulled = (
        f"{stop.id}/pulled",
        f"{_name(stop.by, model)} has stopped {what}: {_quoted(stop.reason)} "
        f"{_STOPPED[stop.of]} until {_architect(model)} lifts the stop.",
    )
    if lifted is None:
        return (pulled,)
    by, because = _name(lifted.by, model), _quoted(lifted.because)
    return pulled, (f"{stop.id}/lifted", f"{by} has lifted the stop of {what}: {because}")


def of_amendment(view: AmendmentView, model: OperatingModel) -> News:
    """That the design has changed, or waits for the second pair of eyes."""
    one = view.amendment
    ordered = [*one.loosens, *(change for change in one.changes if change not in one.loosens)]
    changes = " ".join(ordered[:_MOST_CHANGES])
    if len(one.changes) > _MOST_CHANGES:
        changes += f" And {len(one.changes) - _MOST_CHANGES} more, in {DESIGN_TAB}."
    by = FILE if one.by == FILE else _name(one.by, model)
    if view.decided_by is None:
        gaining = [person.name for person in gainers(model, one.model)]
        not_them = f"It lets {' and '.join(gaining)} decide more, so it takes somebody else. " if gaining else ""
        return (
            f"{one.id}/waits",
            f"A change of the design waits for somebody else to agree, as it loosens the policy. {not_them}{changes} "
            f"Drafted by {by}: {_quoted(one.reason)} Read and agree in {DESIGN_TAB}.",
        )
    agreed = " and ".join(_name(user, model) for user in view.agreed) or "nobody"
    return (
        f"{one.id}/in_force",
        f"The design has changed. {changes} Drafted by {by}: {_quoted(one.reason)} Agreed by {agreed}.",
    )


def of_emergency(one: Emergency, model: OperatingModel, now: datetime, done: Sequence[str]) -> tuple[News, ...]:
    """That one person decides alone; what they decided; that nobody has looked at it."""
    name, until = _name(one.by, model), model.moment(one.until).local
    begun = (
        f"{one.id}/begun",
        f"{name} decides alone until {until:%H:%M %Z}, in an emergency: {_quoted(one.reason)} "
        "Hard caps, bans, freezes and stops hold.",
    )
    if one.until > now:
        return (begun,)
    due = review_due(one.until, model) - timedelta(minutes=1)
    what = "; ".join(done) if done else "nothing"
    by = f"Somebody else reviews it by {due.day} {due:%B}, in {DESIGN_TAB}."
    ended = (f"{one.id}/ended", f"The emergency of {name} is over. Decided in it: {what}. {by}")
    if one.reviewed_by is not None or now < due:
        return begun, ended
    late = f"Nobody has looked yet at what {name} decided in an emergency ({what}). Please review it in {DESIGN_TAB}."
    return begun, ended, (f"{one.id}/review", late)


def of_level(number: int, one: Grant, model: OperatingModel) -> News:
    """That an agent goes further with a kind of action, or less far."""
    key, agent = f"autonomy/{number}", one.agent.replace("_", " ")
    does = _LEVELS[one.level].format(what=_kind(one.action))
    if one.by == SYSTEM:
        return key, f"From now on the {agent} agent {does}. It fell back by itself: {_ended(one.because)}"
    return key, f"From now on the {agent} agent {does}. {_name(one.by, model)} says why: {_quoted(one.because)}"


def review_due(ended: datetime, model: OperatingModel) -> datetime:
    """By when an emergency is to be looked at: the end of the next working day, in the company's time zone."""
    over = model.moment(ended)
    day = over.day + timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day + timedelta(days=1), time(), over.zone)


def _covered(stop: Stop) -> str:
    match stop.of:
        case "everything":
            return "everything"
        case "agent":
            return f"the {stop.name.replace('_', ' ')} agent"
        case "action":
            return _kind(stop.name)


def _kind(kind: str) -> str:
    return f"“{CATALOGUE[kind].title}”" if kind in CATALOGUE else f"“{kind.replace('_', ' ')}”"


def _architect(model: OperatingModel) -> str:
    names = [person.name for person in model.holders("cmo")]
    return " or ".join(names) or "the CMO"


def _name(user: str, model: OperatingModel) -> str:
    if user == SYSTEM:
        return "Baton"
    person = model.person(user)
    return person.name if person else "Somebody who was erased" if is_erased(user) else "Somebody"


def _quoted(reason: str) -> str:
    """Somebody's own words, as a sentence's end."""
    return f"“{reason.strip()}”."


def _ended(sentence: str) -> str:
    said = sentence.strip()
    return said if said.endswith((".", "!", "?")) else f"{said}."
