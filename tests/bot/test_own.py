"""What is one person's own, in Slack: their digest, the week, the page, their settings, and what their home shows."""

import re
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot import names
from bot.blocks import Message, aloud
from bot.board import SlackBoard
from bot.filters import ALL, FILTERS, MINE, TEAM, filtered
from bot.home import home
from bot.own import hand_over_form, own_form, you
from bot.own_digest import own_digest
from bot.quiet import hushed, nudge
from bot.summary_page import alt, has_page, render_page
from bot.weekly import NO_DATA, figure_words, hours, terms, weekly
from domain.case import Inbox
from domain.operating_model import Delegation
from domain.own import OwnSettings
from domain.rhythm import WEEKDAYS, Preferences, usual
from domain.summaries import MEANINGS, Figure, Measure, Opinions, OwnDigest, Waiting
from tests.bot.fakes import FakeRunner, FakeSlack
from tests.bot.figures import EFFECTS, NOTHING, QUIET, SUMMARY
from tests.bot.samples import CASE, CLEO, EVE, HEALTH, MARA, MODEL, NOW, SIG, TODAY
from tests.bot.test_listeners import app, press_at_home, send, team

__all__ = ["app", "send"]
Valid = Callable[[Any], None]
DAY = date(2026, 3, 15)
EIGHT = (*SUMMARY.steps, *SUMMARY.steps[:3])


def waits(number: int = 1, **more: Any) -> Waiting:
    fields: dict[str, Any] = {
        "proposal_id": f"prop_{number:012x}", "title": "Shift budget for Trail Shoe video",
        "headline": "Trail Shoe video on Meta is wearing out", "at_stake_per_day": 118, "currency": "EUR",
        "signal_id": SIG, "until": NOW + timedelta(days=2), "role": "media_lead",
    }  # fmt: skip
    return Waiting.model_validate(fields | more)


def digest(*waiting: Waiting, **more: Any) -> OwnDigest:
    return OwnDigest(user=MARA, day=DAY, as_of=TODAY, waiting=waiting, **more)


def said(made: Any) -> str:
    return aloud(made.blocks if isinstance(made, Message) else made["blocks"], 20_000)


def settings(**more: Any) -> OwnSettings:
    fields: dict[str, Any] = {
        "user": MARA, "chosen": usual(MODEL.digest), "is_usual": True, "timezone": "Europe/Berlin",
        "is_resting": False, "today": DAY,
    }  # fmt: skip
    return OwnSettings.model_validate(fields | more)


def test_an_owner_reads_first_what_waits_until_when_and_what_is_at_stake(valid: Valid):
    made = own_digest(digest(waits(), changed=("New: Checkout broke",), measured=("Pause ad: CPA −11 %",)))
    valid(made)
    words = said(made)
    assert made.text == "15 March: 1 decision for you, €118 a day at stake, 1 changed and 1 measured"
    assert words.index("Waits for you") < words.index("Changed for you") < words.index("What came of your decisions")
    assert f"<!date^{int((NOW + timedelta(days=2)).timestamp())}" in words
    assert "about €118 a day at stake · you are asked as media lead" in words


def test_two_questions_about_one_signal_put_its_money_at_stake_once():
    assert "2 decisions for you, €118 a day" in own_digest(digest(waits(1), waits(2))).text
    other = waits(2, signal_id="sig_other", currency="USD", at_stake_per_day=50)
    assert "€118 and $50 a day" in own_digest(digest(waits(1), other)).text


def test_it_says_in_whose_place_and_why_a_question_came_to_them():
    words = said(own_digest(digest(waits(1, instead_of="Ada <!here>"), waits(2, is_passed_on=True))))
    assert "you stand in for Ada &lt;!here&gt; as media lead" in words
    assert "passed on to you: nobody answered" in words


def test_forty_questions_and_a_quiet_day_are_messages_slack_takes(valid: Valid):
    many = own_digest(digest(*(waits(n, title="x" * 900, headline="y" * 900) for n in range(40))))
    valid(many)
    assert "and 32 more decisions" in said(many)
    valid(own_digest(digest()))


