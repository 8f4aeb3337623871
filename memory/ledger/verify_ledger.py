"""Verify an exported Baton ledger. Needs Python 3.11 and the package `cryptography`, nothing of Baton's.

    python verify_ledger.py FOLDER [--seal FILE]... [--key PUBLIC_KEY]...

FOLDER holds what `baton ledger export` wrote. Checked are, and each fault is one line that names its row:
1. every row's own hash, over its place, the row before it, its time, kind, actor, subject and content;
2. the chain: each row names the hash of the row before it, and the rows are numbered 1, 2, 3 without gaps;
3. every seal: signed with a known key, and naming the seal before it;
4. the rows against the seals: the row a seal names still has the hash it had when it was sealed.
--seal: seals kept elsewhere (the pinned Slack message, an earlier export), which a rewriter could not rewrite.
--key: a public key noted earlier; without one, the keys of the export count.
Exit code: 0 everything holds, 1 something was changed, 2 it could not be checked.
"""
# ruff: noqa: T201 - a script that talks to its terminal

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FIRST = "0" * 64  # what the first row and the first seal name as the one before them
SAID = ("kind", "actor", "subject", "at", "payload_hash")
COLUMNS = {"seq", *SAID, "payload", "prev_hash", "hash"}


def sha256(text: str) -> str:
    """Return its hex digest."""
    return hashlib.sha256(text.encode()).hexdigest()


def hash_of(row: Mapping[str, Any]) -> str:
    """What a row's hash must be. Its payload counts through payload_hash."""
    return sha256("\n".join(("v1", str(row["seq"]), row["prev_hash"], *(row[part] for part in SAID))))


def spelled(record: Mapping[str, Any]) -> str:
    """The one spelling of a record: what stands in a file, and of a seal what is signed and hashed."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"))


def key_id(public: str) -> str:
    """What a public key, 64 hex digits, is called in seals."""
    return hashlib.sha256(bytes.fromhex(public)).hexdigest()[:16]


def is_signed(public: str, signature: str, text: str) -> bool:
    """Whether the holder of a key signed a text."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


class Chain:
    """The rows read so far, held against the seals."""

    def __init__(self, seals: Iterable[Mapping[str, Any]], keys: Iterable[str]) -> None:
        """`keys`: public ones. A key that one of them endorsed in the ledger itself counts from that row on."""
        self.size, self.head = 0, FIRST
        self._keys = {key_id(public): public for public in keys}
        self._seals: dict[int, list[Mapping[str, Any]]] = {}
        for seal in seals:
            self._seals.setdefault(seal["size"], []).append(seal)

    def read(self, row: Mapping[str, Any]) -> Iterator[str]:
        """Take in the next row; what does not hold about it."""
        if (seq := row["seq"]) != self.size + 1:
            yield f"row {self.size + 1} is missing" if seq > self.size else f"row {seq} is out of place"
        elif row["prev_hash"] != self.head:
            yield f"row {seq} does not follow row {self.size}: one of them was changed"
        if sha256(row["payload"]) != row["payload_hash"]:
            yield f"row {seq} has a changed payload"
        if hash_of(row) != row["hash"] or set(row) != COLUMNS:
            yield f"row {seq} has been changed"
        self.size, self.head = seq, row["hash"]
        if row["kind"] == "ledger.key":
            self._learn(**json.loads(row["payload"]))
        for seal in self._seals.pop(seq, []):
            yield from self._held_against(seal)

    def end(self) -> Iterator[str]:
        """No row follows: what the seals say of rows that are not there."""
        for size, (seal, *_) in sorted(self._seals.items()):
            yield f"row {min(self.size + 1, size)} is missing: the seal of {seal['at']} is over {size} rows"

    def _held_against(self, seal: Mapping[str, Any]) -> Iterator[str]:
        if seal["head"] != self.head:
            yield f"row {self.size} is not the row sealed at {seal['at']}: it was rewritten, or rows before it were"
        signed = spelled({name: value for name, value in seal.items() if name != "signature"})
        if not is_signed(self._keys.get(seal["key"], ""), seal["signature"], signed):
            yield f"row {self.size}: its seal of {seal['at']} was changed, or signed with an unknown key"

    def _learn(self, public: str, previous: str | None, endorsed: str | None) -> None:
        if is_signed(self._keys.get(previous or "", ""), endorsed or "", public):
            self._keys[key_id(public)] = public


def in_order(seals: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """What does not hold among the seals of one file: each names the one before it and is over no fewer rows."""
    before, size = FIRST, 0
    for number, seal in enumerate(seals, start=1):
        if seal["prev"] != before or seal["size"] < size:
            yield f"seal {number}, over row {seal['size']}, does not follow the seal before it"
        before, size = sha256(spelled(seal)), seal["size"]


def checked(chain: Chain, path: Path) -> Iterator[str]:
    """What does not hold in a file of rows."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield from chain.read(row := json.loads(line))
                if spelled(row) != line.rstrip("\n"):
                    yield f"row {row['seq']} is not spelled as it was written"
            except (KeyError, TypeError, ValueError, AttributeError):
                yield f"row {number} is not a row of a ledger"
    yield from chain.end()


def main() -> int:
    """Read the command line, verify, print every fault. Returns the exit code."""
    parser = argparse.ArgumentParser(description="Verify an exported Baton ledger.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seal", type=Path, action="append", default=[], help="seals kept elsewhere, one a line")
    parser.add_argument("--key", action="append", default=[], help="a public key noted earlier, 64 hex digits")
    given = parser.parse_args()
    try:
        files = [given.folder / "seals.jsonl", *given.seal]
        own, *others = [[json.loads(line) for line in file.read_text("utf-8").splitlines()] for file in files]
        seals = sum(others, own)
        faults = ["the seals are of different ledgers"] if len({seal["ledger"] for seal in seals}) > 1 else []
        chain = Chain(seals, given.key or (given.folder / "public_keys.txt").read_text("utf-8").split())
        faults += [*in_order(own), *checked(chain, given.folder / "ledger.jsonl")]
        last = max((seal["size"] for seal in seals), default=0)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        print(f"It could not be checked: {type(problem).__name__}: {problem}", file=sys.stderr)
        return 2
    print(*faults, f"{chain.size} rows; {len(seals)} seals, the last over row {last}; {len(faults)} faults.", sep="\n")
    return 1 if faults else 0 if seals else 2


if __name__ == "__main__":
    sys.exit(main())
