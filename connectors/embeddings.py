"""Any LangChain embeddings by name, for those who have better vectors than the ones that come with Baton."""

import importlib
import re
from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from domain.errors import ConfigurationError

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

_MOST_LETTERS = 24


class LangChainEmbedder:
    """Embeddings of a provider; they may need a network, and raise what the provider raises."""

    def __init__(self, embeddings: "Embeddings", configured: str) -> None:
        """`configured` is what the settings say; with the model's own name it tells these vectors from others."""
        model = next((str(found) for name in ("model", "model_name") if (found := getattr(embeddings, name, None))), "")
        letters = re.sub(r"[^a-z0-9]+", "_", (model or configured).lower()).strip("_")[:_MOST_LETTERS].strip("_")
        self.name = f"{letters}_{sha256(f'{configured} {model}'.encode()).hexdigest()[:8]}"
        self._embeddings = embeddings

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector per text, as the provider makes them."""
        return self._embeddings.embed_documents(list(texts))


def load_embedder(name: str) -> LangChainEmbedder | None:
    """The embeddings of "package.module:factory", called without arguments; None for an empty name.

    Raises ConfigurationError.
    """
    if not name:
        return None
    place, colon, factory = name.partition(":")
    if not (colon and place and factory):
        raise ConfigurationError(f'BATON_EMBEDDINGS "{name}" names no embeddings. Write package.module:factory.')
    try:
        module = importlib.import_module(place)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{place}.".startswith(f"{error.name}."):
            raise
        raise ConfigurationError(f'BATON_EMBEDDINGS "{name}": there is no module {place}.') from error
    if not hasattr(module, factory):
        raise ConfigurationError(f'BATON_EMBEDDINGS "{name}": {place} has no {factory}.')
    from langchain_core.embeddings import Embeddings  # noqa: PLC0415 - a second to import

    try:
        embeddings = getattr(module, factory)()
    except Exception as error:  # a provider's own complaint: a missing key, an unknown model
        raise ConfigurationError(f'BATON_EMBEDDINGS "{name}" cannot be used: {error}') from error
    if not isinstance(embeddings, Embeddings):
        raise ConfigurationError(f'BATON_EMBEDDINGS "{name}" made a {type(embeddings).__name__}, not embeddings.')
    return LangChainEmbedder(embeddings, name)
