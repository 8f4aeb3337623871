"""People work with Baton in the browser: read cards, press, fill in, switch person, let days pass."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from tests.app.page_browser import CHANNEL, IVO, MARA, SWITCHES, Office, chromium, png, soon

pytestmark = pytest.mark.browser
Visit = Callable[..., AbstractContextManager[Any]]


def button(text: str, action_id: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "button",
        "action_id": action_id,
        "value": "prop_1:1",
        "text": {"type": "plain_text", "text": text},
        **more,
    }


def card(stamp: str = "") -> list[dict[str, Any]]:
    why = f"People in *Run Club* tire of the spring story. <@{MARA}>"
    last: dict[str, Any] = {
        "type": "actions",
        "block_id": "decide",
        "elements": [
            button("Approve", "approve", style="primary"),
            button("Override…", "override"),
            button("Snooze", "snooze"),
        ],
    }
    if stamp:
        last = {"type": "context", "elements": [{"type": "mrkdwn", "text": stamp}]}
    return [
        {"type": "header", "text": {"type": "plain_text", "text": "Run Club responds less on Meta: CTR −31 %"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": why}},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "*CTR*\n1.31 % → 0.90 %"}]},
        last,
    ]


OVERRIDE = {
    "type": "modal",
    "callback_id": "override",
    "title": {"type": "plain_text", "text": "Override"},
    "submit": {"type": "plain_text", "text": "Do it, changed"},
    "blocks": [
        {
            "type": "input",
            "block_id": "amount",
            "label": {"type": "plain_text", "text": "Daily budget"},
            "hint": {"type": "plain_text", "text": "EUR per day"},
            "element": {"type": "plain_text_input", "action_id": "to", "initial_value": "120.00"},
        },
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Why"},
            "element": {"type": "plain_text_input", "action_id": "reason", "multiline": True},
        },
    ],
}


def prepare(bot: AsyncApp) -> None:
    """A stand-in for Baton that uses what the real one uses."""

    @bot.action("approve")
    async def approve(ack: Any, body: Any, respond: Any, client: Any) -> None:
        await ack()
        presser = body["user"]["id"]
        if presser != MARA:
            words = f"Only <@{MARA}> may decide this one."
            await respond(words, response_type="ephemeral", replace_original=False)
            return
        stamp = f":white_check_mark: Approved by <@{presser}>"
        where = {"channel": body["channel"]["id"], "ts": body["message"]["ts"]}
        await client.chat_update(**where, text="card", blocks=card(stamp))

    @bot.action("override")
    async def override(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=OVERRIDE)

    @bot.action("snooze")
    async def snooze() -> None:
        await asyncio.sleep(1.2)

    @bot.view("override")
    async def submitted(ack: Any, view: Any) -> None:
        values = view["state"]["values"]
        if values["amount"]["to"]["value"] == "9000":
            await ack(response_action="errors", errors={"amount": "At most 50 % away from today's."})
        else:
            await ack()

    @bot.command("/baton")
    async def command(ack: Any, command: Any) -> None:
        await ack(f"You asked for *{command['text']}*.")

    @bot.event("app_home_opened")
    async def opened(event: Any, client: Any) -> None:
        words = {"type": "section", "text": {"type": "mrkdwn", "text": f"*Waiting for* <@{event['user']}>"}}
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [words]})

    @bot.event("app_mention")
    async def mentioned(event: Any, say: Any) -> None:
        await say("CTR was 0.90 %.", thread_ts=event["ts"])


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    chromium()
    with Office(tmp_path).open(prepare) as opened:
        yield opened


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(SWITCHES))
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Any) -> Visit:
    """A person's window. Leaving it proves that the page never complained, but for what is `known`."""

    @contextmanager
    def window(
        office: Office, user: str = MARA, place: str = "", size: tuple[int, int] = (1280, 800), known: str = ""
    ) -> Iterator[Any]:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]})
        context.set_default_timeout(6000)
        page = context.new_page()
        troubles: list[str] = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
        page.goto(f"{office.workspace.address}/?user={user}#{place}")
        page.locator("body:not(.loading)").wait_for()
        yield page
        context.close()
        assert [trouble for trouble in troubles if not known or known not in trouble] == []

    return window


