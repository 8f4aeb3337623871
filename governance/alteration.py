"""An override as typed becomes an action again, or a sentence that says what to type instead."""

import re
from collections.abc import Mapping
from decimal import Decimal

from pydantic import ValidationError

from domain.action import ACTION, Action, RetentionFlow, RotateAudience
from domain.errors import InvalidChange
from domain.money import SIGNS

_SIGNS = {sign: code for code, sign in SIGNS.items()}
_MOST_DIGITS = 20
"""No budget is longer; beyond 28 digits decimals cannot be counted exactly at all."""
_CHANNELS = ("email", "push", "sms")


def alter(action: Action, values: Mapping[str, str]) -> Action:
    """The same action with the values an owner typed. Raises InvalidChange with the field and what is wrong with it."""
    labels = {field.field: field.label for field in action.editable}
    typed: dict[str, object] = {}
    for field, text in values.items():
        if field not in labels:
            raise InvalidChange(field, f"{field.replace('_', ' ').capitalize()} cannot be changed here.")
        typed[field] = _read(field, labels[field], text, action)
    try:
        changed = ACTION.validate_python(action.model_dump() | typed)
    except ValidationError as error:
        first = error.errors()[0]
        field = next((str(part) for part in first["loc"] if part in labels), next(iter(values), "value"))
        raise InvalidChange(field, f"{labels.get(field, field)}: {_plain(first['type'], first['msg'])}") from error
    _sensible(changed)
    if changed == action:
        field = next(iter(labels), "value")
        raise InvalidChange(field, "Nothing is changed: press Approve to do it as proposed.")
    return changed


def amount(text: str, currency: str) -> Decimal | None:
    """An amount in German or English writing ("1.234,50", "1,234.50", "€ 1 234.50"); None where it is not one.

    A lone point or comma before exactly three digits marks thousands, as money never has three decimals.
    """
    plain = " ".join(text.split())
    for sign, code in _SIGNS.items():
        plain = plain.replace(sign, f" {code} ")
    words = plain.upper().replace(currency, " ")
    if not re.fullmatch(r"[\s0-9.,'’+-]+", words):
        return None
    digits = re.sub(r"\s+", "", words).replace("’", "'")
    if len(digits) > _MOST_DIGITS:
        return None
    digits = re.sub(r"[,.]-{1,2}$", "", digits)  # "450,-" as Germans write round sums
    for thousands, decimals in ((".", ","), (",", "."), ("'", "."), ("'", ","), ("", "."), ("", ",")):
        group = rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+" if thousands else r"\d+"
        if re.fullmatch(rf"[+-]?{group}(?:{re.escape(decimals)}\d{{1,2}})?", digits):
            return Decimal(digits.replace(thousands, "").replace(decimals, ".")).quantize(Decimal("0.01"))
    return None


def _read(field: str, label: str, text: str, action: Action) -> object:
    """A typed value as what the field holds now: an amount, a share, a count, words."""
    held: object = getattr(action, field)
    match held:
        case Decimal():
            return _amount(field, label, text, action.currency)
        case float():
            return _share(field, label, text)
        case int():
            if not re.fullmatch(r"\s*[0-9]{1,6}\s*", text):
                raise InvalidChange(field, f"{label} must be a whole number; “{_said(text)}” is not one.")
            return int(text)
        case str():
            words = text.replace("\0", "").strip()
            if not words:
                raise InvalidChange(field, f"{label} cannot be empty.")
            return words
        case _:  # the catalogue lets no kind be imported of which such a value could be changed
            raise TypeError(f"nobody can type {action.kind}.{field}")


def _amount(field: str, label: str, text: str, currency: str) -> Decimal:
    """An amount of money (or a ratio) that is not negative."""
    found = amount(text, currency)
    if found is None:
        foreign = next((code for sign, code in _SIGNS.items() if sign in text or code in text.upper()), currency)
        if foreign != currency:
            raise InvalidChange(field, f"{label} is in {currency}, not in {foreign}.")
        raise InvalidChange(
            field, f"{label} must be an amount such as 1234.50 or 1.234,50; “{_said(text)}” is not one."
        )
    if found < 0:
        raise InvalidChange(field, f"{label} cannot be negative.")
    return found


def _share(field: str, label: str, text: str) -> float:
    """A share as "0.2", "0,2" or "20 %"."""
    match = re.fullmatch(r"\s*([0-9]+(?:[.,][0-9]+)?)\s*(%?)\s*", text)
    if not match:
        raise InvalidChange(field, f"{label} must be a share such as 0.2 or 20 %; “{_said(text)}” is not one.")
    figure = float(match[1].replace(",", "."))
    return figure / 100 if match[2] else figure


def _sensible(action: Action) -> None:
    """What the types alone cannot say."""
    match action:
        case RotateAudience() if action.to_segment == action.from_segment:
            raise InvalidChange("to_segment", "That is the segment the campaign reaches now.")
        case RetentionFlow() if action.channel not in _CHANNELS:
            raise InvalidChange("channel", "The channel must be email, push or sms.")
        case _:
            return


def _plain(kind: str, message: str) -> str:
    """What pydantic found, in a person's words."""
    words = {
        "decimal_max_places": "use at most two decimals.",
        "decimal_max_digits": "that is too large.",
        "decimal_whole_digits": "that is too large.",
        "string_too_long": "that is too long.",
    }
    return words.get(
        kind, message.removeprefix("Value error, ").replace("Input should be", "must be").removesuffix(".") + "."
    )


def _said(text: str) -> str:
    """What was typed, short and without markup."""
    return re.sub(r"[<>&`*_~\s]+", " ", text).strip()[:40]
