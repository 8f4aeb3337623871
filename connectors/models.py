"""A chat model by name. Providers are optional packages; without a name the deterministic writer does everything."""

import importlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from connectors import factories
from domain.errors import ConfigurationError

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

Said = TypeVar("Said")


@dataclass(frozen=True, slots=True)
class Provider:
    """Where a provider's chat model lives."""

    package: str
    """As pip installs it: "langchain-openai"."""
    chat_model: str
    """The class, which takes `model=`: "ChatOpenAI"."""

    @property
    def module(self) -> str:
        """As Python imports it: "langchain_openai"."""
        return self.package.replace("-", "_")


_SETTING = "BATON_MODEL"
PROVIDERS = {
    "anthropic": Provider("langchain-anthropic", "ChatAnthropic"),
    "google_genai": Provider("langchain-google-genai", "ChatGoogleGenerativeAI"),
    "ollama": Provider("langchain-ollama", "ChatOllama"),
    "openai": Provider("langchain-openai", "ChatOpenAI"),
}


def load_chat_model(name: str) -> "BaseChatModel | None":
    """The model of "provider:model" or "package.module:factory"; None for an empty name.

    A factory is called without arguments. Keys and base addresses are read by the provider's own package.
    Raises ConfigurationError.
    """
    if not name:
        return None
    place, colon, rest = name.partition(":")
    if not (colon and place and rest):
        known = ", ".join(f"{provider}:…" for provider in PROVIDERS)
        raise ConfigurationError(f'BATON_MODEL "{name}" is not a model. Write {known} or package.module:factory.')
    if place in PROVIDERS:
        return _provided(PROVIDERS[place], rest, name)
    return _made(place, name)


def _provided(provider: Provider, model: str, name: str) -> "BaseChatModel":
    try:
        module = importlib.import_module(provider.module)
    except ModuleNotFoundError as error:
        if error.name != provider.module:
            raise
        problem = f'BATON_MODEL "{name}" needs a package that is not installed: pip install {provider.package}'
        raise ConfigurationError(problem) from error
    return _checked(lambda: getattr(module, provider.chat_model)(model=model), name)


def _made(place: str, name: str) -> "BaseChatModel":
    nowhere = f"{place} is neither a known provider ({', '.join(PROVIDERS)}) nor a module."
    return _checked(factories.find(_SETTING, name, nowhere), name)


def _checked(factory: Callable[[], object], name: str) -> "BaseChatModel":
    from langchain_core.language_models.chat_models import BaseChatModel  # noqa: PLC0415 - a second to import

    return factories.make(_SETTING, name, factory, BaseChatModel, "a chat model")


def within(seconds: float, ask: Callable[[], Said]) -> Said:
    """What `ask` returns or raises, if it does so in time; else TimeoutError, whatever the provider's own limits are.

    A call that hangs is left behind in a thread that keeps neither the process nor anybody else's thread.
    """
    said: list[Said] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            said.append(ask())
        except BaseException as error:  # raised again where it was asked for
            failed.append(error)

    asking = threading.Thread(target=run, name="chat model", daemon=True)
    asking.start()
    asking.join(seconds)
    if failed:
        raise failed[0]
    if not said:
        raise TimeoutError(f"no answer within {seconds:g} seconds")
    return said[0]
