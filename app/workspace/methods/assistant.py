"""assistant.threads.*: what the assistant says it is doing, the prompts it offers, the name of a thread."""

from app.workspace.methods.call import Call, Method, invalid
from app.workspace.wire import Json, Refused, as_list, as_object

MOST_PROMPTS = 4


def set_status(call: Call) -> Json:
    """Say what the assistant is doing; the next message in the thread clears it."""
    channel, thread_ts = _thread(call)
    status = call.text("status")
    if status:
        call.office.statuses[channel, thread_ts] = status
    else:
        call.office.statuses.pop((channel, thread_ts), None)
    call.office.feed.tell("typing", channel=channel, thread_ts=thread_ts, text=status)
    return {}


def set_suggested_prompts(call: Call) -> Json:
    """Offer prompts to press."""
    channel, thread_ts = _thread(call)
    prompts = [as_object(prompt) for prompt in as_list(call.json("prompts"))]
    complete = all(prompt.get("title") and prompt.get("message") for prompt in prompts)
    if not 1 <= len(prompts) <= MOST_PROMPTS or not complete:
        raise invalid(f"prompts: 1 to {MOST_PROMPTS}, each with title and message")
    _keep(call, channel, thread_ts, prompts=prompts, prompts_title=call.text("title"))
    return {}


def set_title(call: Call) -> Json:
    """Name the thread."""
    channel, thread_ts = _thread(call)
    _keep(call, channel, thread_ts, title=call.required("title"))
    return {}


def _thread(call: Call) -> tuple[str, str]:
    channel = call.office.people.bot_place(call.required("channel_id"))
    thread_ts = call.required("thread_ts")
    if call.office.store.message(channel["id"], thread_ts) is None:
        raise Refused("invalid_thread_ts")
    return channel["id"], thread_ts


def _keep(call: Call, channel: str, thread_ts: str, **what: object) -> None:
    kept = call.office.store.get("threads", f"{channel} {thread_ts}") or {"channel": channel, "thread_ts": thread_ts}
    call.office.store.put("threads", f"{channel} {thread_ts}", {**kept, **what})
    call.office.feed.tell("thread", **{**kept, **what})


METHODS = {
    "assistant.threads.setStatus": Method(set_status, tier=3, scope="chat:write"),
    "assistant.threads.setSuggestedPrompts": Method(set_suggested_prompts, tier=4, scope="assistant:write"),
    "assistant.threads.setTitle": Method(set_title, tier=4, scope="assistant:write"),
}