def test_a_card_opens_into_its_thread_with_evidence_and_chart(office: Office, visit: Visit) -> None:
    root = office.post(blocks=card())["ts"]
    cells = [["Finding", "Change"], ["CTR", "−31 %"]]
    rows = [[{"type": "raw_text", "text": cell} for cell in row] for row in cells]
    office.post(thread_ts=root, blocks=[{"type": "table", "rows": rows}])
    file = office.do(office.client.files_upload_v2(file=png(), filename="ctr.png", title="CTR by day"))["file"]["id"]
    picture = {"type": "image", "slack_file": {"id": file}, "alt_text": "CTR falls from 9 March"}
    office.post(thread_ts=root, blocks=[picture])
    with visit(office) as page:
        page.get_by_role("heading", name="Run Club responds less on Meta").wait_for()
        page.get_by_role("link", name="2 replies").click()
        thread = page.get_by_role("complementary", name="Thread")
        thread.get_by_role("cell", name="−31 %").wait_for()
        image = thread.get_by_role("img", name="CTR falls from 9 March")
        image.scroll_into_view_if_needed()
        assert soon(lambda: image.evaluate("image => image.naturalWidth") == 4)
        thread.get_by_role("button", name="Enlarge").click()
        page.get_by_role("dialog", name="CTR by day").wait_for()


def test_the_owner_approves_and_the_card_changes_in_place(office: Office, visit: Visit) -> None:
    office.post(blocks=card())
    with visit(office) as page:
        page.get_by_role("button", name="Approve", exact=True).click()
        page.get_by_text("✅ Approved by @Mara Lind").wait_for()
        assert page.get_by_role("button", name="Approve", exact=True).count() == 0
        assert page.get_by_role("heading", name="Run Club responds less").count() == 1
        assert page.get_by_text("(edited)").count() == 1


def test_somebody_else_is_told_privately_that_it_is_not_theirs(office: Office, visit: Visit) -> None:
    office.post(blocks=card())
    with visit(office, IVO) as page, visit(office, MARA) as other:
        page.get_by_role("button", name="Approve", exact=True).click()
        note = page.get_by_role("listitem").filter(has_text="Only visible to you")
        note.wait_for()
        assert "Only @Mara Lind may decide this one." in note.inner_text()
        other.wait_for_timeout(300)
        assert other.get_by_text("Only visible to you").count() == 0


def test_a_press_nobody_answers_is_marked_on_the_button(office: Office, visit: Visit) -> None:
    office.post(blocks=card())
    with visit(office) as page:
        page.get_by_role("button", name="Snooze").click()
        assert page.locator("[data-action=snooze][aria-busy=true]").count() == 1
        alert = page.get_by_role("alert")
        alert.wait_for()
        assert "did not answer in time" in alert.inner_text()
        assert page.locator("[data-action=snooze].warned").count() == 1
        page.wait_for_timeout(700)


def test_an_override_needs_a_reason_and_takes_the_apps_complaint(office: Office, visit: Visit) -> None:
    office.post(blocks=card())
    with visit(office) as page:
        page.get_by_role("button", name="Override…").click()
        modal = page.get_by_role("dialog", name="Override")
        modal.get_by_role("button", name="Do it, changed").click()
        why = modal.get_by_role("textbox", name="Why")
        assert modal.get_by_text("Please fill this in.").is_visible()
        assert why.get_attribute("aria-invalid") == "true"
        assert why.evaluate("field => field === document.activeElement")
        why.fill("Stock is low")
        modal.get_by_role("textbox", name="Daily budget").fill("9000")
        modal.get_by_role("button", name="Do it, changed").click()
        modal.get_by_text("At most 50 % away from today's.").wait_for()
        assert why.input_value() == "Stock is low"
        modal.get_by_role("textbox", name="Daily budget").fill("150")
        modal.get_by_role("button", name="Do it, changed").click()
        modal.wait_for(state="detached")


def test_escape_closes_a_modal_for_the_workspace_too(office: Office, visit: Visit) -> None:
    office.post(blocks=card())
    with visit(office) as page:
        page.get_by_role("button", name="Override…").click()
        page.get_by_role("dialog", name="Override").wait_for()
        for _ in range(9):
            page.keyboard.press("Tab")
            assert page.evaluate(
                "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
            )
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="detached")
        assert soon(lambda: office.modals(MARA) == [])


def test_people_switch_with_one_key_and_see_what_is_theirs(office: Office, visit: Visit) -> None:
    office.post(text=f"Look here, <@{IVO}>")
    with visit(office, place="home") as page:
        page.get_by_text("Waiting for @Mara Lind").wait_for()
        page.keyboard.press("u")
        page.get_by_role("menu").wait_for()
        page.keyboard.press("1")
        page.get_by_text("Waiting for @Ivo Brandt").wait_for()
        assert "Ivo Brandt" in page.get_by_label("You", exact=True).inner_text()
        page.get_by_role("link", name=f"{CHANNEL} 1 unread").wait_for()
        page.get_by_role("link", name=CHANNEL).click()
        page.locator(".line-new").wait_for()
        page.get_by_role("link", name=f"{CHANNEL} 1 unread").wait_for(state="detached")


def test_a_question_in_the_channel_and_a_command_get_their_answers(office: Office, visit: Visit) -> None:
    with visit(office) as page:
        field = page.get_by_role("combobox", name=f"Message #{CHANNEL}")
        field.press_sequentially("@Bat")
        page.get_by_role("option", name="Baton").wait_for()
        field.press("Tab")
        assert field.input_value() == "@Baton "
        field.press_sequentially("how is CTR & <b>?")
        field.press("Enter")
        page.get_by_role("link", name="1 reply").wait_for()
        assert page.locator(".message").first.locator(".text").inner_text() == "@Baton how is CTR & <b>?"
        field.press_sequentially("/baton sta")
        field.press("Enter")
        field.press("Enter")
        page.get_by_text("You asked for status.").wait_for()


def test_messages_arrive_by_themselves_and_do_not_move_the_reader(office: Office, visit: Visit) -> None:
    office.post(text="\n".join(f"Line {number}" for number in range(60)))
    office.post(text="Before")
    with visit(office) as page:
        page.get_by_text("Before", exact=True).wait_for()
        page.locator("#channel .scroll").evaluate("box => box.scrollTo(0, 0)")
        page.wait_for_timeout(200)
        office.post(text="Later")
        page.get_by_role("button", name="1 new message").wait_for()
        assert page.locator("#channel .scroll").evaluate("box => box.scrollTop") == 0
        page.get_by_role("button", name="1 new message").click()
        page.get_by_text("Later", exact=True).wait_for()
        office.post(text="Last")
        page.get_by_text("Last", exact=True).wait_for()
        assert page.get_by_role("button", name="new message").count() == 0


def test_a_week_passes_and_the_page_says_what_happened(office: Office, visit: Visit) -> None:
    root = office.post(blocks=card())["ts"]
    change = {"address": "meta/a1/campaign/c1/daily_budget", "was": "240.00", "to": "200.00", "by": MARA}

    async def outcome() -> None:
        office.market.history.append({**change, "day": "2026-03-14", "token": "t1"})
        words = "Outcome: CTR *+28 %* [10, 47]"
        await office.client.chat_postMessage(channel=CHANNEL, thread_ts=root, text=words)

    office.market.on_advance = outcome
    with visit(office) as page:
        page.get_by_text("Saturday, 14 March 2026").wait_for()
        page.get_by_text("Halden Outdoor").wait_for()
        page.get_by_role("group", name="Demo clock").get_by_role("button", name="Next week").click()
        page.get_by_role("progressbar", name="Days passing").wait_for()
        report = page.get_by_role("region", name="What happened")
        report.get_by_text("Outcome: CTR +28 % [10, 47]").wait_for()
        page.get_by_text("Saturday, 21 March 2026", exact=True).wait_for()
        report.get_by_role("link", name="1 change in the ad account").click()
        row = page.get_by_role("listitem").filter(has_text="Spring prospecting daily budget")
        assert "240.00 EUR → 200.00 EUR" in row.inner_text()
        assert "by Mara Lind" in row.inner_text()
        page.get_by_role("link", name=CHANNEL).click()
        page.get_by_role("link", name="1 reply").click()
        thread = page.get_by_role("complementary", name="Thread")
        thread.get_by_text("Saturday, 21 March", exact=True).wait_for()


