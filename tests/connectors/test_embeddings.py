"""Embeddings of somebody else's, by name."""

import sys
from collections.abc import Sequence
from types import ModuleType

import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding, Embeddings

from connectors.embeddings import load_embedder
from domain.errors import ConfigurationError


class Named(Embeddings):
    def __init__(self, model: str) -> None:
        self.model = model

    def embed_documents(self, texts: Sequence[str]) -> list[list[float]]:
        return [[float(len(text)), 1.0] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


@pytest.fixture(autouse=True)
def provider(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    def broken() -> Embeddings:
        raise ValueError("no key")

    module = ModuleType("a_provider")
    vars(module).update(
        small=lambda: Named("Small v1"), large=lambda: Named("Large v1"), broken=broken, other=lambda: 3,
        nameless=lambda: DeterministicFakeEmbedding(size=8),
    )  # fmt: skip
    monkeypatch.setitem(sys.modules, "a_provider", module)
    return module


def test_without_a_name_there_are_none():
    assert load_embedder("") is None


def test_vectors_are_the_providers_own():
    embedder = load_embedder("a_provider:small")
    assert embedder
    assert embedder.embed(["tent", "boots"]) == [[4.0, 1.0], [5.0, 1.0]]


def test_each_model_has_a_name_of_its_own_that_a_collection_can_bear():
    names = [load_embedder(f"a_provider:{one}").name for one in ("small", "large", "nameless")]
    assert len(set(names)) == 3
    assert names[0].startswith("small_v1_")
    assert all(name.replace("_", "").isalnum() and name.isascii() for name in names)
    assert names == [load_embedder(f"a_provider:{one}").name for one in ("small", "large", "nameless")]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("openai", "Write package.module:factory"),
        ("nowhere.at_all:make", "there is no module nowhere.at_all"),
        ("a_provider:tiny", "a_provider has no tiny"),
        ("a_provider:broken", "cannot be used: no key"),
        ("a_provider:other", "made a int, not embeddings"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(name: str, said: str):
    with pytest.raises(ConfigurationError, match=said):
        load_embedder(name)