def test_a_week_says_every_rate_with_its_n_and_its_money_with_its_interval(valid: Valid):
    made = weekly(SUMMARY, "F000001")
    valid(made)
    words = said(made)
    assert "*+€1,240* [€310, €2,170] from 1 effect (n = 1)" in words
    assert "80 % [38, 96], n = 5" in words
    assert "median 3.2 h, p90 26.0 h, n = 5" in words
    assert f"*Signal to live*\n{NO_DATA} (n = 0)" in words
    assert "about 9.5 h saved (an estimate, not a measurement; 12 pieces of work)" in words
    assert "performance: right direction 7 of 9, inside the interval 8 of 9, on average 3 % above the forecast" in words
    assert "this figure has no price" in words
    assert "*Learning speed*\nmedian 8.9 days, p90 15.8 days, n = 9" in words
    assert "*Answers to people's questions:* 14 found helpful, 2 not (n = 16)" in words
    nobody = SUMMARY.model_copy(update={"opinions": Opinions()})
    assert "found helpful" not in said(weekly(nobody))
    assert made.blocks[-2]["slack_file"] == {"id": "F000001"}


def test_where_nothing_was_measured_no_rate_is_said(valid: Valid):
    for told in (NOTHING, QUIET):
        valid(weekly(told))
    words = said(weekly(QUIET))
    assert "Summary: 9 to 15 March, Meta" in words
    assert not re.search(r"\d %", words.replace("80 % interval", "").replace("95 %", ""))
    assert "Nothing happened" in said(weekly(NOTHING))


@pytest.mark.parametrize("measure", list(Measure))
def test_a_figure_without_an_n_is_no_data_yet_and_one_with_it_names_it(measure: Measure):
    assert figure_words(Figure(measure=measure, n=0)) == f"{NO_DATA} (n = 0)"
    if MEANINGS[measure].unit != "count":
        assert figure_words(Figure(measure=measure, n=7, value=0.5)).endswith("n = 7")


def test_a_lead_who_never_designed_is_told_so_and_not_divided_by_nothing():
    assert figure_words(Figure(measure=Measure.APPROVE_TO_DESIGN, n=5)) == "no act of design yet (n = 5)"


def test_what_every_figure_means_can_be_read(valid: Valid):
    valid(terms())
    words = said(terms())
    assert all(one.name in words and one.of in words for one in MEANINGS.values())
    assert "root of the sum of squared distances" in words


@pytest.mark.parametrize(("value", "words"), [(0.25, "15 min"), (3.24, "3.2 h"), (60, "2.5 days")])
def test_times_are_said_as_people_do(value: float, words: str):
    assert hours(value) == words


def test_the_page_is_drawn_at_phone_width_with_its_content_in_words():
    page = render_page(SUMMARY)
    width = int.from_bytes(page[16:20], "big")
    assert (page[:4], width) == (b"\x89PNG", 1080)
    words = alt(SUMMARY)
    assert "week of 9 March: 4 of 5" in words
    assert "€1,240, 95 % sure between €310 and €2,170" in words
    assert not has_page(NOTHING)
    assert render_page(SUMMARY.model_copy(update={"weights": ()})) != page
    assert render_page(SUMMARY.model_copy(update={"steps": (), "weights": EFFECTS})) != page


def test_two_months_of_weeks_fit_on_the_page():
    weeks = tuple(one.model_copy(update={"first_day": DAY + timedelta(days=7 * n)}) for n, one in enumerate(EIGHT))
    assert render_page(SUMMARY.model_copy(update={"steps": weeks}))[:4] == b"\x89PNG"


async def test_the_page_is_stored_once_for_all_who_get_the_week(runner: FakeRunner, client: AsyncWebClient, slack):
    board = SlackBoard(runner, client)
    for user in (MARA, CLEO):
        assert await board.tell_week(user, DAY, SUMMARY)
    assert len(slack.uploads) == 1
    assert [sent["channel"] for sent in slack.calls("chat.postMessage")] == [MARA, CLEO]


async def test_a_page_slack_does_not_take_keeps_no_week_back(runner: FakeRunner, client: AsyncWebClient, slack):
    slack.refuse("files.getUploadURLExternal", "missing_scope")
    assert await SlackBoard(runner, client).tell_week(MARA, DAY, SUMMARY)
    (sent,) = slack.calls("chat.postMessage")
    assert "slack_file" not in str(sent["blocks"])


