"""The operating model as a form changes it: one part, one entry, values as typed.

`key` in the values says which entry of a part is meant: its place in the list ("0", "1", …), an agent's or person's id,
or "new"; `remove` with any value takes the entry out. Lists are typed with commas between.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from domain.errors import InvalidChange
from domain.operating_model import Delegation, Freeze, Goal, Limit, OperatingModel, Person, Restriction
from domain.signal import Cause
from governance.alteration import amount

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
Values = Mapping[str, str]
NEW: Final = "new"
"""The key of an entry that is to be added."""


def edit(model: OperatingModel, part: str, values: Values) -> OperatingModel:
    """The whole operating model with one part changed. Raises InvalidChange, which names the field."""
    change = _PARTS.get(part)
    if change is None:
        raise InvalidChange("part", f"{part} is not a part of the operating model that can be edited here.")
    return change(model, values)


def edited(model: OperatingModel, part: str, values: Values) -> object:
    """What a form of this part shows and would write over: where it is another by now, the form is of yesterday.

    Entries that are counted by their place stand and fall together; a new one writes over nothing.
    """
    key = values.get("key", NEW).strip()
    if part == "policy":
        return model.policy.model_copy(update={"limits": (), "version": 1})
    if part == "mandates":
        return model.mandates.get(key, Restriction())
    if part == "people":
        return model.person(key)
    if part == "routes":
        return model.routes
    if key == NEW:
        return None
    return model.policy.limits if part == "limits" else getattr(model, part, None)


def _policy(model: OperatingModel, values: Values) -> OperatingModel:
    policy = model.policy
    role, minutes = values.get("break_glass_role", "").strip(), values.get("break_glass_minutes", "").strip()
    kept: dict[str, object] = dict(policy)
    typed = kept | {
        "expires_after_hours": values.get("expires_after_hours", policy.expires_after_hours),
        "max_budget_change": _share(values, "max_budget_change") or policy.max_budget_change,
        "remind_after_hours": _hours(values, "remind_after_hours", policy.remind_after_hours),
        "escalate_after_hours": _hours(values, "escalate_after_hours", policy.escalate_after_hours),
        "escalate_to": values.get("escalate_to", policy.escalate_to).strip(),
        "forbidden": frozenset(_listed(values, "forbidden")),
        "automatic": frozenset(_listed(values, "automatic")),
        "break_glass": {"role": role, "minutes": minutes or 60} if role else None,
    }
    names = {"break_glass.minutes": "break_glass_minutes", "break_glass.role": "break_glass_role"}
    return model.model_copy(update={"policy": _made(type(policy), typed, names)})


def _limits(model: OperatingModel, values: Values) -> OperatingModel:
    def made() -> Limit:
        typed = {
            "role": values.get("role", "").strip(),
            "actions": frozenset(_listed(values, "actions")),
            "accounts": frozenset(_listed(values, "accounts")),
            "platforms": frozenset(_listed(values, "platforms")),
            "max_change": _share(values, "max_change"),
            "max_per_day": _amount(values, "max_per_day"),
            "beyond": values.get("beyond", "cmo").strip(),
        }
        if typed["max_change"] is None and typed["max_per_day"] is None:
            raise InvalidChange(
                "max_change", "Give a share or an amount per day, or both: a limit must limit something."
            )
        return _made(Limit, typed)

    limits = _placed(model.policy.limits, values, made)
    return model.model_copy(update={"policy": model.policy.model_copy(update={"limits": limits})})


def _routes(model: OperatingModel, values: Values) -> OperatingModel:
    routes = model.routes
    channel = values.get("channel", routes.channel).strip().removeprefix("#") or routes.channel
    owners = dict(routes.owners)
    if cause := values.get("cause", "").strip():
        if cause not in set(Cause):
            raise InvalidChange("cause", f"{cause} is not a cause Baton knows.")
        roles = tuple(_listed(values, "roles"))
        owners.pop(Cause(cause), None)
        if roles:
            owners[Cause(cause)] = roles
    return model.model_copy(update={"routes": _made(type(routes), {"channel": channel, "owners": owners})})


def _goals(model: OperatingModel, values: Values) -> OperatingModel:
    def made() -> Goal:
        kept = _kept(model.goals, values)
        typed: dict[str, object] = {
            "name": values.get("name", "").strip(),
            "metric": values.get("metric", ""),
            "target": _amount(values, "target"),
            "weight": values.get("weight", "").strip() or 1,
            **({"scope": kept.scope} if kept else {}),
        }
        if not typed["name"]:
            raise InvalidChange("name", "Give the goal a name.")
        return _made(Goal, typed)

    return model.model_copy(update={"goals": _placed(model.goals, values, made)})


def _mandates(model: OperatingModel, values: Values) -> OperatingModel:
    agent = values.get("key", "").strip()
    if not agent:
        raise InvalidChange("key", "Say which agent.")
    restriction = Restriction(off=bool(values.get("off", "").strip()), without=frozenset(_listed(values, "without")))
    mandates = {name: one for name, one in model.mandates.items() if name != agent}
    if restriction != Restriction():
        mandates[agent] = restriction
    return model.model_copy(update={"mandates": mandates})


def _freezes(model: OperatingModel, values: Values) -> OperatingModel:
    def made() -> Freeze:
        typed = {name: values.get(name, "").strip() for name in ("name", "first_day", "last_day")}
        freeze = _made(Freeze, typed)
        if not freeze.name:
            raise InvalidChange("name", "Say why nothing may change in these days.")
        if freeze.last_day < freeze.first_day:
            raise InvalidChange("last_day", "The last day comes before the first.")
        return freeze

    return model.model_copy(update={"freezes": _placed(model.freezes, values, made)})


def _delegations(model: OperatingModel, values: Values) -> OperatingModel:
    def made() -> Delegation:
        typed: dict[str, object] = {
            name: values.get(name, "").strip() for name in ("of", "to", "first_day", "last_day")
        }
        delegation = _made(Delegation, {**typed, "roles": frozenset(_listed(values, "roles"))})
        for field in ("of", "to"):
            if model.person(getattr(delegation, field)) is None:
                raise InvalidChange(field, "This is nobody in the operating model.")
        if delegation.of == delegation.to:
            raise InvalidChange("to", "Nobody stands in for themselves.")
        if delegation.last_day < delegation.first_day:
            raise InvalidChange("last_day", "The last day comes before the first.")
        return delegation

    return model.model_copy(update={"delegations": _placed(model.delegations, values, made)})


def _people(model: OperatingModel, values: Values) -> OperatingModel:
    key = values.get("key", NEW).strip()
    others = tuple(person for person in model.people if person.slack != key)
    if values.get("remove", "").strip():
        return model.model_copy(update={"people": others})
    typed: dict[str, object] = {name: values.get(name, "").strip() for name in ("name", "slack")}
    if not typed["name"]:
        raise InvalidChange("name", "Give the person's name.")
    typed |= {name: frozenset(_listed(values, name)) for name in ("roles", "accounts", "platforms")}
    person = _made(Person, {**typed, "timezone": values.get("timezone", "").strip() or model.timezone})
    if any(other.slack == person.slack for other in others):
        raise InvalidChange("slack", "Somebody in the operating model has this Slack id already.")
    at = next((place for place, one in enumerate(model.people) if one.slack == key), len(others))
    return model.model_copy(update={"people": (*others[:at], person, *others[at:])})


_PARTS: Final[Mapping[str, Callable[[OperatingModel, Values], OperatingModel]]] = {
    "policy": _policy,
    "limits": _limits,
    "routes": _routes,
    "goals": _goals,
    "mandates": _mandates,
    "freezes": _freezes,
    "delegations": _delegations,
    "people": _people,
}
PARTS: Final = tuple(_PARTS)
"""The parts that can be edited, as forms name them."""


def _placed(entries: Sequence[T], values: Values, made: Callable[[], T]) -> tuple[T, ...]:
    """The entries with one replaced, added or taken out."""
    at = _place(entries, values)
    if values.get("remove", "").strip():
        return tuple(entry for place, entry in enumerate(entries) if place != at)
    return (*entries[:at], made(), *entries[at + 1 :])


def _kept(entries: Sequence[T], values: Values) -> T | None:
    at = _place(entries, values)
    return entries[at] if at < len(entries) else None


def _place(entries: Sequence[object], values: Values) -> int:
    """Which entry is meant; one past the last for a new one."""
    key = values.get("key", NEW).strip()
    if key == NEW:
        return len(entries)
    if not key.isdecimal() or int(key) >= len(entries):
        raise InvalidChange("key", "This entry is gone: somebody changed the operating model meanwhile.")
    return int(key)


def _listed(values: Values, field: str) -> list[str]:
    return [word for part in values.get(field, "").split(",") if (word := part.strip())]


def _hours(values: Values, field: str, kept: int | None) -> str | int | None:
    """What was typed, None for an emptied field; what is not in the form at all stays as it is."""
    return (values[field].strip() or None) if field in values else kept


def _amount(values: Values, field: str) -> Decimal | None:
    typed = values.get(field, "").strip()
    if not typed:
        return None
    found = amount(typed, "")
    if found is None:
        raise InvalidChange(field, "Type a number such as 250 or 36.50.")
    return found


def _share(values: Values, field: str) -> float | None:
    """A share typed in per cent: "30" or "30 %" is 0.3."""
    typed = _amount({field: values.get(field, "").replace("%", "")}, field)
    return None if typed is None else float(typed / 100)


def _made(kind: type[M], typed: Mapping[str, Any], names: Mapping[str, str] | None = None) -> M:
    """The entry as its own type checks it; what is wrong is said at the field of the form."""
    try:
        return kind.model_validate(dict(typed))
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in problem["loc"])
        known = (names or {}).get(field, field.partition(".")[0])
        raise InvalidChange(known, f"This is not usable: {problem['msg'][:1].lower()}{problem['msg'][1:]}.") from error
