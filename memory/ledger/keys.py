"""The key that signs seals: Ed25519, in a file only its owner may read."""

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.errors import ConfigurationError
from memory.ledger.verify_ledger import key_id


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with its public half."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> str:
        """64 hex digits."""
        return self.private.public_key().public_bytes_raw().hex()

    @property
    def id(self) -> str:
        """What seals call it: 16 hex digits."""
        return key_id(self.public)

    def sign(self, text: str) -> str:
        """The signature of a text, in hex."""
        return self.private.sign(text.encode()).hex()


def load(path: Path) -> SigningKey:
    """The key in a file. Raises ConfigurationError where there is none."""
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise ConfigurationError(f"The ledger's key {path} cannot be read: {error.strerror}.") from error
    except (ValueError, TypeError) as error:
        raise ConfigurationError(f"{path} does not hold a private key for the ledger (Ed25519, PEM).") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise ConfigurationError(f"The ledger's key {path} must be an Ed25519 key.")
    return SigningKey(private)


def load_or_create(path: Path) -> SigningKey:
    """The key in a file, made at the first start. Two processes that start at once agree on one."""
    if not path.exists():
        fresh = _written(new(), path)
        try:
            os.link(fresh, path)  # whole or not at all, and never over another one
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return load(path)


def new() -> SigningKey:
    """A key that is nowhere yet."""
    return SigningKey(Ed25519PrivateKey.generate())


def replace(path: Path, key: SigningKey) -> None:
    """Put a key in place of the one in a file, which is then gone."""
    _written(key, path).replace(path)


def _written(key: SigningKey, path: Path) -> Path:
    """A key in a file of its own beside `path`."""
    text = key.private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{key.id}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return fresh
