"""Keeps Slack in step with the database: posts what is missing, edits what changed, leaves the rest alone."""

import asyncio
import hashlib
import json
import logging
import time
import uuid
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date

from slack_sdk.web.async_client import AsyncWebClient

from bot import digest as digests
from bot import seal as seals
from bot import thread
from bot.blocks import Message
from bot.card import card
from bot.charts import draw
from bot.introduction import INTRODUCTION, introduction
from bot.own_digest import own_digest
from bot.quiet import hushed, nudge
from bot.slack import Place, Slack, SlackRefused
from bot.summary_page import alt, caption, draw_page, has_page
from bot.weekly import weekly
from domain.case import Case, Post
from domain.chart import Chart
from domain.errors import SlackUnavailable
from domain.seal import Seal
from domain.slack_id import is_person, is_same_workspace, team_of
from domain.summaries import OwnDigest, Summary
from domain.trouble import that_lost
from graph.runner import Runner

_log = logging.getLogger(__name__)

GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
"""Slack's words for a message that can no longer be edited: it is posted anew."""
LOST = frozenset({"channel_not_found", "is_archived", "not_in_channel"})
"""Slack's words for a channel nothing can be shown in until somebody mends it, or names another one."""
_UNREACHABLE = frozenset(
    {"channel_not_found", "user_not_found", "user_disabled", "account_inactive", "cannot_dm_bot", "user_not_visible"}
)
"""Slack's words for somebody who cannot be written to, today as tomorrow."""
_NOT_READY = frozenset({"invalid_blocks", "file_not_found", "slack_file_not_found"})
"""What Slack says of an image whose file it has not finished storing."""
REDRAW_SECONDS = 1.0
"""Between two drawings of one card that presses ask for: Slack takes about one edit a second."""
SURE_SECONDS = 5.0
"""For so long nobody doubts that Slack shows what it took; then a refused press has the card drawn to be sure."""
DIGESTS = "digests"
"""Under this name instead of a signal's id, the daily digests are remembered."""
ANNOUNCEMENTS = "announcements"
"""The same for what is announced; the runner looks there for what has been."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One message as it should look now."""

    key: str
    message: Message
    under: str | None = None
    """The `ts` of the card in whose thread it hangs."""
    first: Message | None = None
    """How it looks when posted for the first time, where that differs (a mention notifies once)."""

    @property
    def digest(self) -> str:
        """Changes when, and only when, what people see changes; names the thread it hangs in."""
        seen = json.dumps([self.message.text, self.message.blocks], sort_keys=True, ensure_ascii=False)
        return f"{self.under or ''}/{hashlib.sha256(seen.encode(errors='replace')).hexdigest()[:24]}"


