"""What people and bots write is shown as Slack shows it, and can never become part of the page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.app.page_browser import CHANNEL, IVO, MARA, SWITCHES, Office, chromium

pytestmark = pytest.mark.browser

SHOW = """async ([module, name, content]) => {
    const { [name]: show } = await import(`/page/js/${module}.js`);
    const holder = document.createElement("div");
    holder.append(...[show(content)].flat(9).filter(Boolean));
    return holder.innerHTML;
}"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    path = chromium()
    from playwright.sync_api import sync_playwright

    folder: Path = tmp_path_factory.mktemp("workspace")
    with Office(folder).open(lambda _: None) as office, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(SWITCHES))
        opened = browser.new_page()
        opened.goto(f"{office.workspace.address}/?user={MARA}")
        opened.locator("body:not(.loading)").wait_for()
        yield opened
        browser.close()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("*CTR* fell _fast_ ~a lot~", "<p><strong>CTR</strong> fell <em>fast</em> <s>a lot</s></p>"),
        ("*bold _and italic_*", "<p><strong>bold <em>and italic</em></strong></p>"),
        ("2*3*4 and snake_case_name", "<p>2*3*4 and snake_case_name</p>"),
        ("* not bold * and *", "<p>* not bold * and *</p>"),
        ("`*code*` stays", "<p><code>*code*</code> stays</p>"),
        ("```a\n*b*```", "<pre><code>a\n*b*</code></pre>"),
        ("&gt; said\n&gt; twice\nthen", "<blockquote>said<br>twice</blockquote><p>then</p>"),
        ("• one\n• two", "<ul><li>one</li><li>two</li></ul>"),
        ("3. three\n4. four", '<ol start="3"><li>three</li><li>four</li></ol>'),
        ("a &lt;b&gt; &amp;amp;", "<p>a &lt;b&gt; &amp;amp;</p>"),
        (f"<@{MARA}>", '<p><span class="mention mention-me">@Mara Lind</span></p>'),
        (f"<@{IVO}|ivo>", '<p><span class="mention">@Ivo Brandt</span></p>'),
        ("<!channel>", '<p><span class="mention mention-me">@channel</span></p>'),
        (":seedling: :nonsense:", '<p><span class="emoji" role="img" aria-label="seedling">🌱</span> :nonsense:</p>'),
        ("at 10:30:45", "<p>at 10:30:45</p>"),
    ],
)
def test_mrkdwn_reads_as_in_slack(page: Any, written: str, shown: str) -> None:
    assert page.evaluate(SHOW, ["mrkdwn", "mrkdwn", written]) == shown


def test_links_lead_out_and_own_permalinks_lead_to_the_message(page: Any) -> None:
    out = page.evaluate(SHOW, ["mrkdwn", "mrkdwn", "<https://example.com/a?b=1&amp;c=2|the report>"])
    assert 'href="https://example.com/a?b=1&amp;c=2"' in out
    assert 'rel="noopener noreferrer"' in out
    own = page.evaluate("location.origin") + "/archives/C1/p1700000000000100"
    assert '<a href="#C1/1700000000.000100">' in page.evaluate(SHOW, ["mrkdwn", "mrkdwn", f"<{own}|card>"])


def test_dates_are_told_in_the_readers_time(page: Any) -> None:
    shown = page.evaluate(SHOW, ["mrkdwn", "mrkdwn", "<!date^1773480000^{date_num} at {time}|14 March>"])
    assert "2026-03-14 at " in shown
    assert 'title="14 March"' in shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("## Last week\nCTR **fell**", "Last week</div><p>CTR <strong>fell</strong></p>"),
        ("- a\n  - b\n- c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
        ("| A | B |\n|---|--:|\n| 1 | 2 |", '<td class="at-left">1</td><td class="at-right">2</td>'),
        ("```\nx < 1\n```", "<pre><code>x &lt; 1</code></pre>"),
        ("snake_case_name", "<p>snake_case_name</p>"),
        ("[report](https://example.com)", 'href="https://example.com"'),
    ],
)
def test_markdown_blocks_read_as_markdown(page: Any, written: str, shown: str) -> None:
    assert shown in page.evaluate(SHOW, ["markdown", "markdown", written])


ATTACKS = [
    "<img src=x onerror=alert(1)>",
    "&lt;img src=x onerror=alert(1)&gt;",
    "<javascript:alert(1)|press me>",
    "<data:text/html,x|press me>",
    "[press me](javascript:alert(1))",
    "<https://example.com/\"onmouseover='alert(1)|press me>",
    "`<script>alert(1)</script>`",
    "```<script>alert(1)</script>```",
    "*<b onclick=alert(1)>*",
]


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("module", ["mrkdwn", "markdown"])
def test_markup_in_a_message_stays_words(page: Any, module: str, attack: str) -> None:
    assert harmless(page, module, attack)


HARMLESS = """async ([module, content]) => {
    const { [module]: show } = await import(`/page/js/${module}.js`);
    const holder = document.createElement("div");
    holder.append(...show(content));
    const known = new Set(["P", "STRONG", "EM", "S", "U", "CODE", "PRE", "BLOCKQUOTE", "UL", "OL", "LI", "BR", "HR",
        "A", "SPAN", "DIV", "TIME", "TABLE", "THEAD", "TBODY", "TR", "TH", "TD"]);
    return [...holder.querySelectorAll("*")].every((one) => known.has(one.tagName)
        && one.getAttributeNames().every((name) => !name.startsWith("on"))
        && (one.tagName !== "A" || /^(https?:|mailto:|#)/.test(one.getAttribute("href"))));
}"""


def harmless(page: Any, module: str, content: str) -> bool:
    return page.evaluate(HARMLESS, [module, content])


SIGNS = st.lists(
    st.sampled_from(
        [*"<>&|*_~`:@#!^[]()\n -•1.", "```", "https://", "javascript:", "<@U1>", "&lt;", "script", "Ü", "a b"]
    ),
    max_size=40,
).map("".join)


@pytest.mark.parametrize("module", ["mrkdwn", "markdown"])
@given(written=SIGNS)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_whatsoever_becomes_markup(page: Any, module: str, written: str) -> None:
    assert harmless(page, module, written)


def test_a_bots_blocks_cannot_reach_outside_or_run_anything(page: Any) -> None:
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "<b>x</b>"}},
        {"type": "image", "image_url": "javascript:alert(1)", "alt_text": "a"},
        {"type": "image", "image_url": "https://tracker.example/p.png", "alt_text": "elsewhere"},
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [{"type": "link", "url": "javascript:alert(1)", "text": "press"}],
                }
            ],
        },
        {"type": "unheard_of", "text": "<script>"},
    ]
    shown = page.evaluate(SHOW, ["blocks", "blocks", blocks])
    assert "&lt;b&gt;x&lt;/b&gt;" in shown
    assert "<img" not in shown
    assert "javascript:" not in shown.replace("javascript:alert(1)</", "")
    assert "“unheard_of”" in shown


def test_the_channel_shows_what_was_written_not_what_it_would_do(page: Any) -> None:
    page.get_by_role("combobox", name=f"Message #{CHANNEL}").fill("<img src=x onerror=alert(1)> & *so on*")
    page.keyboard.press("Enter")
    message = page.locator(".message .text").first
    message.wait_for()
    assert message.inner_text() == "<img src=x onerror=alert(1)> & so on"
