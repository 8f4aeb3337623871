"""How an amount of money is written, the same wherever people read one."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType

MINUS = "−"
"""A real minus, which no line break tears from its figure."""
SIGNS: Mapping[str, str] = MappingProxyType({"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"})
"""Currencies everybody knows by their sign, by code (ISO 4217); others are named by their code."""


def written(amount: Decimal | float, currency: str, places: int | None = None) -> str:
    """An amount with its currency: "€118.40", "−€5", "$1,240", "118.40 SEK".

    `places`: decimals, rounded half up; without it to the cent where there are cents.
    """
    exact = Decimal(str(amount))
    if places is None:
        exact = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
        places = 0 if exact == exact.to_integral_value() else 2
    value = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text, minus = f"{abs(value):,.{places}f}", MINUS if value < 0 else ""
    return f"{minus}{SIGNS[currency]}{text}" if currency in SIGNS else f"{minus}{text} {currency}"