class SlackBoard:
    """A `domain.ports.Board` over Slack's Web API."""

    def __init__(self, runner: Runner, client: AsyncWebClient) -> None:
        self._runner, self._slack = runner, Slack(client)
        self._locks: dict[str, asyncio.Lock] = {}
        self._coming: dict[str, asyncio.Future[None]] = {}
        self._redrawn: dict[str, float] = {}
        self._edited: dict[str, tuple[tuple[str, str] | None, float]] = {}

    async def show(self, signal_id: str) -> None:
        """Bring every message about a signal up to date with the database. Raises SlackUnavailable."""
        async with self._alone(signal_id):
            case = await self._runner.case(signal_id)
            problem = await self._draw(case)
            # Somebody may have decided while this was drawn: an older picture must not be the last one.
            for _ in range(3):
                later = await self._runner.case(signal_id)
                if later == case:
                    break
                case, problem = later, await self._draw(later)
        if problem:
            raise problem

    async def refresh(self, signal_id: str) -> None:
        """Draw a card that is already there anew, whatever it is remembered to show. Posts nothing, never raises.

        A quiet card is drawn at once; in a storm of presses once in `REDRAW_SECONDS`, for all who asked meanwhile.
        """
        coming = self._coming.get(signal_id)
        if coming is None:
            coming = self._coming[signal_id] = asyncio.ensure_future(self._refresh(signal_id))
        await asyncio.shield(coming)

    async def _refresh(self, signal_id: str) -> None:
        try:
            await asyncio.sleep(self._redrawn.get(signal_id, -REDRAW_SECONDS) + REDRAW_SECONDS - time.monotonic())
        finally:
            del self._coming[signal_id]  # what happens from here on needs another look
        try:
            async with self._alone(signal_id):
                self._redrawn[signal_id] = time.monotonic()
                posts = await self._runner.posts(signal_id)
                if held := posts.get(f"{signal_id}/card"):
                    await self._redraw(signal_id, self._card(await self._runner.case(signal_id)), held)
        except SlackUnavailable as problem:
            _log.warning("The card of %s could not be drawn anew: %s", signal_id, problem)

    async def _redraw(self, signal_id: str, wanted: Wanted, held: Post) -> None:
        """Edit, unless this process has only just shown the very same."""
        shown = (held.ts, wanted.digest)
        before, at = self._edited.get(signal_id, (None, 0.0))
        if before != shown or time.monotonic() - at > SURE_SECONDS:
            await self._edit(signal_id, wanted, held)
            self._edited[signal_id] = (shown, time.monotonic())

    async def post_digest(self, day: date) -> None:
        """Post the daily digest, once per day however often it is called. Raises SlackUnavailable."""
        key = f"digest/{day.isoformat()}"
        async with self._alone(key):
            if key not in await self._runner.posts(DIGESTS):
                written = await self._runner.digest(day)
                # a quiet day is not worth a ping
                if written.changed or written.waiting or written.decided or written.measured:
                    wanted = Wanted(key, digests.digest(written))
                    await self._post(DIGESTS, wanted, self._runner.model.routes.channel)

    async def tell_own(self, digest: OwnDigest) -> bool:
        """Send one person their digest. Where it is posted is not kept: whoever calls notes that it was sent."""
        return await self._write(digest.user, f"digest/{digest.day.isoformat()}", own_digest(digest))

    async def tell_week(self, to: str, week: date, summary: Summary) -> bool:
        """Send one person the summary of a week with its page, which is drawn and stored once for all."""
        page = await self.page(summary, to)
        return await self._write(to, f"week/{week.isoformat()}", weekly(summary, page))

    async def page(self, summary: Summary, to: str = "") -> str | None:
        """The Slack file with a summary's charts; None where there is nothing to draw, or Slack does not take it.

        `to`: who is shown it. Each workspace has a file of its own.
        """
        if not has_page(summary):
            return None
        name = hashlib.sha256(summary.model_dump_json().encode()).hexdigest()[:16]
        async with self._alone(key := _filed(f"summary/{name}", to)):
            file_id = await self._runner.upload(key)
            if file_id is None:
                try:
                    sheet = await draw_page(summary)
                    named, titled, read = f"summary-{name}.png", caption(summary), alt(summary)
                    file_id = await self._slack.upload(named, sheet, titled, read, place=to)
                except SlackRefused as problem:  # the figures are in words as well
                    _log.warning("The page of a summary is not shown: %s", problem)
                    return None
                await self._runner.uploaded(key, file_id)
        return file_id

    async def nudge(self, signal_id: str, to: str, key: str) -> None:
        """Mention somebody in a card's thread who was at rest when it came up. Raises SlackUnavailable."""
        async with self._alone(signal_id):
            case = await self._runner.case(signal_id)
            await self._mention(case, f"{signal_id}/nudge/{key}", nudge(case, to), (to,))

    async def _mention(self, case: Case, key: str, message: Message, to: tuple[str, ...]) -> None:
        """Say something in a card's thread, once. Where its channel is lost and another is named, the card moves first.

        Nobody reads what stands in a lost channel, and what is said there is refused: a reminder goes with its card.
        """
        ident = case.signal.id
        posts = await self._runner.posts(ident)
        if (head := posts.get(f"{ident}/card")) is None:
            raise SlackUnavailable(f"The card of {ident} is not shown yet.")
        if key in posts:
            return
        try:
            await self._post(ident, Wanted(key, message, head.ts), head.channel)
        except SlackRefused as problem:
            begun = posts.get(f"{head.key}/begun")
            if problem.code not in LOST or begun is None or begun.channel == self._channel:
                raise
            await self._draw(case, is_left=True)
            head = (await self._runner.posts(ident))[head.key]
            await self._post(ident, Wanted(key, message, head.ts), head.channel)
        await self._tell_elsewhere(to, head.channel, key, message)

    async def _tell_elsewhere(self, to: tuple[str, ...], channel: str, key: str, message: Message) -> None:
        """Write directly to those of another workspace than the channel's: no mention there would notify them."""
        for who in to:
            if is_person(who) and not is_same_workspace(who, channel):
                try:
                    await self._write(who, key, message)
                except SlackUnavailable as problem:  # the architects hear of it; the channel has been told
                    _log.warning("Somebody of another workspace could not be told: %s", problem)

    async def _write(self, to: str, key: str, message: Message) -> bool:
        once = str(uuid.uuid5(uuid.NAMESPACE_URL, f"baton:{key}:{to}"))
        try:
            await self._slack.post(to, message, once=once)
        except SlackRefused as problem:
            if problem.code not in _UNREACHABLE:
                raise
            _log.warning("A direct message reaches nobody: %s", problem.code)
            return False
        return True

    async def introduce(self) -> None:
        """Keep the channel's first message true: what this is and how it is stopped. Raises SlackUnavailable."""
        wanted = Wanted(INTRODUCTION, introduction(self._runner.model))
        async with self._alone(INTRODUCTION):
            posts = await self._runner.posts(INTRODUCTION)
            is_left = await self._is_left(INTRODUCTION, posts)
            await self._place(INTRODUCTION, wanted, posts, self._channel, is_left=is_left)

    async def show_seal(self, seal: Seal) -> None:
        """Keep the newest seal in a pinned message, and what auditors copy in its thread. Raises SlackUnavailable."""
        wanted = Wanted(seals.key(seal), seals.message(seal))
        async with self._alone(wanted.key):
            posts = await self._runner.posts(seals.SEALS)
            held = posts.get(wanted.key)
            shown = await self._place(seals.SEALS, wanted, posts, self._runner.model.routes.channel)
            if held is None or held.digest != wanted.digest:
                await self._slack.pin(Place(shown.channel, shown.ts))
            line = Wanted(f"{wanted.key}/line", seals.line(seal), shown.ts)
            await self._place(seals.SEALS, line, posts, shown.channel)

    async def remind(self, signal_id: str, proposal_id: str, kind: str, to: tuple[str, ...]) -> None:
        """Bring a question up again in its card's thread, once per version and kind. Raises SlackUnavailable."""
        async with self._alone(signal_id):
            case = await self._runner.case(signal_id)
            view = next((one for one in case.proposals if one.proposal.id == proposal_id), None)
            if view is None:
                raise SlackUnavailable(f"The card of {signal_id} is not shown yet.")
            key = f"{proposal_id}/{kind}/{view.proposal.version}"
            await self._mention(case, key, thread.reminder(case, view, kind, to), to)

    async def announce(self, key: str, text: str) -> None:
        """Tell the channel something about governance itself, once per key. Raises SlackUnavailable."""
        async with self._alone(key):
            if key not in await self._runner.posts(ANNOUNCEMENTS):
                await self._post(ANNOUNCEMENTS, Wanted(key, thread.announcement(text)), self._channel)

    @property
    def _channel(self) -> str:
        return self._runner.model.routes.channel

    async def _draw(self, case: Case, *, is_left: bool = False) -> SlackUnavailable | None:
        """Everything once. A chart that cannot be shown holds back nothing else and is answered with at the end.

        `is_left`: its channel is lost and another is named, so that it is posted there though nothing about it changed.
        """
        ident = case.signal.id
        posts = await self._runner.posts(ident)
        is_left = is_left or (case.is_open and await self._is_left(f"{ident}/card", posts))
        head = await self._place(ident, await self._polite(case, posts), posts, self._channel, is_left=is_left)
        rows = await self._runner.evidence(ident)
        table = Wanted(f"{ident}/evidence", thread.evidence(case, rows), head.ts)
        await self._place(ident, table, posts, head.channel)
        problem = await self._try_chart(ident, posts, head)
        for key, message in thread.results(case, self._runner.model, self._runner.now):
            await self._place(ident, Wanted(key, message, head.ts), posts, head.channel)
        return problem

    async def _is_left(self, key: str, posts: Mapping[str, Post]) -> bool:
        """Whether a message stands in a channel that is known to be lost, and another one is named by now."""
        held, begun = posts.get(key), posts.get(f"{key}/begun")
        if held is None or begun is None or begun.channel == self._channel:
            return False
        return bool(that_lost(held.channel, begun.channel, await self._runner.troubles.known()))

    async def _polite(self, case: Case, posts: Mapping[str, Post]) -> Wanted:
        """The card; where it is new, without the mention of who is at rest: theirs waits for their morning."""
        wanted = self._card(case)
        if wanted.key in posts or wanted.first is None:
            return wanted
        resting = await self._runner.hold_mentions(case)
        return replace(wanted, first=hushed(wanted.first, resting, self._runner.model))

    def _card(self, case: Case) -> Wanted:
        model = self._runner.model
        return Wanted(f"{case.signal.id}/card", card(case, model), first=card(case, model, mention=True))

    async def _place(
        self, ident: str, wanted: Wanted, posts: Mapping[str, Post], channel: str, *, is_left: bool = False
    ) -> Post:
        held = posts.get(wanted.key)
        if held is None:
            return await self._post_first(ident, wanted, posts, channel)
        if held.digest == wanted.digest and not is_left:
            return held
        in_place = not is_left and held.digest.partition("/")[0] == (wanted.under or "")
        edited = await self._edit(ident, wanted, held, gone=self._gone(wanted, posts)) if in_place else None
        if edited is None:
            edited = await self._post(ident, wanted, channel, instead_of=held.ts)
            if edited.channel != held.channel:
                await self._begin(ident, wanted, channel)
        return edited

    def _gone(self, wanted: Wanted, posts: Mapping[str, Post]) -> frozenset[str]:
        """What Slack says of a message that is to be posted anew: once another channel was named, a lost one too."""
        begun = posts.get(f"{wanted.key}/begun")
        return GONE | LOST if begun and begun.channel != self._channel else GONE

    async def _post_first(self, ident: str, wanted: Wanted, posts: Mapping[str, Post], channel: str) -> Post:
        """Note that it is about to be posted; where that was noted before, somebody may have died right after posting.

        A server that knows the message then answers with it as it was, which may be out of date: so it is edited too.
        """
        begun = f"{wanted.key}/begun"
        if begun in posts:
            return await self._post(ident, wanted, channel, again=True)
        await self._begin(ident, wanted, channel)
        return await self._post(ident, wanted, channel)

    async def _begin(self, ident: str, wanted: Wanted, channel: str) -> None:
        """Note where it is about to be posted, by the name it is told to go to."""
        await self._runner.posted(ident, Post(key=f"{wanted.key}/begun", channel=channel, ts="", digest=""))

    async def _post(
        self, ident: str, wanted: Wanted, channel: str, *, instead_of: str = "", again: bool = False
    ) -> Post:
        once = str(uuid.uuid5(uuid.NAMESPACE_URL, f"baton:{wanted.key}:{instead_of}"))
        place = await self._slack.post(channel, wanted.first or wanted.message, thread_ts=wanted.under, once=once)
        if again:
            await self._slack.edit(place, wanted.message)
        post = Post(key=wanted.key, channel=place.channel, ts=place.ts, digest=wanted.digest)
        await self._runner.posted(ident, post)
        return post

    async def _edit(self, ident: str, wanted: Wanted, held: Post, gone: frozenset[str] = GONE) -> Post | None:
        """The edited post; None when the message is no longer there."""
        try:
            await self._slack.edit(Place(held.channel, held.ts), wanted.message)
        except SlackRefused as problem:
            if problem.code in gone:
                return None
            raise
        post = held.model_copy(update={"digest": wanted.digest})
        await self._runner.posted(ident, post)
        return post

    async def _try_chart(self, ident: str, posts: Mapping[str, Post], head: Post) -> SlackUnavailable | None:
        try:
            if chart := await self._runner.chart(ident):
                await self._show_chart(ident, chart, posts, head)
        except SlackUnavailable as problem:
            _log.warning("The chart of %s is not shown yet: %s", ident, problem)
            return problem
        return None

    async def _show_chart(self, ident: str, chart: Chart, posts: Mapping[str, Post], head: Post) -> None:
        name = hashlib.sha256(chart.model_dump_json().encode()).hexdigest()[:16]
        key = _filed(f"{ident}/chart/{name}", head.channel)
        file_id = await self._runner.upload(key)
        if file_id is None:
            named, drawn = f"{ident}-{name}.png", await draw(chart)
            file_id = await self._slack.upload(named, drawn, chart.title, chart.alt, place=head.channel)
            await self._runner.uploaded(key, file_id)
        wanted = Wanted(f"{ident}/chart", thread.chart(chart, file_id), head.ts)
        for pause in (0.5, 1.5, 3.0, None):
            try:
                await self._place(ident, wanted, posts, head.channel)
            except SlackRefused as problem:
                if pause is None or problem.code not in _NOT_READY:
                    raise
                await asyncio.sleep(pause)
            else:
                return

    @asynccontextmanager
    async def _alone(self, name: str) -> AsyncGenerator[None]:
        """One drawing at a time per signal, so that two of them never post the same message twice."""
        async with self._locks.setdefault(name, asyncio.Lock()):
            yield


def _filed(key: str, place: str) -> str:
    """The name a file is remembered under: one for each workspace, as none shows another's."""
    team = team_of(place)
    return f"{key}/{team}" if team else key
