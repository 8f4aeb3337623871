"""Text as vectors, from a table of words kept beside this module: no network, no torch, the same on every machine."""

from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Vectors = NDArray[np.float32]
ARTEFACT = "static256.npz"
"""One row of whole numbers and one scale per word piece, and the word pieces; see PROVENANCE.md."""
_LONGEST = 5_000
"""Characters of a text that are read: a lesson is a sentence, and nobody's paste shall hold up a search."""


class StaticEmbedder:
    """The mean of a text's word vectors, distilled from all-MiniLM-L6-v2 (`memory.embedding.distil`)."""

    name = "static256_v1"
    """Changes with the artefact: vectors of two tables never share a collection."""
    dimension = 256

    def __init__(self) -> None:
        """Reads the table, 8 MB."""
        with files(__name__).joinpath(ARTEFACT).open("rb") as file, np.load(file, allow_pickle=False) as table:
            self._rows: NDArray[np.int8] = table["rows"]
            self._scales: NDArray[np.float32] = table["scales"].astype(np.float32)
            words = table["words"].tobytes().decode().split("\n")
        self._tokenizer = _tokenizer(words)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector per text, of length 1; a text without a known word is the zero vector."""
        vectors: Vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        shortened = [text[:_LONGEST] for text in texts]
        for place, pieces in enumerate(self._tokenizer.encode_batch_fast(shortened, add_special_tokens=False)):
            ids = np.array(pieces.ids, dtype=np.int64)
            if len(ids):
                vectors[place] = self._scales[ids] @ self._rows[ids].astype(np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)


def _tokenizer(words: Sequence[str]) -> "Tokenizer":
    """BERT's own, without case; what it cannot spell becomes the first word of the table, whose row is zero."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers  # noqa: PLC0415 - only who embeds needs it

    known = {word: place for place, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordPiece(known, unk_token=words[0]))  # pyright: ignore[reportCallIssue]
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer
