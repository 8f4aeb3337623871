"""What Slack refuses us, noticed in every call, said to the architects once in plain words, and over when it works."""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Iterable, Mapping
from typing import Final

from bot.blocks import Block, Message, section, shorten
from bot.client import NOT_INSTALLED, Call, SlackClient
from bot.manifest import INSTALL_PATH, SCOPES
from bot.slack import Slack, SlackRefused
from bot.words import listed, outside, spoken
from domain.case import Health
from domain.errors import SlackUnavailable
from domain.operating_model import OperatingModel
from domain.roles import ARCHITECT
from domain.slack_id import team_of
from domain.trouble import Trouble, TroubleKind, that_lost
from graph.runner import Runner

_log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 60.0
"""Between two looks at what is known to be wrong, in this process or another."""
LOOKS_PER_ROUND: Final = 10
"""Every so many looks Slack is asked for our permissions and for the people of the operating model."""
TELL_AGAIN_SECONDS = 600.0
"""Between two tries to reach the architects: whoever cannot be written to now cannot in a minute."""
_CUT_OFF = frozenset(
    {
        "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "org_login_required",
        NOT_INSTALLED,
    }
)  # fmt: skip
_OF_CHANNELS: Mapping[str, TroubleKind] = {
    "channel_not_found": TroubleKind.CHANNEL_GONE,
    "is_archived": TroubleKind.CHANNEL_ARCHIVED,
    "not_in_channel": TroubleKind.NOT_IN_CHANNEL,
    "restricted_action": TroubleKind.MAY_NOT_POST,
    "restricted_action_read_only_channel": TroubleKind.MAY_NOT_POST,
    "restricted_action_thread_only_channel": TroubleKind.MAY_NOT_POST,
    "restricted_action_non_threadable_channel": TroubleKind.MAY_NOT_POST,
    "posting_to_general_channel_denied": TroubleKind.MAY_NOT_POST,
}
_POSTING = frozenset({"chat.postMessage", "chat.update"})
"""What these answer tells whether a channel works: others refuse for reasons of their own."""
_MOST_SHOWN = 8
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{8,}")
Known = tuple[TroubleKind, str]


class Troubles:
    """Listens to every call of a process."""

    def __init__(self, runner: Runner, client: SlackClient) -> None:
        self._runner, self._slack = runner, Slack(client)
        self._known: dict[Known, Trouble] = {}
        self._by_method: dict[Known, str] = {}
        """The method a scope was missed by: once it works, the scope is there."""
        self._tried: dict[Known, float] = {}
        self._emptied: set[Known] = set()
        """What cards were moved for at the last look: where none is left at the next, nobody needs that channel."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._lock = asyncio.Lock()
        client.heard = self.hear

    def hear(self, call: Call) -> None:
        """Note how a call went. Never waits, never raises."""
        for one in _noticed(call):
            if one in self._known or (call.method == "chat.update" and one[0] in {kind for kind, _ in self._known}):
                continue  # an edit knows the channel by its id, the posting before by its name: one trouble
            self._by_method[one] = call.method
            self._soon(self._note(*one))
        if not call.refusal:
            for one in [one for one in self._known if self._mends(call, one)]:
                self._soon(self._over(*one))

    async def watch(self) -> None:
        """Look again and again, until cancelled."""
        number = 0
        while True:
            try:
                if number % LOOKS_PER_ROUND == 0:
                    await self.ask_around()
                await self.look()
                await self.move()
            except Exception as error:  # the database may be away for a while: what is drawn is not held up by it
                _log.warning("What is wrong with Slack could not be looked at: %s", error)
            number += 1
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Learn what all processes know, and tell the architects what nobody could tell them yet."""
        async with self._lock:
            self._known = {(one.kind, one.about): one for one in await self._runner.troubles.known()}
            for one in [one for one in self._known.values() if not one.is_told]:
                await self._tell(one)

    async def move(self) -> None:
        """Have open cards left in a lost channel shown where they now go; then nobody needs that channel any more."""
        channel = self._runner.model.routes.channel
        emptied, self._emptied = self._emptied, set()
        if not any(kind in _OF_CHANNELS.values() for kind, _ in self._known):
            return
        for case in await self._runner.open_cases():
            posts, key = await self._runner.posts(case.signal.id), f"{case.signal.id}/card"
            held, begun = posts.get(key), posts.get(f"{key}/begun")
            if held is None or begun is None or begun.channel == channel:
                continue
            if lost := that_lost(held.channel, begun.channel, self._known.values()):
                self._emptied |= {(one.kind, one.about) for one in lost}
                await self._runner.work.refresh(case.signal.id)
        for one in emptied - self._emptied:
            await self._over(*one)

    async def ask_around(self) -> None:
        """Ask Slack what we may do, and whether the people of the operating model still have accounts."""
        try:
            scopes = await self._slack.scopes()
            if scopes is not None:
                for scope in SCOPES:
                    await self._settle(TroubleKind.MISSING_SCOPE, scope, is_wrong=scope not in scopes)
            for person in self._runner.model.people:
                await self._settle(TroubleKind.PERSON_GONE, person.slack, is_wrong=await self._is_gone(person.slack))
        except SlackUnavailable as problem:
            _log.info("Slack could not be asked around: %s", problem)

    async def finished(self) -> None:
        """Wait until everything heard so far is noted."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _is_gone(self, user: str) -> bool:
        try:
            return (await self._slack.profile(user)).deleted
        except SlackRefused as problem:
            return problem.code == "user_not_found"

    def _mends(self, call: Call, one: Known) -> bool:
        kind, about = one
        if kind is TroubleKind.CUT_OFF:
            return call.team == about
        if kind is TroubleKind.PERSON_GONE:
            return False
        if kind is TroubleKind.MISSING_SCOPE:
            return self._by_method.get(one) == call.method and call.team == _granting(about)
        return call.method in _POSTING and call.channel == about

    async def _settle(self, kind: TroubleKind, about: str, *, is_wrong: bool) -> None:
        await (self._note(kind, about) if is_wrong else self._over(kind, about))

    async def _note(self, kind: TroubleKind, about: str) -> None:
        if await self._runner.troubles.note(kind, about):
            _log.warning("%s", said_plainly(kind, about, self._runner.model))
        await self.look()

    async def _over(self, kind: TroubleKind, about: str) -> None:
        self._known.pop((kind, about), None)
        self._tried.pop((kind, about), None)
        if await self._runner.troubles.over(kind, about):
            _log.info("Mended: %s", said_plainly(kind, about, self._runner.model))

    async def _tell(self, one: Trouble) -> None:
        """Write to every architect. Where none could be reached it is tried again; App Home shows it meanwhile."""
        key, now = (one.kind, one.about), time.monotonic()
        if key == (TroubleKind.CUT_OFF, "") or now - self._tried.get(key, -TELL_AGAIN_SECONDS) < TELL_AGAIN_SECONDS:
            return
        if not await self._runner.troubles.take_telling(one):
            return
        self._tried[key] = now
        message = alarm(one, self._runner.model)
        reached = False
        for person in self._runner.model.holders(ARCHITECT):
            if one.kind is TroubleKind.PERSON_GONE and person.slack == one.about:
                continue
            try:
                await self._slack.post(person.slack, message)
                reached = True
            except SlackUnavailable as problem:
                _log.warning("%s could not be told: %s", person.name, problem)
        if not reached:
            await self._runner.troubles.put_telling_back(one)

    def _soon(self, work: Awaitable[None]) -> None:
        async def quietly() -> None:
            try:
                await work
            except Exception as error:
                _log.warning("What Slack refused could not be noted: %s", error)

        task = asyncio.ensure_future(quietly())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _noticed(call: Call) -> Iterable[Known]:
    if call.refusal in _CUT_OFF:
        yield TroubleKind.CUT_OFF, call.team
    elif call.refusal == "missing_scope":
        # Slack names all it would take; ours among them, or else the first, is what the architect has to add.
        needed = [scope.strip() for scope in call.needed.split(",") if scope.strip()]
        scope = next((one for one in needed if one in SCOPES), *needed[:1] or [call.method])
        yield TroubleKind.MISSING_SCOPE, f"{call.team}/{scope}" if call.team else scope
    elif call.refusal in _OF_CHANNELS and call.method in _POSTING and _is_channel(call.channel):
        yield _OF_CHANNELS[call.refusal], call.channel


def _is_channel(written: str) -> bool:
    """Whether a message was for a channel, by its id or name, and not for one person."""
    return written.rpartition("/")[2][:1] not in {"", "D", "U", "W"}


def _granting(about: str) -> str:
    """The workspace that withholds a scope; empty for home."""
    return about.partition("/")[0] if "/" in about else ""


def troubled(health: Health, model: OperatingModel) -> list[Block]:
    """What is wrong, for App Home; nothing where nothing is."""
    lines = [f"⚠️ {said_plainly(one.kind, one.about, model)}" for one in health.troubles[:_MOST_SHOWN]]
    return [section(shorten("\n".join(lines), 2500))] if lines else []


def alarm(one: Trouble, model: OperatingModel) -> Message:
    """What an architect is written."""
    words = f"⚠️ {said_plainly(one.kind, one.about, model)}"
    return Message(words, (section(words),))


_KEPT = " Nothing is lost: what is missing is drawn as soon as it works."
_ELSEWHERE = "or name another channel in App Home → Design"
_WORDS: Mapping[TroubleKind, str] = {
    TroubleKind.CUT_OFF: "Slack no longer takes Baton's token. Install the app again and give Baton the new token.",
    TroubleKind.MISSING_SCOPE: "Baton misses the permission `{about}` in Slack{there}. Add it at api.slack.com/apps → "
    "OAuth & Permissions, and install the app again.",
    TroubleKind.CHANNEL_GONE: "The channel {channel} is not there for Baton: it was deleted or renamed, or it is "
    f"private. Invite Baton there, {_ELSEWHERE}.",
    TroubleKind.CHANNEL_ARCHIVED: f"The channel {{channel}} is archived. Restore it, {_ELSEWHERE}.",
    TroubleKind.NOT_IN_CHANNEL: "Baton is not in the channel {channel}. Type `/invite @Baton` there.",
    TroubleKind.MAY_NOT_POST: "Baton may not post in the channel {channel}. Allow it in its posting permissions.",
}


def said_plainly(kind: TroubleKind, about: str, model: OperatingModel) -> str:
    """What is wrong, what it means, and what to do about it, in mrkdwn."""
    if kind is TroubleKind.PERSON_GONE:
        return _of_somebody(about, model)
    if kind is TroubleKind.CUT_OFF and about:
        return _of_workspace(about, model)
    named = f"<#{about}>" if _CHANNEL_ID.fullmatch(about) else f"#{outside(about, 80)}"
    team, _, scope = about.rpartition("/") if kind is TroubleKind.MISSING_SCOPE else ("", "", about)
    there = f", in the workspace {outside(team, 30)}" if team else ""
    return _WORDS[kind].format(about=outside(scope, 80), channel=named, there=there) + _KEPT


def _of_workspace(team: str, model: OperatingModel) -> str:
    """Another workspace took its token back, or never gave one."""
    theirs = [outside(one.name, 80) for one in model.people if team_of(one.slack) == team]
    who = f" {listed(theirs)} can neither be asked nor answer." if theirs else ""
    return (
        f"Baton is not installed in the workspace {outside(team, 30)} (any more).{who} Somebody there opens "
        f"`{INSTALL_PATH}` at Baton's address; it must stand in SLACK_WORKSPACES." + _KEPT
    )


def _of_somebody(user: str, model: OperatingModel) -> str:
    person = model.person(user)
    if person is None:
        return "Somebody the operating model named has no active Slack account any more."
    alone = [spoken(role) for role in sorted(person.roles) if len(model.holders(role)) == 1]
    waits = f" Nobody else is {listed(alone)}: what is asked of them waits." if alone else ""
    return (
        f"{outside(person.name, 80)} has no active Slack account any more.{waits} "
        "Change the people in App Home → Design."
    )
