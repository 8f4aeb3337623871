"""Whatever state the domain is in, Slack takes what the bot makes of it.

`pytest tests/bot/test_any_state.py --any-states 10000` tries ten thousand.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot import modals, thread
from bot.answer import answer
from bot.blocks import Message
from bot.card import card
from bot.digest import digest
from bot.home import home
from bot.modals import Origin
from bot.own_digest import own_digest
from bot.weekly import weekly
from domain.case import Answer, Case, Citation, Inbox
from tests.bot.samples import MODEL
from tests.bot.states import cases, digests, inboxes, own_digests, summaries, words

EARLY = datetime(1990, 1, 1, tzinfo=UTC)
"""When everything that was ever done can still be taken back."""
FORMS = (
    modals.override, modals.reject, modals.undo, modals.snooze, modals.ask, modals.was_done, modals.was_not_done
)  # fmt: skip
EXAMPLES = settings.get_profile("any states")


@EXAMPLES
@given(case=cases(), mention=st.booleans(), rows=st.lists(st.lists(words(), max_size=25), max_size=120))
def test_any_case_makes_a_valid_card_thread_and_forms(valid, case: Case, mention: bool, rows):
    message = card(case, MODEL, mention=mention)
    valid(message)
    notifies_only_the_gone(message, mention=mention)
    valid(thread.evidence(case, rows))
    for view in case.proposals[:4]:
        for made in (
            thread.receipt(case, view, MODEL),
            thread.receipt(case, view, MODEL, EARLY),
            thread.outcome(case, view),
            thread.reminder(case, view, "reminder", ("U0MARA0001",)),
        ):
            if made:
                valid(made)
        origin = Origin(proposal_id=view.proposal.id, version=1, signal_id=case.signal.id, channel="C1")
        for make in FORMS:
            valid(make(case, view, origin))


def notifies_only_the_gone(message: Message, *, mention: bool) -> None:
    """No text from outside ever notifies anybody or makes a link; plain text holds no tokens, whatever it says."""
    shown = "\n".join([message.text, *_formatted(message.blocks)])
    assert not re.search(r"<!(channel|here|everyone)", shown)
    assert "<https" not in shown
    if not mention:
        assert not set(re.findall(r"<@(\w+)>", shown)) - {"U0GONE00001"}  # a decider nobody can name


@EXAMPLES
@given(inbox=inboxes())
def test_any_inbox_makes_a_valid_home(valid, inbox: Inbox):
    valid(home(inbox, MODEL))
    valid(home(inbox, MODEL, EARLY))


@EXAMPLES
@given(written=digests, own=own_digests, told=summaries(), page=st.sampled_from((None, "F0000001")))
def test_any_digest_and_summary_is_valid(valid, written, own, told, page):
    valid(digest(written))
    valid(own_digest(own))
    valid(weekly(told, page))


@EXAMPLES
@given(text=words(), question=words(), table=words(), chosen=words(), many=st.integers(0, 40))
def test_any_answer_is_valid(valid, text, question, table, chosen, many):
    cited = Citation(table=table, window=None, filter=chosen)
    valid(answer(Answer(question=question, text=text * 8, citations=(cited,) * many), asked_by="Mara"))


def _formatted(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        yield from (text for part in value.values() for text in _formatted(part))
    elif isinstance(value, list | tuple):
        yield from (text for part in value for text in _formatted(part))
