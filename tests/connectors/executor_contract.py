"""What every executor promises, whatever is behind it. A new one inherits these tests and brings its own stage."""

from collections.abc import Mapping
from typing import Protocol

import pytest

from domain.effect import Effect, Repeat
from domain.errors import Drifted, Fenced, OutcomeUnknown, PlatformUnavailable
from domain.ports import Executor


class Stage(Protocol):
    """An executor with the world it acts on, and ways to trouble both."""

    executor: Executor
    effect: Effect
    other: Effect
    """Something else, which must not come under the token of `effect`."""

    async def effects(self) -> int:
        """How often anything was brought about."""
        ...

    async def lose_next_answer(self) -> None:
        """The next write is done, and nobody hears of it."""
        ...

    async def go_away(self) -> None:
        """Be out of reach from now on."""
        ...


class ExecutorContract:
    """For every executor."""

    async def test_it_says_what_a_second_try_would_do(self, stage: Stage):
        assert stage.executor.takes(stage.effect)
        assert stage.executor.repeats(stage.effect) in Repeat

    async def test_before_it_is_brought_about_nothing_shows_it(self, stage: Stage):
        assert not is_done(stage, await stage.executor.read(stage.effect, "t1"))
        assert await stage.effects() == 0

    async def test_what_it_did_is_said_in_one_line(self, stage: Stage):
        answer = await stage.executor.write(stage.effect, "t1", 1)
        assert answer.strip()
        assert "\n" not in answer

    async def test_keeping_earlier_holders_away_brings_nothing_about(self, stage: Stage):
        await stage.executor.bar(stage.effect, "t1", 2)
        assert await stage.effects() == 0


class PlatformContract(ExecutorContract):
    """For executors that act on something outside."""

    async def test_once_brought_about_it_counts_once(self, stage: Stage):
        await stage.executor.write(stage.effect, "t1", 1)
        assert await stage.effects() == 1

    async def test_applied_and_then_the_answer_was_lost(self, stage: Stage):
        await stage.lose_next_answer()
        with pytest.raises(OutcomeUnknown):
            await stage.executor.write(stage.effect, "t1", 1)
        assert await stage.effects() == 1, "it happened, and the executor did not try again by itself"

    async def test_what_is_out_of_reach_certainly_did_nothing(self, stage: Stage):
        before = await stage.effects()
        await stage.go_away()
        with pytest.raises(PlatformUnavailable):
            await stage.executor.write(stage.effect, "t1", 1)
        assert before == 0


class RepeatableContract(PlatformContract):
    """For SET and CREATE: an effect that a second try cannot double."""

    async def test_its_class_is_one_that_can_be_repeated(self, stage: Stage):
        assert stage.executor.repeats(stage.effect) in {Repeat.SET, Repeat.CREATE}

    async def test_reading_shows_what_was_brought_about(self, stage: Stage):
        await stage.executor.write(stage.effect, "t1", 1)
        assert is_done(stage, await stage.executor.read(stage.effect, "t1"))

    async def test_reading_tells_when_the_answer_was_lost(self, stage: Stage):
        await stage.lose_next_answer()
        with pytest.raises(OutcomeUnknown):
            await stage.executor.write(stage.effect, "t1", 1)
        assert is_done(stage, await stage.executor.read(stage.effect, "t1"))

    async def test_the_same_token_again_does_nothing_and_is_answered_the_same(self, stage: Stage):
        first = await stage.executor.write(stage.effect, "t1", 1)
        assert await stage.executor.write(stage.effect, "t1", 1) == first
        assert await stage.executor.write(stage.effect, "t1", 2) == first, "also by a later holder"
        assert await stage.effects() == 1

    async def test_the_same_token_with_another_content_is_an_error(self, stage: Stage):
        await stage.executor.write(stage.effect, "t1", 1)
        with pytest.raises(PlatformUnavailable) as refused:
            await stage.executor.write(stage.other, "t1", 1)
        assert not isinstance(refused.value, Drifted | Fenced)
        assert await stage.effects() == 1

    async def test_an_earlier_holder_comes_too_late(self, stage: Stage):
        await stage.executor.write(stage.effect, "t1", 3)
        with pytest.raises(Fenced):
            await stage.executor.write(stage.effect, "t1", 2)
        assert await stage.effects() == 1

    async def test_once_barred_an_earlier_holder_brings_nothing_about(self, stage: Stage):
        await stage.executor.bar(stage.effect, "t1", 3)
        with pytest.raises(Fenced):
            await stage.executor.write(stage.effect, "t1", 2)
        assert await stage.effects() == 0
        await stage.executor.write(stage.effect, "t1", 3)
        assert await stage.effects() == 1


class Movable(Stage, Protocol):
    """A stage on which somebody else may act as well."""

    async def somebody_else(self) -> Mapping[str, str]:
        """Change what the effect speaks of; what it is then, by address."""
        ...


class SetContract(RepeatableContract):
    """For SET: an absolute value with a precondition."""

    async def test_a_value_somebody_else_changed_is_left_alone(self, stage: Movable):
        live = await stage.somebody_else()
        before = await stage.effects()
        with pytest.raises(Drifted) as refused:
            await stage.executor.write(stage.effect, "t1", 1)
        assert refused.value.live == live
        assert await stage.effects() == before

    async def test_a_broken_precondition_stays_refused_under_its_token(self, stage: Movable):
        await stage.somebody_else()
        for fence in (1, 2):
            with pytest.raises(Drifted):
                await stage.executor.write(stage.effect, "t1", fence)


class OnceContract(PlatformContract):
    """For ONCE: what a second try would double. That none is made is the executing side's promise."""

    async def test_its_class_is_once(self, stage: Stage):
        assert stage.executor.repeats(stage.effect) is Repeat.ONCE

    async def test_a_second_try_would_be_a_second_effect(self, stage: Stage):
        await stage.executor.write(stage.effect, "t1", 1)
        await stage.executor.write(stage.effect, "t1", 1)
        assert await stage.effects() == 2


def is_done(stage: Stage, live: Mapping[str, str]) -> bool:
    """Whether what was read shows the effect."""
    if stage.effect.kind == "hand_over":
        return bool(live)
    return all(live.get(one.address) == one.to for one in stage.effect.settings)
