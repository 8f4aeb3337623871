"""Words that can be forgotten: sealed with a key of the person they come from, unreadable once that key is gone.

A sealed text is one string: its mark, whose it is, a keyed digest of the words, and the words encrypted (AES-256-GCM).
Erasing takes the last part away and deletes the key. The digest stays, so that what was fingerprinted stays the same,
and without the key it tells nothing.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ERASED = "(erased)"
"""What stands in place of words whose person was erased."""
PSEUDONYM = re.compile(r"person_[0-9a-f]{12}")
_NONCE_BYTES, _KEY_BYTES = 12, 32
_SEALED = re.compile(r"sealed:(?P<whose>person_[0-9a-f]{12}):(?P<digest>[0-9a-f]{64}):(?P<cipher>[A-Za-z0-9+/=]*)")
EMPTIED = "(sealed:person_[0-9a-f]{12}:[0-9a-f]{64}:)[A-Za-z0-9+/=]*"
"""Sealed words for a database's own expressions; what is to stay of them is in brackets."""

Json = Mapping[str, "Json"] | list["Json"] | str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Key:
    """What seals and opens the words of one person."""

    pseudonym: str
    secret: bytes = field(repr=False)

    @staticmethod
    def new() -> "Key":
        """A key for somebody met for the first time, and the name they have from now on in all records."""
        return Key(f"person_{secrets.token_hex(6)}", secrets.token_bytes(_KEY_BYTES))

    def digest(self, words: str) -> str:
        """A fingerprint of the words that nobody can test a guess against without the key."""
        own = hmac.digest(self.secret, b"fingerprint", "sha256")
        return hmac.new(own, words.encode(), hashlib.sha256).hexdigest()

    def seal(self, words: str, digest: str | None = None) -> str:
        """The words, to be stored. `digest`: of the words they stand for, where something was taken out of those."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        cipher = nonce + AESGCM(self.secret).encrypt(nonce, words.encode(), self.pseudonym.encode())
        return f"sealed:{self.pseudonym}:{digest or self.digest(words)}:{base64.b64encode(cipher).decode()}"

    def open(self, sealed: str) -> str:
        """The words again; "(erased)" where nothing is left of them, or what is left was tampered with."""
        found = _SEALED.fullmatch(sealed)
        if found is None or found["whose"] != self.pseudonym:
            return ERASED
        try:
            cipher = base64.b64decode(found["cipher"])
            plain = AESGCM(self.secret).decrypt(cipher[:_NONCE_BYTES], cipher[_NONCE_BYTES:], self.pseudonym.encode())
        except (InvalidTag, ValueError):
            return ERASED
        return plain.decode()


@dataclass(frozen=True, slots=True)
class Sealed:
    """Sealed words that were not emptied."""

    text: str
    whose: str
    digest: str
    """Of the words as they were first sealed."""


def sealed_words(text: str) -> Iterator[Sealed]:
    """Sealed words anywhere in a text, without those of which nothing is left."""
    for found in _SEALED.finditer(text):
        if found["cipher"]:
            yield Sealed(found[0], found["whose"], found["digest"])


def whose(text: str) -> str | None:
    """The person whose words a sealed text holds; None where it is no sealed text."""
    found = _SEALED.fullmatch(text)
    return found["whose"] if found else None


def emptied(text: str) -> str:
    """Sealed texts anywhere in a text, without what was sealed: what is fingerprinted, and what erasing leaves."""
    return _SEALED.sub(lambda found: f"sealed:{found['whose']}:{found['digest']}:", text)


def sealed_in(text: str, known: Mapping[str, Key]) -> str:
    """A sentence in which some words are somebody's, each sealed with their key, the rest as it is.

    Only whole words are taken: "Ann" is not in "Anna".
    """
    words = sorted(filter(str.strip, known), key=len, reverse=True)  # the longest first: "Ann Lee" before "Ann"
    if not words:
        return text
    longest_first = "|".join(map(re.escape, words))
    return re.sub(rf"(?<!\w)(?:{longest_first})(?![\w+/=])", lambda found: known[found[0]].seal(found[0]), text)


def opened(value: Json, keys: Mapping[str, Key], names: Mapping[str, str]) -> Json:
    """JSON as people know it: sealed words readable again, also amid a sentence; people by their Slack ids.

    Words without a key read "(erased)"; a pseudonym nobody is behind any more stays one.
    """
    if isinstance(value, str):
        return names.get(value) or _SEALED.sub(lambda found: _opened(found, keys), value)
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, Json]", value)
        return {name: opened(one, keys, names) for name, one in fields.items()}
    if isinstance(value, list):
        items = cast("list[Json]", value)
        return [opened(one, keys, names) for one in items]
    return value


def _opened(found: re.Match[str], keys: Mapping[str, Key]) -> str:
    key = keys.get(found["whose"])
    return key.open(found[0]) if key else ERASED
