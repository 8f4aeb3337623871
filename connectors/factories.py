"""What a setting names as "package.module:factory": found, called, and held against what it should be."""

import importlib
from collections.abc import Callable
from typing import TypeVar

from domain.errors import ConfigurationError

Made = TypeVar("Made")


def find(setting: str, name: str, nowhere: str) -> Callable[[], object]:
    """The factory that `name`, "package.module:factory", says; `nowhere` is said where there is no such module.

    Raises ConfigurationError.
    """
    place, _, factory = name.partition(":")
    try:
        module = importlib.import_module(place)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{place}.".startswith(f"{error.name}."):
            raise  # the module is there, and something it needs is not
        raise ConfigurationError(f'{setting} "{name}": {nowhere}') from error
    if not hasattr(module, factory):
        raise ConfigurationError(f'{setting} "{name}": {place} has no {factory}.')
    return getattr(module, factory)


def make(setting: str, name: str, factory: Callable[[], object], kind: type[Made], what: str) -> Made:
    """What a factory makes, which has to be of a kind, called `what` where it is not. Raises ConfigurationError."""
    try:
        made = factory()
    except Exception as error:  # a provider's own complaint: a missing key, an unknown model
        raise ConfigurationError(f'{setting} "{name}" cannot be used: {error}') from error
    if not isinstance(made, kind):
        raise ConfigurationError(f'{setting} "{name}" made a {type(made).__name__}, not {what}.')
    return made
