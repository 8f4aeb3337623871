"""What the kill tests share: a demo process per test."""

from tests.e2e.conftest import demo

__all__ = ["demo"]
