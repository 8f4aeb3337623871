"""What only a person can mend is noticed in any call, said to the architect once, and over when it works again."""

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from slack_sdk.errors import SlackApiError

from bot.client import SlackClient
from bot.home import home
from bot.troubles import Troubles, said_plainly
from domain.operating_model import Person
from domain.trouble import Trouble, TroubleKind
from tests.bot.fakes import FakeRunner, FakeSlack
from tests.bot.samples import ADA, MARA, MODEL, NOW

CHANNEL = "marketing-signals"
EVERYTHING_GRANTED = (
    "app_mentions:read,assistant:write,chat:write,commands,files:write,im:history,pins:write,users:read"
)


class Book:
    """What `graph.troubles.Troubles` promises, in memory."""

    def __init__(self) -> None:
        self.held: dict[tuple[TroubleKind, str], Trouble] = {}

    async def known(self) -> tuple[Trouble, ...]:
        return tuple(self.held.values())

    async def note(self, kind: TroubleKind, about: str) -> bool:
        is_new = (kind, about) not in self.held
        self.held.setdefault((kind, about), Trouble(kind=kind, about=about, since=NOW))
        return is_new

    async def over(self, kind: TroubleKind, about: str) -> bool:
        return self.held.pop((kind, about), None) is not None

    async def take_telling(self, one: Trouble) -> bool:
        held = self.held.get((one.kind, one.about))
        if held is None or held.is_told:
            return False
        self.held[one.kind, one.about] = held.model_copy(update={"is_told": True})
        return True

    async def put_telling_back(self, one: Trouble) -> None:
        self.held[one.kind, one.about] = one.model_copy(update={"is_told": False})


class Scene:
    def __init__(self, slack: FakeSlack, client: SlackClient) -> None:
        self.slack, self.client, self.book, self.runner = slack, client, Book(), FakeRunner()
        self.runner.troubles = self.book  # type: ignore[attr-defined]
        self.troubles = self.another_process()

    def another_process(self) -> Troubles:
        return Troubles(self.runner, self.client)  # type: ignore[arg-type]

    async def post(self, *codes: str, method: str = "chat.postMessage", **given: Any) -> None:
        """Call once, or once per refusal, each with all that follows it."""
        for code in codes or ("",):
            self.slack.refuse(method, *filter(None, [code]))
            with suppress(SlackApiError):
                await self.client.api_call(method, json={"channel": CHANNEL, "text": "A card", **given})
            await self.troubles.finished()

    def told(self) -> list[str]:
        return [sent["text"] for sent in self.slack.calls("chat.postMessage") if sent["channel"] == ADA]

    def kinds(self) -> set[TroubleKind]:
        return {kind for kind, _ in self.book.held}


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    slack = FakeSlack()
    async with TestServer(slack.app) as server:
        slack.address = str(server.make_url("")).rstrip("/")
        yield Scene(slack, SlackClient(token="xoxb-test", base_url=f"{slack.address}/api/", timeout=2))


@pytest.mark.parametrize(
    ("code", "kind", "remedy"),
    [
        ("is_archived", TroubleKind.CHANNEL_ARCHIVED, "Restore it, or name another channel"),
        ("channel_not_found", TroubleKind.CHANNEL_GONE, "Invite Baton there, or name another channel"),
        ("not_in_channel", TroubleKind.NOT_IN_CHANNEL, "/invite @Baton"),
        ("restricted_action_read_only_channel", TroubleKind.MAY_NOT_POST, "posting permissions"),
    ],
)
async def test_a_channel_that_cannot_be_written_to_is_told_once_with_its_remedy_and_over_when_it_can(
    scene: Scene, code: str, kind: TroubleKind, remedy: str
):
    await scene.post(code, code, code)
    (told,) = scene.told()
    assert remedy in told
    assert "Nothing is lost" in told
    assert set(scene.book.held) == {(kind, CHANNEL)}
    await scene.post()
    assert scene.book.held == {}
    await scene.post(code)
    assert len(scene.told()) == 2, "it went wrong again, and that is news"


async def test_a_permission_that_is_missing_is_named(scene: Scene):
    await scene.post("missing_scope", method="pins.add")
    (told,) = scene.told()
    assert "api.slack.com/apps" in told
    await scene.post(method="pins.add")
    assert scene.book.held == {}


async def test_of_two_processes_one_tells(scene: Scene):
    other = scene.another_process()
    scene.client.heard = lambda call: (scene.troubles.hear(call), other.hear(call))  # type: ignore[func-returns-value]
    await scene.post("not_in_channel", "not_in_channel")
    await other.finished()
    await scene.troubles.look()
    await other.look()
    assert len(scene.told()) == 1


