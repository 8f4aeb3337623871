"""Derived tables, computed once per sweep and handed only to agents whose grant covers every table they come from."""

from collections.abc import Callable
from typing import TypeVar, cast

from domain.reading import Readings

T = TypeVar("T")
SEPARATOR = "|"


def derived(readings: Readings, tables: tuple[str, ...], name: str, make: Callable[[], T]) -> T:
    """What `make` computes from `tables`, from the sweep's cache where it is known. Raises OutsideGrant."""
    for table in tables:
        readings.get(table)
    key = f"{','.join(sorted(tables))}{SEPARATOR}{name}"
    if key not in readings.cache:
        readings.cache[key] = make()
    return cast(T, readings.cache[key])


def hand_over(readings: Readings, grant: frozenset[str]) -> Readings:
    """The granted tables with the derived ones that come from nothing else."""
    granted = readings.granted(grant)
    granted.cache.update({key: value for key, value in list(readings.cache.items()) if sources_of(key) <= grant})
    return granted


def sources_of(key: str) -> frozenset[str]:
    """The tables a cached value was derived from."""
    return frozenset(key.split(SEPARATOR, maxsplit=1)[0].split(","))
