"""A chat model that hangs, fails or obeys an ad's name delays nothing and says nothing."""

import time
from collections.abc import Iterator

import pytest
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel

from app import assembly
from domain.finding import FindingKind
from domain.scope import Scope
from domain.signal import Cause, Signal
from domain.worded import Worded
from tests.agents.company import finding, signal
from tests.app import hanging

AD = Scope(platform="meta", account_id="a1", campaign_id="c3", ad_id="ad9")
TIRED = signal(Cause.CREATIVE_FATIGUE, AD, [finding(FindingKind.CTR_DECLINE, AD)], why="People have seen it too often.")


def failing() -> GenericFakeChatModel:
    return GenericFakeChatModel(messages=iter([]))


@pytest.fixture(autouse=True)
def released() -> Iterator[None]:
    hanging.ASKED.clear()
    hanging.RELEASED.clear()
    yield
    hanging.RELEASED.set()


def words(factory: str, of: Signal = TIRED) -> Worded:
    writer = assembly._explain(f"{__name__}:{factory}")  # pyright: ignore[reportPrivateUsage]
    assert writer
    return writer(of)


def test_a_model_that_hangs_is_left_behind_and_not_asked_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(assembly, "_PATIENCE_SECONDS", 0.2)
    writer = assembly._explain(f"{hanging.__name__}:hanging")  # pyright: ignore[reportPrivateUsage]
    assert writer
    started = time.monotonic()
    assert [writer(TIRED).text for _ in range(5)] == ["People have seen it too often."] * 5
    assert time.monotonic() - started < 2
    assert hanging.ASKED == ["asked"]


def test_a_model_that_raises_is_not_heard():
    assert words("failing").text == "People have seen it too often."