async def test_a_digest_sent_twice_is_one_message_and_nobody_is_written_to_who_left(
    runner: FakeRunner, client: AsyncWebClient, slack: FakeSlack
):
    board = SlackBoard(runner, client)
    for _ in range(2):
        assert await board.tell_own(digest(waits()))
    assert len(slack.messages) == 1
    slack.refuse("chat.postMessage", "user_disabled")
    assert not await board.tell_own(digest(waits()).model_copy(update={"user": EVE}))
    assert runner.kept == {}


async def test_a_card_of_the_night_names_who_sleeps_and_mentions_who_does_not(
    runner: FakeRunner, client: AsyncWebClient, slack: FakeSlack
):
    runner.resting = (MARA,)
    board = SlackBoard(runner, client)
    await board.show(SIG)
    first = str(slack.calls("chat.postMessage")[0])
    assert f"<@{MARA}>" not in first
    assert "Mara Lindt" in first
    assert f"<@{CLEO}>" in first
    for _ in range(2):
        await board.nudge(SIG, MARA, "person_1/card")
    (told,) = [sent for sent in slack.calls("chat.postMessage") if f"<@{MARA}>" in str(sent)]
    assert told["thread_ts"] == runner.kept[SIG][f"{SIG}/card"].ts


def test_a_message_without_mentions_of_the_resting_is_the_very_same():
    message = nudge(CASE, MARA)
    assert hushed(message, (CLEO,), MODEL) == message
    assert f"<@{MARA}>" not in str(hushed(message, (MARA,), MODEL))


def test_you_says_what_holds_and_offers_to_change_it(valid: Valid):
    blocks = you(settings(), MODEL)
    valid({"type": "home", "blocks": blocks})
    words = said({"blocks": blocks})
    assert "Digest at 08:30" in words
    assert "Quiet from 20:00 to 07:00" in words
    assert "At work: Monday to Friday" in words
    assert "what is usual in the company" in words
    own = Preferences(working_days=frozenset(WEEKDAYS), quiet=None, digest_at=None, timezone="Asia/Tokyo")
    changed = said({"blocks": you(settings(chosen=own, is_usual=False, is_resting=True), MODEL)})
    assert all(one in changed for one in ("No digest", "No quiet hours", "every day", "You are at rest now"))


def test_who_stands_in_and_who_was_asked_for_is_said_with_the_day(valid: Valid):
    away = Delegation(of=MARA, to=CLEO, first_day=DAY, last_day=DAY + timedelta(days=5))
    now = you(settings(away=away), MODEL)
    valid({"type": "home", "blocks": now})
    assert "Cleo Okafor stands in for you until the end of 20 March" in said({"blocks": now})
    asked = said({"blocks": you(settings(asked=away), MODEL)})
    assert "(asked, not agreed to yet)" in asked


def test_forms_hold_what_was_chosen_also_between_the_half_hours(valid: Valid):
    odd = Preferences(
        working_days=frozenset({"mon"}), quiet=(time(21, 5), time(6, 40)), digest_at=time(7, 15), tells_quiet_days=True
    )
    form = own_form(settings(chosen=odd))
    for made in (form, own_form(settings()), hand_over_form()):
        valid(made)
    held = {block["block_id"]: block["element"] for block in form["blocks"] if block["type"] == "input"}
    assert held["digest_at"]["initial_option"]["value"] == "07:15"
    assert held["quiet_since"]["initial_option"]["value"] == "21:05"
    assert [one["value"] for one in held["days"]["initial_options"]] == ["mon"]


def inbox(**more: Any) -> Inbox:
    fields: dict[str, Any] = {"user": MARA, "roles": ("media_lead",), "mine": (), "others": (), "decided": ()}
    return Inbox.model_validate(fields | {"health": HEALTH} | more)


def test_mine_my_teams_and_all_are_what_they_say():
    strange = CASE.model_copy(
        update={"signal": CASE.signal.model_copy(update={"owners": ("web_lead",)}), "proposals": ()}
    )
    whole = inbox(mine=(CASE,), others=(CASE, strange), decided=(CASE,), decided_by_others=(strange,))
    assert filtered(whole, ALL) == whole
    team = filtered(whole, TEAM)
    assert (team.mine, team.others, team.decided, team.decided_by_others) == ((CASE,), (CASE,), (CASE,), ())
    mine = filtered(whole, MINE)
    assert (mine.mine, mine.others, mine.decided) == ((CASE,), (), ())


