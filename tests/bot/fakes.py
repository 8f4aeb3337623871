"""Fakes that keep the promises of what they stand for: a runner over cases in memory, and a Slack over HTTP."""

import asyncio
import itertools
import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from aiohttp import web

from domain.action import inverse
from domain.case import Answer, Case, Citation, Digest, Health, Inbox, Post, ProposalStatus, ProposalView
from domain.chart import Chart
from domain.errors import AlreadyDecided, InvalidChange, NoLongerOpen, NotFound, NotYours, StaleCard
from domain.operating_model import Delegation, OperatingModel
from domain.own import OwnSettings
from domain.proposal import Approved, Overridden, Rejected, Snoozed
from domain.rhythm import Preferences, usual
from domain.summaries import Summary
from domain.verdict import Ask
from graph.personal import preferences_of
from tests.bot.figures import SUMMARY
from tests.bot.samples import CASE, EVIDENCE, HEALTH, MODEL, NOW, TODAY, chart


class FakeRunner:
    """The methods of graph.runner.Runner over cases in memory, with the same refusals."""

    def __init__(self, *cases: Case, model: OperatingModel = MODEL) -> None:
        self.cases = {case.signal.id: case for case in cases or (CASE,)}
        self.model = model
        self.kept: dict[str, dict[str, Post]] = {}
        self.files: dict[str, str] = {}
        self.asked: list[tuple[str, str, str | None]] = []
        self.earlier: list[tuple[str, ...]] = []
        self.calls: list[tuple[Any, ...]] = []
        self.drawn: Chart | None = chart()
        self.rows = EVIDENCE
        self.delay = 0.0
        self.is_quiet = False
        self.failure: Exception | None = None
        self.now = NOW
        self.resting: tuple[str, ...] = ()
        self.personal = FakePersonal(self)
        self.figures = SUMMARY

    async def case(self, signal_id: str) -> Case:
        if signal_id not in self.cases:
            raise NotFound(f"There is no signal {signal_id}.")
        return self.cases[signal_id]

    async def signal_of(self, proposal_id: str) -> str | None:
        held = {view.proposal.id: case.signal.id for case in self.cases.values() for view in case.proposals}
        return held.get(proposal_id)

    async def find(self, words: str) -> Case | None:
        wanted = words.lower()
        for case in self.cases.values():
            if case.signal.id.startswith(wanted) or wanted in case.signal.headline.lower():
                return case
        return None

    async def open_cases(self) -> tuple[Case, ...]:
        return tuple(case for case in self.cases.values() if case.is_open)

    async def inbox(self, user: str) -> Inbox:
        person = self.model.person(user)
        roles = person.roles if person else frozenset()
        cases = await self.open_cases()
        mine = tuple(case for case in cases if any(self._waits(view, roles) for view in case.proposals))
        decided = tuple(case for case in self.cases.values() if any(view.decision for view in case.proposals))
        others = tuple(case for case in cases if case not in mine)
        return Inbox(
            user=user, roles=tuple(sorted(roles)), mine=mine, others=others, decided=decided, health=await self.health()
        )

    async def health(self) -> Health:
        return HEALTH

    async def may(self, proposal_id: str, version: int, by: str) -> tuple[Case, ProposalView]:
        await asyncio.sleep(self.delay)
        if self.failure:
            raise self.failure
        for case in self.cases.values():
            for view in case.proposals:
                if view.proposal.id == proposal_id:
                    self._allow(case, view, version, by)
                    return case, view
        raise NotFound(f"There is no proposal {proposal_id}.")

    async def approve(self, proposal_id: str, version: int, by: str) -> Case:
        case, view = await self.may(proposal_id, version, by)
        decision = Approved(proposal_id=proposal_id, version=version, by=by, at=NOW)
        return self._decided(case, view, decision, ProposalStatus.APPROVED)

    async def override(self, proposal_id: str, version: int, by: str, values: Mapping[str, str], reason: str) -> Case:
        case, view = await self.may(proposal_id, version, by)
        if not values.get("amount", "30").replace(".", "").isdecimal():
            raise InvalidChange("amount", "“a lot” is not an amount. Type a number such as 30.00.")
        self.calls.append(("override", proposal_id, dict(values), reason))
        action = type(view.proposal.action).model_validate(view.proposal.action.model_dump() | dict(values))
        decision = Overridden(proposal_id=proposal_id, version=version, by=by, at=NOW, action=action, reason=reason)
        return self._decided(case, view, decision, ProposalStatus.APPROVED)

    async def reject(self, proposal_id: str, version: int, by: str, reason: str) -> Case:
        case, view = await self.may(proposal_id, version, by)
        decision = Rejected(proposal_id=proposal_id, version=version, by=by, at=NOW, reason=reason)
        return self._decided(case, view, decision, ProposalStatus.REJECTED)

    async def snooze(self, proposal_id: str, version: int, by: str, hours: int) -> Case:
        case, view = await self.may(proposal_id, version, by)
        decision = Snoozed(proposal_id=proposal_id, version=version, by=by, at=NOW, until=NOW + timedelta(hours=hours))
        return self._decided(case, view, decision, ProposalStatus.SNOOZED)

    async def undoable(self, proposal_id: str, by: str) -> tuple[Case, ProposalView]:
        for case in self.cases.values():
            for view in case.proposals:
                if view.proposal.id == proposal_id and view.undo_until and self.now < view.undo_until:
                    if self.model.person(by) is None:
                        raise NotYours("You are not among the people in the operating model.")
                    return case, view
        raise NoLongerOpen("This can no longer be undone.")

    async def undo(self, proposal_id: str, by: str, reason: str) -> Case:
        case, view = await self.undoable(proposal_id, by)
        self.calls.append(("undo", proposal_id, by, reason))
        action = inverse(view.done, view.receipt.before) if view.receipt else None
        back = view.proposal.model_copy(
            update={"id": "prop_00000000back", "action": action, "undoes": proposal_id, "why": reason, "forecast": None}
        )
        asked = ProposalView(proposal=back, verdict=view.verdict, status=ProposalStatus.PENDING)
        return self._kept(case.model_copy(update={"proposals": (*case.proposals, asked)}))

    def _kept(self, case: Case) -> Case:
        self.put(case)
        return case

    async def ask(self, question: str, by: str, signal_id: str | None = None, *, earlier: Sequence[str] = ()) -> Answer:
        if self.failure:
            raise self.failure
        self.earlier.append(tuple(earlier))
        self.asked.append((question, by, signal_id))
        cited = Citation(table="ad_report", window=(date(2026, 3, 9), TODAY), filter="platform=meta, campaign_id=c3")
        return Answer(question=question, text="CTR on Meta fell to *0.84 %* since 9 March.", citations=(cited,))

    async def chart(self, signal_id: str) -> Chart | None:
        return self.drawn

    async def evidence(self, signal_id: str) -> tuple[tuple[str, ...], ...]:
        return self.rows

    async def digest(self, day: date | None = None) -> Digest:
        if self.is_quiet:
            return Digest(day=day or TODAY, headline="A quiet day", changed=(), waiting=(), measured=())
        return Digest(
            day=day or TODAY,
            headline="1 signal opened, 3 decisions wait",
            changed=("Opened: Trail Shoe video on Meta is wearing out (€118.40 a day)",),
            waiting=("Shift budget: Mara Lindt", "Refresh creative: Cleo Okafor"),
            measured=("Pause ad of 1 March: CPA −11 % [−19, −2], forecast was −8 %",),
            held=("CPM rise on TikTok: holiday",),
        )

    async def summarised(self, words: str) -> Summary:
        self.calls.append(("summarised", words))
        return self.figures

    async def hold_mentions(self, case: Case) -> tuple[str, ...]:
        return self.resting

    async def posts(self, signal_id: str) -> Mapping[str, Post]:
        return dict(self.kept.get(signal_id, {}))

    async def posted(self, signal_id: str, post: Post) -> None:
        self.kept.setdefault(signal_id, {})[post.key] = post

    async def unposted(self, key: str) -> None:
        for held in self.kept.values():
            held.pop(key, None)

    async def upload(self, key: str) -> str | None:
        return self.files.get(key)

    async def uploaded(self, key: str, file_id: str) -> None:
        self.files[key] = file_id

    def put(self, case: Case) -> None:
        """What a sweep or a worker did meanwhile."""
        self.cases[case.signal.id] = case

    def _allow(self, case: Case, view: ProposalView, version: int, by: str) -> None:
        if not case.is_open:
            raise NoLongerOpen("This signal closed on 21 March: the numbers recovered.")
        if view.decision and not isinstance(view.decision, Snoozed):
            raise AlreadyDecided(f"{view.decision.by} decided this on 14 March.")
        if version != view.proposal.version:
            raise StaleCard("The proposal has changed since this card was drawn. Please look at it again.")
        person = self.model.person(by)
        role = view.verdict.role if isinstance(view.verdict, Ask) else view.proposal.owner
        if person is None or role not in person.roles:
            raise NotYours(f"Only the {role.replace('_', ' ')} may decide this.")

    def _decided(self, case: Case, view: ProposalView, decision: Any, status: ProposalStatus) -> Case:
        self.calls.append((decision.kind, decision.proposal_id, decision.by))
        changed = view.model_copy(update={"decision": decision, "status": status})
        views = tuple(changed if one.proposal.id == view.proposal.id else one for one in case.proposals)
        self.put(case.model_copy(update={"proposals": views}))
        return self.cases[case.signal.id]

    @staticmethod
    def _waits(view: ProposalView, roles: frozenset[str]) -> bool:
        return view.status is ProposalStatus.PENDING and isinstance(view.verdict, Ask) and view.verdict.role in roles


