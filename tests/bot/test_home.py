"""App Home of a busy lead: what is stopped and what waits on top, what others decided, and the system in two lines."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.blocks import aloud
from bot.home import home, system
from bot.names import SHOW_DESIGN
from domain.case import Case, Inbox, ProposalStatus
from domain.proposal import Expired, Rejected
from domain.receipt import ReceiptStatus
from tests.bot.designs import LOOSER, amendment, emergency, stop
from tests.bot.samples import (
    ADA,
    APPROVED,
    CASE,
    FLOW,
    FLOWING,
    HEALTH,
    MARA,
    MODEL,
    NILS,
    NOW,
    SHIFTING,
    case_of,
    receipt,
    view,
)

Valid = Callable[[Any], None]
DONE = view(
    SHIFTING, ProposalStatus.EXECUTED, decision=APPROVED, receipt=receipt(ReceiptStatus.DONE), in_emergency=True
)
REFUSED = view(
    FLOWING,
    ProposalStatus.REJECTED,
    decision=Rejected(proposal_id=FLOW, version=1, by=NILS, at=NOW, reason="They hear enough"),
)


def inbox(**more: Any) -> Inbox:
    return Inbox(**{"user": ADA, "roles": ("cmo",), "mine": (), "others": (), "decided": (), "health": HEALTH, **more})


def said(shown: Any) -> str:
    return aloud(shown["blocks"] if isinstance(shown, dict) else shown, most=100_000)


def test_a_cmo_reads_what_others_decided_and_who_decided_it(valid: Valid):
    shown = home(inbox(decided_by_others=(case_of(DONE, REFUSED, view(FLOWING)),)), MODEL, NOW)
    valid(shown)
    words = said(shown).split("Decided by others, last 7 days", 1)[1]
    assert "• Shift budget: ✅ *Approved by Mara Lindt*" in words
    assert "🚨 in an emergency" in words
    assert "• Start retention flow: ✖️ *Rejected by Nils Berg*" in words
    assert words.count("Start retention flow") == 1, "what waits was decided by nobody"


def test_what_several_forecasts_rest_on_is_said_once():
    guess = "a cautious first guess, nothing measured here yet"
    cases = tuple(map(waiting, range(3)))
    words = said(home(inbox(mine=cases, roles=("media_lead",)), MODEL))
    assert words.count(guess) == 1
    assert words.index(guess) < words.index("Forecast: CPA")
    alone = said(home(inbox(mine=cases[:1], roles=("media_lead",)), MODEL))
    assert f"(80 % sure: −15 to +1 %); {guess}" in alone


def test_where_others_decided_nothing_nothing_is_said_of_it():
    assert "Decided by others" not in said(home(inbox(), MODEL))


def test_what_time_decided_was_decided_by_nobody():
    ran_out = Expired(proposal_id=FLOW, version=1, by="baton", at=NOW)
    case = case_of(DONE, view(FLOWING, ProposalStatus.EXPIRED, decision=ran_out))
    assert "Start retention flow" not in said(home(inbox(decided_by_others=(case,)), MODEL))


def test_what_is_stopped_and_what_governance_waits_for_stand_above_every_decision(valid: Valid):
    shown = home(
        inbox(
            mine=(CASE,), roles=("media_lead",), stops=(stop(),), emergency=emergency(MARA),
            to_review=(emergency(NILS),), to_agree=(amendment(),),
        ),
        MODEL,
        NOW,
    )  # fmt: skip
    valid(shown)
    words = said(shown)
    order = [
        "⛔ *Stopped: the content agent*, by Nils Berg",
        "🚨 *Emergency*: Mara Lindt decides alone until",
        "🔎 *An emergency is to be reviewed*: Nils Berg",
        "📝 *A change of the rules waits for you*, drafted by Mara Lindt",
        LOOSER,
        "*1 decision* waits for you",
    ]
    places = [words.index(part) for part in order]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "more",
    [{"stops": (stop(),)}, {"emergency": emergency()}, {"to_review": (emergency(),)}, {"to_agree": (amendment(),)}],
)
def test_each_of_them_leads_to_the_tab_where_it_is_answered_and_whose_button_stands_there_once(
    valid: Valid, more: dict[str, Any]
):
    shown = home(inbox(**more), MODEL)
    valid(shown)
    assert "in the *Design* tab above" in said(shown)
    assert str(shown).count(f"'{SHOW_DESIGN}'") == 1


@pytest.mark.parametrize("more", [{"to_review": (emergency(MARA),)}, {"to_agree": (amendment(),)}])
def test_while_governance_waits_for_somebody_nobody_tells_them_that_nothing_does(more: dict[str, Any]):
    assert "Nothing waits for you" not in said(home(inbox(**more), MODEL))
    assert "✅ *Nothing waits for you, Ada Moreau.*" in said(home(inbox(stops=(stop(),)), MODEL))


def waiting(number: int) -> Case:
    return case_of(view(SHIFTING.model_copy(update={"id": f"prop_{number:012x}"})))


def test_a_hundred_of_everything_still_fits(valid: Valid):
    crowd: dict[str, Any] = {
        "stops": (stop(),) * 100, "to_review": (emergency(MARA),) * 100, "to_agree": (amendment(),) * 100,
        "decided_by_others": (case_of(*[DONE] * 10),) * 100, "mine": tuple(map(waiting, range(100))),
        "others": (CASE,) * 100, "decided": (case_of(REFUSED),) * 100, "roles": ("media_lead", "creative_lead"),
    }  # fmt: skip
    shown = home(inbox(**crowd), MODEL, NOW)
    valid(shown)
    assert "and 288 more in the Design tab" in said(shown)


def test_a_system_that_is_well_takes_a_line_per_kind_of_thing():
    well = HEALTH.model_copy(update={"gaps": ()})
    words = said(system(well))
    assert "*Sources:* 2 tables read · 0 gaps" in words
    assert "*Agents:* all 2 looked, 0 did not" in words
    assert "ad_report" not in words
    assert "performance" not in words
    assert "⚠️" not in words


def test_what_is_not_well_is_told_in_full():
    late = "questions: up to 11 March, 40 rows"
    failed = "content: failed on 14 March, ValueError"
    ill = HEALTH.model_copy(update={"sources": (*HEALTH.sources, late), "agents": (*HEALTH.agents, failed)})
    words = said(system(ill))
    assert "3 tables read, 1 of them not up to 14 March · 1 gap" in words
    assert "*Agents:* 2 looked, 1 did not" in words
    for one in (late, failed, HEALTH.gaps[0]):
        assert f"⚠️ {one}" in words
    assert HEALTH.sources[0] in said(system(ill, whole=True))


def test_a_source_of_the_eleventh_does_not_pass_for_one_of_the_first():
    first = HEALTH.model_copy(
        update={"last_sweep": NOW.date().replace(day=1), "sources": ("a: up to 11 March, 1 row",)}
    )
    assert "⚠️ a: up to 11 March" in said(system(first))


def test_cases_of_others_keep_their_end(valid: Valid):
    closed = Case(**{**dict(case_of(DONE)), "is_open": False})
    valid(home(inbox(decided_by_others=(closed,)), MODEL, NOW + timedelta(days=1)))