@pytest.mark.parametrize("shown", FILTERS)
def test_the_home_remembers_in_itself_what_it_shows(valid: Valid, shown: str):
    view = home(inbox(mine=(CASE,)), MODEL, NOW, settings(), shown)
    valid(view)
    assert view["private_metadata"] == shown
    (chosen,) = [
        one["value"] for block in view["blocks"] if block.get("block_id") == "filter" for one in block["elements"]
        if one.get("style") == "primary"
    ]  # fmt: skip
    assert chosen == shown


def filled(form: dict[str, Any], user: str, **typed: str) -> dict[str, Any]:
    """The form sent as Slack sends it: what it held, and what was chosen instead."""
    values: dict[str, Any] = {}
    for block in form["blocks"]:
        if block["type"] != "input":
            continue
        name, element = block["block_id"], block["element"]
        state: dict[str, Any] = {"type": element["type"]}
        match element["type"]:
            case "checkboxes":
                state["selected_options"] = element.get("initial_options", [])
            case "static_select":
                held = element.get("initial_option")
                state["selected_option"] = {"value": typed[name]} if name in typed else held
            case "users_select":
                state["selected_user"] = typed.get(name)
            case "datepicker":
                state["selected_date"] = typed.get(name)
            case _:
                state["value"] = typed.get(name, element.get("initial_value"))
        values[name] = {element["action_id"]: state}
    sent = {**form, "id": "V2", "state": {"values": values}, "hash": "1", "team_id": "T1"}
    return {"type": "view_submission", **team(), "user": {"id": user}, "view": sent, "trigger_id": "1.2.3"}


class TestPresses:
    """Through the real bolt app."""

    async def test_a_choice_of_what_is_shown_stays_when_something_else_is_pressed(self, send, slack):
        await send(press_at_home(f"{names.FILTER_HOME}_{MINE}", MARA, MINE))
        assert slack.calls("views.publish")[-1]["view"]["private_metadata"] == MINE
        refresh = press_at_home(names.REFRESH_HOME, MARA, "home")
        refresh["view"]["private_metadata"] = MINE
        await send(refresh)
        assert slack.calls("views.publish")[-1]["view"]["private_metadata"] == MINE

    async def test_a_person_changes_their_own_and_sees_it_at_once(self, send, slack, runner):
        await send(press_at_home(names.CHANGE_OWN, MARA))
        form = slack.calls("views.open")[-1]["view"]
        response = await send(filled(form, MARA, digest_at="07:00", quiet_since="19:30"))
        assert response.body in ("", None)
        assert runner.personal.chosen[MARA].digest_at == time(7)
        assert runner.personal.chosen[MARA].quiet == (time(19, 30), time(7))
        assert "Digest at 07:00" in str(slack.calls("views.publish")[-1])

    async def test_what_cannot_be_is_said_at_its_field(self, send, slack, runner):
        await send(press_at_home(names.CHANGE_OWN, MARA))
        form = slack.calls("views.open")[-1]["view"]
        response = await send(filled(form, MARA, timezone="Mars"))
        assert "timezone" in response.body
        assert runner.personal.chosen == {}

    async def test_handing_over_asks_and_changes_nothing_by_itself(self, send, slack, runner):
        await send(press_at_home(names.HAND_OVER, MARA))
        form = slack.calls("views.open")[-1]["view"]
        response = await send(filled(form, MARA, to=CLEO, last_day="2026-03-20", reason="on holiday"))
        assert runner.calls[-1] == ("hand_over", MARA, CLEO, "2026-03-20", "on holiday")
        assert "agrees to it" in response.body
        back = await send(filled(form, MARA, to=MARA, last_day="2026-03-20", reason="on holiday"))
        assert "Nobody stands in for themselves" in back.body

    async def test_coming_back_is_asked_as_well(self, send, slack, runner):
        await send(press_at_home(names.TAKE_BACK, MARA))
        assert runner.calls[-1][:2] == ("take_back", MARA)
        assert "An architect agrees" in str(slack.calls("views.open")[-1])

    async def test_who_is_not_in_the_company_has_nothing_to_set(self, send, slack):
        await send(press_at_home(names.CHANGE_OWN, "U0NOBODY001"))
        assert "You are not in the operating model" in str(slack.calls("views.open")[-1])
