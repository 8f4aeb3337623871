"""A chat model that takes a question and never comes back: loadable by name, in tests and by `baton serve`."""

import os
import threading
from pathlib import Path
from typing import NoReturn

from langchain_core.language_models.fake_chat_models import GenericFakeChatModel

HANGS_SECONDS = 60
RELEASED = threading.Event()
"""Set it, and whoever still hangs comes back with an error."""
ASKED: list[str] = []
NOTED = "HANGING_MODEL_NOTES"
"""The environment variable with a file to which each question adds a line, for whoever counts in another process."""


class Hanging(GenericFakeChatModel):
    """Takes a question and never comes back."""

    def with_structured_output(self, schema: object, **_: object) -> object:  # pyright: ignore[reportIncompatibleMethodOverride]
        del schema
        ASKED.append("asked")
        if path := os.environ.get(NOTED):
            with Path(path).open("a", encoding="utf-8") as notes:
                notes.write("asked\n")
        RELEASED.wait(HANGS_SECONDS)
        raise ConnectionError("too late")


def hanging() -> Hanging:
    return Hanging(messages=iter([]))


class Refusing(GenericFakeChatModel):
    """Says at once what is missing, as a provider's own package does."""

    def invoke(self, *_: object, **__: object) -> NoReturn:
        raise PermissionError("no key was given")


def refusing() -> Refusing:
    return Refusing(messages=iter([]))
