"""What the local workspace refuses to show, held against the independent check of Slack's rules."""

import importlib.util
import json
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.workspace.blocks import message_problems, text_problems, view_problems
from app.workspace.wire import as_object, decode

ORACLES = Path(__file__).parents[2].parent / "shared" / "oracles"
pytestmark = pytest.mark.skipif(not ORACLES.is_dir(), reason="the independent check of Slack's rules is not here")


def _load(name: str) -> ModuleType:
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, ORACLES / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


if ORACLES.is_dir():
    oracle = _load("blockkit")
    cases = _load("test_blockkit")
    MESSAGES: dict[str, Any] = cases.VALID_MESSAGES
    VIEWS: dict[str, Any] = cases.VALID_VIEWS
    BAD_MESSAGES: dict[str, Any] = {name: payload for name, (payload, _) in cases.INVALID_MESSAGES.items()}
    BAD_VIEWS: dict[str, Any] = {name: payload for name, (payload, _) in cases.INVALID_VIEWS.items()}
else:
    MESSAGES, VIEWS, BAD_MESSAGES, BAD_VIEWS = {}, {}, {}, {}


def as_sent(payload: Any) -> Any:
    """A payload after it has travelled."""
    return decode(json.dumps(payload, default=lambda model: model.to_dict()))


def problems_with(message: Any) -> list[str]:
    """Everything chat.postMessage would refuse in a message."""
    try:
        sent = as_sent(message)
        parts = {
            key: decode(sent[key]) if isinstance(sent.get(key), str) else sent.get(key)
            for key in ("blocks", "attachments")
        }
    except (AttributeError, TypeError, ValueError) as problem:
        return [str(problem)]
    text = sent.get("text")
    if not isinstance(text, str) or not text.strip() or len(text) > 4000:
        return ["text"]
    formatted = text_problems(text, "text") if sent.get("mrkdwn") is not False else []
    return formatted + message_problems(parts["blocks"], parts["attachments"])


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_slack_shows_is_accepted(name: str) -> None:
    assert problems_with(MESSAGES[name]) == []


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_slack_shows_is_accepted(name: str) -> None:
    assert view_problems(as_object(as_sent(VIEWS[name]))) == []


@pytest.mark.parametrize("name", BAD_MESSAGES)
def test_a_message_slack_refuses_is_refused(name: str) -> None:
    assert problems_with(BAD_MESSAGES[name])


@pytest.mark.parametrize("name", [name for name in BAD_VIEWS if name != "too many bytes"])
def test_a_view_slack_refuses_is_refused(name: str) -> None:
    assert view_problems(as_object(as_sent(BAD_VIEWS[name])))


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _places(inner, (*path, key))


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 5000),
    st.text(max_size=4),
    st.just([]),
    st.just({}),
    st.sampled_from([1, 25, 76, 151, 256, 2001, 3001, 12_001]).map(lambda size: "x" * size),
    st.sampled_from(["primary", "mrkdwn", "plain_text", "divider", "pending", "<b>", "<@U1>", "alert", "image"]),
    st.just({"type": "plain_text", "text": "x"}),
    st.just({"type": "mrkdwn", "text": "*x*"}),
    st.just({"type": "divider"}),
    st.just({"type": "button", "text": {"type": "plain_text", "text": "Go"}}),
)


@st.composite
def mutated(draw: st.DrawFn, samples: dict[str, Any]) -> Any:
    """A sample with one to three things in it changed, added, doubled or left out."""
    payload = as_sent(samples[draw(st.sampled_from(sorted(samples)))])
    for _ in range(draw(st.integers(1, 3))):
        places = [place for place in _places(payload) if place]
        if not places:
            return payload
        place = places[draw(st.integers(0, len(places) - 1))]
        holder = payload
        for step in place[:-1]:
            holder = holder[step]
        junk = deepcopy(draw(JUNK))
        match draw(st.sampled_from(["change", "drop", "add", "double"])):
            case "change":
                holder[place[-1]] = junk
            case "drop":
                del holder[place[-1]]
            case "add" if isinstance(holder, dict):
                fields = ["text", "block_id", "action_id", "value", "style", "emoji", "options", "url"]
                holder[draw(st.sampled_from(fields))] = junk
            case _ if isinstance(holder, list):
                holder.append(deepcopy(holder[place[-1]]))
            case _:
                pass
    return payload


SAMPLES = {name: message for name, message in MESSAGES.items() if name != "form-encoded blocks"}


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(message=mutated(SAMPLES))
def test_the_workspace_is_at_least_as_strict_about_messages_as_the_independent_check(message: Any) -> None:
    said = oracle.check_message(message)
    assert problems_with(message) or not said, said


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(view=mutated(VIEWS))
def test_the_workspace_is_at_least_as_strict_about_views_as_the_independent_check(view: Any) -> None:
    said = oracle.check_view(view)
    assert view_problems(view) or not said, said


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(message=mutated({name: SAMPLES[name] for name in SAMPLES if "attachment" not in name}), view=mutated(VIEWS))
def test_the_workspace_refuses_nothing_the_independent_check_lets_through(message: Any, view: Any) -> None:
    said = problems_with(message)
    assert oracle.check_message(message) or not said, said
    said = view_problems(view)
    assert oracle.check_view(view) or not said, said
