"""Text as vectors without a network or a model: hashed words and parts of words.

Finds what shares words or word stems, not what merely means the same; the word index beside it carries the quality.
"""

import math
import re
from collections.abc import Iterator, Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w+")
_PART = 4
"""Characters in a part of a word; word ends count as one."""


class HashingEmbedder:
    """Deterministic on every machine: each word and part of a word adds to two of `dimension` places."""

    name = "hash256_v1"
    """Changes when the vectors do, so that an index knows it must be rebuilt."""
    dimension = 256

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector per text, of length 1; an empty text is the zero vector."""
        return [self._vector(text).tolist() for text in texts]

    def _vector(self, text: str) -> NDArray[np.float64]:
        vector = np.zeros(self.dimension)
        for feature, weight in _features(text):
            digest = blake2b(feature.encode(), digest_size=8).digest()
            for half in (digest[:4], digest[4:]):  # two places each: one collision cannot make strangers alike
                number = int.from_bytes(half, "big")
                vector[(number >> 1) % self.dimension] += weight if number & 1 else -weight
        length = float(np.linalg.norm(vector))
        return vector / length if length else vector


def _features(text: str) -> Iterator[tuple[str, float]]:
    """A word weighs as much as all its parts together, so that long words do not drown short ones."""
    for word in _WORD.findall(text.casefold()):
        yield f"word {word}", 1.0
        bounded = f"<{word}>"
        parts = [bounded[start : start + _PART] for start in range(max(1, len(bounded) - _PART + 1))]
        for part in parts:
            yield f"part {part}", 1.0 / math.sqrt(len(parts))