def test_outside_the_demo_there_is_no_clock_and_no_ad_account(tmp_path: Path, visit: Visit) -> None:
    with Office(tmp_path, demo=False).open(prepare) as office, visit(office) as page:
        page.get_by_role("link", name=CHANNEL).wait_for()
        assert page.get_by_role("button", name="Next week").count() == 0
        assert page.get_by_role("link", name="Ad account").count() == 0


def test_a_lost_workspace_is_said_and_found_again(office: Office, visit: Visit) -> None:
    with visit(office, known="503") as page:
        page.route("**/control/state*", lambda route: route.fulfill(status=503, json={"error": "starting"}))
        office.post(text="Unseen")
        page.get_by_role("status").filter(has_text="starting").wait_for()
        page.unroute("**/control/state*")
        office.post(text="Seen")
        page.get_by_text("Unseen").wait_for()


def test_on_a_phone_everything_is_within_reach(office: Office, visit: Visit) -> None:
    root = office.post(blocks=card())["ts"]
    office.post(thread_ts=root, text="Evidence")
    with visit(office, size=(390, 844)) as page:
        wide = "document.documentElement.scrollWidth > innerWidth"
        assert not page.evaluate(wide)
        page.get_by_role("button", name="Places and people").click()
        page.get_by_role("radio", name="Ivo Brandt, CRM lead").click()
        page.get_by_role("link", name=CHANNEL).click()
        page.get_by_role("link", name="1 reply").click()
        page.get_by_role("complementary", name="Thread").get_by_text("Evidence").wait_for()
        assert not page.get_by_role("main").is_visible()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Approve", exact=True).wait_for()
        assert not page.evaluate(wide)


def test_arrows_walk_through_messages_and_the_sheet_lists_the_keys(office: Office, visit: Visit) -> None:
    office.post(text="First")
    second = office.post(text="Second")["ts"]
    office.post(thread_ts=second, text="Reply")
    with visit(office) as page:
        page.get_by_text("Second").wait_for()
        page.keyboard.press("m")
        page.keyboard.press("ArrowUp")
        assert "First" in page.evaluate("document.activeElement.innerText")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("t")
        page.get_by_role("complementary", name="Thread").get_by_text("Reply", exact=True).wait_for()
        page.keyboard.press("?")
        page.get_by_role("dialog", name="Keyboard shortcuts").wait_for()
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.get_by_role("complementary", name="Thread").wait_for(state="hidden")


def test_every_control_has_a_name_and_the_theme_is_remembered(office: Office, visit: Visit) -> None:
    office.post(blocks=card())
    nameless = """() => [...document.querySelectorAll('button, a[href], input, textarea, select')]
        .filter(one => one.getClientRects().length && !(one.innerText || '').trim() && !one.getAttribute('aria-label')
            && !one.labels?.length && !one.getAttribute('aria-labelledby')).map(one => one.outerHTML)"""
    with visit(office) as page:
        page.get_by_role("button", name="Override…").click()
        page.get_by_role("dialog", name="Override").wait_for()
        assert page.evaluate(nameless) == []
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Use dark colours").click()
        page.reload()
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        page.get_by_role("button", name="Use light colours").wait_for()