async def test_whoever_could_not_be_told_is_told_later(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    scene.slack.refuse("chat.postMessage", "not_in_channel", "user_not_found")  # the card, then the architect
    with suppress(SlackApiError):
        await scene.client.chat_postMessage(channel=CHANNEL, text="A card")
    await scene.troubles.finished()
    assert [one.is_told for one in scene.book.held.values()] == [False]
    await scene.troubles.look()
    assert len(scene.told()) == 1, "not every minute"
    monkeypatch.setattr("bot.troubles.TELL_AGAIN_SECONDS", 0.0)
    await scene.troubles.look()
    await scene.troubles.look()
    assert [one.is_told for one in scene.book.held.values()] == [True]
    assert len(scene.told()) == 2, "the one that was refused, and the one that came"


async def test_a_workspace_that_took_the_app_out_is_told_to_the_architects_and_home_goes_on(scene: Scene):
    june = Person(name="June Ray", slack="T0AGENCY01/U0JUNE0001", roles=frozenset({"media_lead"}))
    scene.runner.model = MODEL.model_copy(update={"people": (*MODEL.people, june)})
    await scene.post("", channel=june.slack)  # nothing is installed there
    assert set(scene.book.held) == {(TroubleKind.CUT_OFF, "T0AGENCY01")}
    (told,) = scene.told()
    assert "T0AGENCY01" in told
    assert "June Ray can neither be asked nor answer" in told
    await scene.post()
    assert set(scene.book.held) == {(TroubleKind.CUT_OFF, "T0AGENCY01")}, "that home works mends nothing there"

    async def installed(team: str) -> str:
        return f"xoxb-{team}"

    scene.client.token_of = installed
    await scene.post("missing_scope", channel=june.slack)
    assert (TroubleKind.MISSING_SCOPE, "T0AGENCY01/chat.postMessage") in scene.book.held
    assert "in the workspace T0AGENCY01" in scene.told()[-1]
    await scene.post()
    assert (TroubleKind.MISSING_SCOPE, "T0AGENCY01/chat.postMessage") in scene.book.held
    await scene.post(channel=june.slack)
    assert scene.book.held == {}


async def test_somebody_elsewhere_who_cannot_be_written_to_is_no_channel_that_is_gone(scene: Scene):
    async def installed(team: str) -> str:
        return f"xoxb-{team}"

    scene.client.token_of = installed
    await scene.post("channel_not_found", channel="T0AGENCY01/U0JUNE0001")
    assert scene.book.held == {}
    await scene.post("channel_not_found", channel="T0AGENCY01/C0THEIRS01")
    assert set(scene.book.held) == {(TroubleKind.CHANNEL_GONE, "T0AGENCY01/C0THEIRS01")}


@pytest.mark.parametrize("code", ["token_revoked", "token_expired", "invalid_auth", "account_inactive"])
async def test_a_token_slack_no_longer_takes_is_known_though_nobody_can_be_written_to(scene: Scene, code: str):
    await scene.post(code)
    assert set(scene.book.held) == {(TroubleKind.CUT_OFF, "")}
    assert scene.told() == []
    await scene.post(method="auth.test")
    assert scene.book.held == {}


@pytest.mark.parametrize("code", ["ratelimited", "internal_error", "invalid_blocks", "message_not_found"])
async def test_what_is_over_by_itself_or_our_own_fault_is_nobodys_to_mend(scene: Scene, code: str):
    await scene.post(code)
    await scene.post("channel_not_found", channel=MARA)  # a person who cannot be written to is no channel
    assert scene.book.held == {}


async def test_an_edit_refused_for_the_same_channel_under_its_id_is_the_same_trouble(scene: Scene):
    await scene.post("is_archived")
    await scene.post("is_archived", method="chat.update", channel="C0SIGNALS01", ts="1.1")
    assert len(scene.book.held) == 1


class TestAskingAround:
    @pytest.fixture(autouse=True)
    def answers(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
        said: dict[str, Any] = {"scopes": EVERYTHING_GRANTED, "deleted": set()}

        async def scopes() -> frozenset[str]:
            return frozenset(said["scopes"].split(","))

        async def profile(user: str) -> Any:
            return type("Profile", (), {"deleted": user in said["deleted"]})

        monkeypatch.setattr(scene.troubles._slack, "scopes", scopes)  # pyright: ignore[reportPrivateUsage]
        monkeypatch.setattr(scene.troubles._slack, "profile", profile)  # pyright: ignore[reportPrivateUsage]
        return said

    async def test_permissions_are_missed_before_they_are_needed(self, scene: Scene, answers: dict[str, Any]):
        answers["scopes"] = EVERYTHING_GRANTED.replace(",pins:write", "")
        await scene.troubles.ask_around()
        assert "`pins:write`" in scene.told()[0]
        answers["scopes"] = EVERYTHING_GRANTED
        await scene.troubles.ask_around()
        assert scene.book.held == {}

    async def test_somebody_who_has_left_is_named_with_what_waits_for_them(self, scene: Scene, answers: dict[str, Any]):
        answers["deleted"] = {MARA}
        await scene.troubles.ask_around()
        (told,) = scene.told()
        assert told.startswith("⚠️ Mara Lindt has no active Slack account any more. Nobody else is media lead")
        assert MARA not in told

    async def test_an_architect_who_has_left_is_not_written_to(self, scene: Scene, answers: dict[str, Any]):
        answers["deleted"] = {ADA}
        await scene.troubles.ask_around()
        assert scene.told() == []
        assert scene.kinds() == {TroubleKind.PERSON_GONE}


async def test_app_home_says_what_is_wrong(valid: Any):
    runner = FakeRunner()
    inbox = await runner.inbox(ADA)
    wrong = (Trouble(kind=TroubleKind.CHANNEL_ARCHIVED, about="C0SIGNALS01", since=NOW - timedelta(hours=1)),)
    shown = home(inbox.model_copy(update={"health": inbox.health.model_copy(update={"troubles": wrong})}), MODEL, NOW)
    assert "The channel <#C0SIGNALS01> is archived" in str(shown)
    valid(shown)
    assert "archived" not in str(home(inbox, MODEL, NOW))


@pytest.mark.parametrize("kind", list(TroubleKind))
def test_every_kind_of_trouble_has_words_that_hold_no_mention(kind: TroubleKind):
    for about in ("", CHANNEL, "C0SIGNALS01", "U0GONE0001", "<!channel>", "{about}"):
        words = said_plainly(kind, about, MODEL)
        assert words.endswith(".")
        assert "<!" not in words
        assert "<@" not in words
