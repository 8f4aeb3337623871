"""Whatever state the domain is in, Slack takes what the bot makes of it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot import modals, thread
from bot.answer import answer
from bot.card import card
from bot.digest import digest, summary
from bot.home import home
from bot.modals import Origin
from domain.case import Answer, Case, Citation, Inbox
from tests.bot.samples import MODEL
from tests.bot.states import cases, digests, inboxes, words

EARLY = datetime(1990, 1, 1, tzinfo=UTC)
"""When everything that was ever done can still be taken back."""
EXAMPLES = settings(
    max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)


@EXAMPLES
@given(case=cases(), mention=st.booleans())
def test_any_case_makes_a_valid_card(valid, case: Case, mention: bool):
    valid(card(case, MODEL, mention=mention))


@EXAMPLES
@given(case=cases())
def test_any_case_makes_valid_thread_messages_and_modals(valid, case: Case):
    for view in case.proposals[:4]:
        for made in (
            thread.receipt(case, view, MODEL),
            thread.receipt(case, view, MODEL, EARLY),
            thread.outcome(case, view),
        ):
            if made:
                valid(made)
        origin = Origin(proposal_id=view.proposal.id, version=1, signal_id=case.signal.id, channel="C1")
        for make in (modals.override, modals.reject, modals.undo, modals.snooze, modals.ask):
            valid(make(case, view, origin))


@EXAMPLES
@given(inbox=inboxes())
def test_any_inbox_makes_a_valid_home(valid, inbox: Inbox):
    valid(home(inbox, MODEL))
    valid(home(inbox, MODEL, EARLY))


@EXAMPLES
@given(written=digests, text=words(), rows=st.lists(st.lists(words(), max_size=25), max_size=120), case=cases())
def test_any_digest_summary_and_evidence_is_valid(valid, written, text, rows, case):
    valid(digest(written))
    valid(summary(text * 10, text))
    valid(thread.evidence(case, rows))


@EXAMPLES
@given(text=words(), question=words(), table=words(), chosen=words(), many=st.integers(0, 40))
def test_any_answer_is_valid(valid, text, question, table, chosen, many):
    cited = Citation(table=table, window=None, filter=chosen)
    valid(answer(Answer(question=question, text=text * 8, citations=(cited,) * many), asked_by="Mara"))


@EXAMPLES
@given(case=cases())
def test_no_text_from_outside_ever_notifies_or_links(case: Case):
    message = card(case, MODEL)
    shown = "\n".join([message.text, *_formatted(message.blocks)])  # plain text holds no tokens, whatever it says
    assert not re.search(r"<!(channel|here|everyone)", shown)
    assert "<https" not in shown
    assert not set(re.findall(r"<@(\w+)>", shown)) - {"U0GONE00001"}  # a decider nobody can name


def _formatted(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        yield from (text for part in value.values() for text in _formatted(part))
    elif isinstance(value, list | tuple):
        yield from (text for part in value for text in _formatted(part))