class FakePersonal:
    """graph.personal.Personal for one person after another, in memory; everything else is refused as there."""

    def __init__(self, runner: FakeRunner) -> None:
        self._runner = runner
        self.chosen: dict[str, Preferences] = {}
        self.away: Delegation | None = None
        self.asked: Delegation | None = None

    async def settings(self, user: str) -> OwnSettings | None:
        model = self._runner.model
        if model.person(user) is None:
            return None
        chosen = self.chosen.get(user)
        return OwnSettings(
            user=user, chosen=chosen or usual(model.digest), is_usual=chosen is None, timezone="Europe/Berlin",
            is_resting=False, today=TODAY, away=self.away, asked=self.asked,
        )  # fmt: skip

    async def choose(self, user: str, values: Mapping[str, str]) -> None:
        self.chosen[user] = preferences_of(values)

    async def rate(self, answer: str, user: str, *, is_helpful: bool) -> None:
        if self._runner.model.person(user) is None:
            raise NotYours("You are not among the people in the operating model.")
        self._runner.calls.append(("rate", answer, user, is_helpful))

    async def hand_over(self, user: str, to: str, last_day: str, reason: str) -> None:
        if to == user:
            raise InvalidChange("to", "Nobody stands in for themselves.")
        self._runner.calls.append(("hand_over", user, to, last_day, reason))
        self.asked = Delegation(of=user, to=to, first_day=TODAY, last_day=date.fromisoformat(last_day))

    async def take_back(self, user: str, reason: str) -> None:
        self._runner.calls.append(("take_back", user, reason))


