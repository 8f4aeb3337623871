"""Any LangChain embeddings by name, for those who have better vectors than the ones that come with Baton."""

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from connectors import factories
from domain.errors import ConfigurationError

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

_SETTING = "BATON_EMBEDDINGS"
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
    from langchain_core.embeddings import Embeddings  # noqa: PLC0415 - a second to import

    named = factories.find(_SETTING, name, f"there is no module {place}.")
    return LangChainEmbedder(factories.make(_SETTING, name, named, Embeddings, "embeddings"), name)
