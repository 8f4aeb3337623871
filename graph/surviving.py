"""One thing that fails must not keep the others from being done."""

import logging
from collections.abc import Generator
from contextlib import contextmanager

from domain.errors import SlackUnavailable

logger = logging.getLogger(__name__)


@contextmanager
def surviving(what: str) -> Generator[None]:
    """Log what goes wrong inside, and go on: it is tried again in a minute. Slack not answering is no surprise."""
    try:
        yield
    except SlackUnavailable as error:
        logger.warning("%s waits: %s", what, error)
    except Exception:
        logger.exception("%s failed", what)