class FakeSlack:
    """A tiny Slack over HTTP: remembers what it was sent, and refuses what it was told to refuse."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.tokens: list[tuple[str, str]] = []
        self.messages: dict[str, dict[str, Any]] = {}
        self.responses: list[dict[str, Any]] = []
        self.uploads: list[bytes] = []
        self.refusals: dict[str, list[str]] = {}
        self.address = ""
        self.streams = False
        """Whether it knows chat.startStream and the two that follow it."""
        self._numbers = itertools.count(1)
        self.app = web.Application()
        self.app.router.add_route("*", "/api/{method}", self._call)
        self.app.router.add_post("/upload/{file_id}", self._upload)
        self.app.router.add_post("/response", self._response)

    def refuse(self, method: str, *codes: str) -> None:
        """The next calls of a method are refused with these codes, in order."""
        self.refusals.setdefault(method, []).extend(codes)

    def calls(self, method: str) -> list[dict[str, Any]]:
        """The arguments of every call of one method."""
        return [sent for name, sent in self.sent if name == method]

    async def _call(self, request: web.Request) -> web.Response:
        method, sent = request.match_info["method"], dict(request.query)
        if request.content_type == "application/json":
            sent |= await request.json()
        else:
            sent |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        for name in ("blocks", "view", "files", "prompts"):
            if isinstance(sent.get(name), str):
                sent[name] = json.loads(sent[name])
        self.sent.append((method, sent))
        self.tokens.append((method, request.headers.get("Authorization", "").removeprefix("Bearer ")))
        if codes := self.refusals.get(method):
            code = codes.pop(0)
            if code == "429":
                return web.json_response(
                    {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "0"}
                )
            if code == "500":
                return web.Response(status=500, text="oops")
            if code == "lost":
                self._answer(method, sent)
                assert request.transport
                request.transport.abort()
                return web.Response()
            return web.json_response({"ok": False, "error": code})
        if refused := self._state_refuses(method, sent):
            return web.json_response({"ok": False, "error": refused})
        return web.json_response({"ok": True, **self._answer(method, sent)})

    def _state_refuses(self, method: str, sent: dict[str, Any]) -> str:
        """As Slack was measured to answer: a message that grows takes no edit, one that is done takes no more words."""
        is_growing = self.messages.get(str(sent.get("ts")), {}).get("grows", False)
        if method.endswith("Stream") and not self.streams:
            return "unknown_method"
        if method in {"chat.appendStream", "chat.stopStream"} and not is_growing:
            return "message_not_in_streaming_state"
        return "streaming_state_conflict" if method == "chat.update" and is_growing else ""

    def _answer(self, method: str, sent: dict[str, Any]) -> dict[str, Any]:
        number = next(self._numbers)
        if method == "auth.test":
            return {"user_id": "U0BATON0001", "bot_id": "B0BATON0001", "team_id": "T1", "team": "t", "url": "u"}
        if method in {"chat.appendStream", "chat.stopStream"}:
            held = self.messages[sent["ts"]]
            held["markdown_text"] = held.get("markdown_text", "") + sent.get("markdown_text", "")
            if method == "chat.stopStream":
                held |= {"grows": False, "blocks": sent.get("blocks", [])}
            return {"channel": sent["channel"], "ts": sent["ts"]}
        if method == "chat.startStream":
            sent = {**sent, "grows": True}
        if method in {"chat.postMessage", "chat.startStream"}:
            once = sent.get("client_msg_id")
            known = next((ts for ts, held in self.messages.items() if once and held.get("client_msg_id") == once), None)
            ts = known or f"1773480600.{number:06d}"
            self.messages.setdefault(ts, sent)
            return {"channel": "C0SIGNALS01" if sent["channel"] == "marketing-signals" else sent["channel"], "ts": ts}
        if method == "chat.update":
            self.messages[sent["ts"]] = self.messages.get(sent["ts"], {}) | sent
            return {"channel": sent["channel"], "ts": sent["ts"]}
        if method in ("views.open", "views.update"):
            return {"view": {"id": f"V{number}"}}
        if method == "files.getUploadURLExternal":
            return {"file_id": f"F{number:06d}", "upload_url": f"{self.address}/upload/F{number:06d}"}
        if method == "files.completeUploadExternal":
            return {"files": sent["files"]}
        return {}

    async def _upload(self, request: web.Request) -> web.Response:
        self.uploads.append(await request.read())
        return web.Response(text="OK")

    async def _response(self, request: web.Request) -> web.Response:
        self.responses.append(await request.json())
        return web.Response(text="ok")
