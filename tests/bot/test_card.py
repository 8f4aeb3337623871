"""What an owner reads on a card, state by state."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot import thread
from bot.blocks import Message
from bot.card import card
from bot.change import changes, names_in
from bot.names import ASK, SNOOZE
from bot.question import LEAST_CALLS, record_words
from bot.stamp import outcome_words
from bot.words import NO_BREAK, metric_short
from domain.action import PutBack, ShiftBudget
from domain.case import CallRecord, Case, ProposalStatus
from domain.finding import FindingKind
from domain.proposal import Expired, Rejected, Snoozed
from domain.receipt import ReceiptStatus
from domain.scope import Scope
from domain.signal import Cause, CloseReason
from domain.verdict import Automatic, Forbidden
from tests.bot.samples import (
    APPROVED,
    CASE,
    CLEO,
    FLOWING,
    MARA,
    META,
    MODEL,
    NILS,
    NOW,
    OUTCOME,
    OVERRIDDEN,
    PAUSING,
    REFRESHING,
    SHIFT,
    SHIFTING,
    SIGNAL,
    TODAY,
    ask,
    case_of,
    receipt,
    view,
)


def drawn(valid: Any, case: Case, *, mention: bool = False) -> Message:
    message = card(case, MODEL, mention=mention)
    valid(message)
    return message


def text(message: Message) -> str:
    return "\n".join(_texts(message.blocks)).replace(NO_BREAK, " ")


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [found for part in value.values() for found in _texts(part)]
    return [found for part in value for found in _texts(part)] if isinstance(value, list | tuple) else []


def buttons(message: Message) -> list[list[str]]:
    return [list(_labels(b["elements"])) for b in message.blocks if b["type"] == "actions"]


def _labels(elements: Any) -> Iterator[str]:
    for one in elements:
        yield from (option["text"]["text"] for option in one.get("options", (one,)))


def test_the_card_says_verdict_why_stake_confidence_and_asks_each_owner(valid):
    message = drawn(valid, CASE)
    said = text(message)
    assert message.blocks[0]["text"]["text"] == "Trail Shoe video on Meta is wearing out: CTR −36\u00a0%"
    assert "The same people have seen the Trail Shoe video 4.1 times" in said
    assert "*Creative fatigue*, very likely (93 %) · *about €118 a day* at stake (wasted spend) · since 9 March" in said
    assert "• *Mara Lindt* (media lead): decide on *2. Shift budget*" in said
    assert "• *Nils Berg* (CRM lead): decide on *3. Start retention flow*" in said
    assert "Click-through rate, last 5 days\n1.31 % → 0.84 %\n*−36 %* (95 % sure: −46 to −27 %)" in said
    assert "Seen by* the performance, creative and lifecycle agents" in said
    assert "Ruled out:* auction pressure (CPM moved only +2 % [-3, 7])" in said
    assert "Still possible:* audience saturation (5 %)" in said


def test_the_figures_on_a_card_are_those_of_its_own_place_and_others_are_named(valid):
    click, cost = SIGNAL.findings[1], SIGNAL.findings[0]
    surer = click.model_copy(update={"scope": Scope(campaign_id="c5"), "observed": 0.0071, "q_value": 0.0})
    elsewhere = cost.model_copy(update={"scope": Scope(campaign_id="c3"), "window_days": 1})
    case = CASE.model_copy(update={"signal": SIGNAL.model_copy(update={"findings": (surer, click, elsewhere)})})
    said = text(drawn(valid, case))
    assert "Click-through rate, last 5 days\n1.31 % → 0.84 %" in said
    assert "Cost per conversion, Spring prospecting, last day\n€38.20 → €55.90" in said


def test_the_arms_of_a_test_are_compared_as_shares(valid):
    decided = SIGNAL.findings[1].model_copy(
        update={"kind": FindingKind.TEST_DECIDED, "metric": "purchases", "baseline": 0.0508, "observed": 0.0671}
    )
    signal = SIGNAL.model_copy(update={"cause": Cause.TEST_READY, "findings": (decided,)})
    closed = {"is_open": False, "closed": CloseReason.RECOVERED, "closed_on": TODAY}
    said = text(drawn(valid, CASE.model_copy(update={"signal": signal} | closed)))
    assert "5.1 % → 6.7 %" in said
    assert "Over · " in said
    assert "the test is over" in said


def test_each_proposal_says_exactly_what_changes_and_what_to_expect(valid):
    said = text(drawn(valid, CASE))
    assert "*Spring prospecting*: €450 → *€400* (−11 %)" in said
    assert "*Brand search*: €200 → *€250* (+25 %)" in said
    assert "Forecast: CPA *−8 %* (80 % sure: −15 to +1 %); a cautious first guess, nothing measured here yet" in said
    assert "Forecast: none; there is too little to go by" in said
    assert "> last time, 14 January: CTR +31 % [12, 52], forecast was +25 %" in said
    assert "Waits for Cleo Okafor (creative lead)*, by <!date^" in said


def test_what_several_forecasts_rest_on_is_said_once_with_their_numbers(valid):
    guess = SHIFTING.forecast
    assert guess is not None
    also = REFRESHING.model_copy(update={"forecast": guess.model_copy(update={"metric": "ctr"})})
    said = text(drawn(valid, case_of(view(also), view(FLOWING), view(SHIFTING))))
    assert said.count("a cautious first guess") == 1
    assert "*What forecasts rest on:* a cautious first guess, nothing measured here yet (1 and 3)" in said


def test_a_number_stays_with_its_proposal_though_what_came_to_nothing_stands_below(valid):
    case = case_of(view(REFRESHING, ProposalStatus.WITHDRAWN), view(SHIFTING), view(FLOWING))
    said = text(drawn(valid, case))
    assert "• *Mara Lindt* (media lead): decide on *2. Shift budget*" in said
    assert said.rindex("*2. Shift budget*\n") < said.rindex("*3. Start retention flow*\n")
    assert said.rindex("*3. Start retention flow*\n") < said.index("*1. Refresh creative*\n")


def test_owners_are_mentioned_once_and_only_when_asked_to(valid):
    first = str(drawn(valid, CASE, mention=True).blocks)
    for owner in (MARA, CLEO, NILS):
        assert first.count(f"<@{owner}>") == 1
    assert "<@" not in str(drawn(valid, CASE).blocks)


def test_somebody_with_two_roles_is_mentioned_once(valid):
    person = MODEL.people[0].model_copy(update={"roles": frozenset({"media_lead", "creative_lead"})})
    model = MODEL.model_copy(update={"people": (person,)})
    message = card(CASE, model, mention=True)
    valid(message)
    assert str(message.blocks).count(f"<@{MARA}>") == 1


def test_buttons_stand_under_what_waits_and_carry_id_and_version_only(valid):
    message = drawn(valid, CASE)
    assert buttons(message) == [["Approve", "Override…", "Reject…", "Snooze: ask me later…", "Ask a question…"]] * 3
    rows = [row["elements"] for row in message.blocks if row["type"] == "actions"]
    wanted = [f"{one.proposal.id}:1" for one in CASE.proposals]
    assert [{one["value"] for one in row[:-1]} for row in rows] == [{value} for value in wanted]
    more = [[option["value"] for option in row[-1]["options"]] for row in rows]
    assert more == [[f"{SNOOZE}:{value}", f"{ASK}:{value}"] for value in wanted]


def test_a_row_of_buttons_fits_on_a_phone_and_says_what_each_is_about(valid):
    message = drawn(valid, CASE)
    for row in (block["elements"] for block in message.blocks if block["type"] == "actions"):
        assert [one["type"] for one in row] == ["button", "button", "button", "overflow"]
        assert all(one["text"]["text"].removesuffix("…") in one["accessibility_label"] for one in row[:-1])


def test_beside_a_forecast_stands_how_earlier_ones_for_this_kind_of_action_held(valid):
    told = CallRecord(measured=11, right=9, inside=8)
    asked = view(SHIFTING).model_copy(update={"record": told})
    words = "Record: *right 9 of 11 times* on this kind of call, 8 inside the forecast's range"
    shown = text(drawn(valid, case_of(asked)))
    assert shown.index("Forecast: CPA") < shown.index(words)
    assert record_words(told.model_copy(update={"measured": LEAST_CALLS - 1})) == ""
    assert record_words(told.model_copy(update={"measured": LEAST_CALLS}))
    assert record_words(None) == ""


def test_a_forecast_or_that_there_is_none_concerns_nobody_once_a_proposal_is_rejected(valid):
    refused = {"decision": Rejected(proposal_id=SHIFT, version=1, by=MARA, at=NOW, reason="Stock is short")}
    bare = SHIFTING.model_copy(update={"forecast": None})
    assert "Forecast" in text(drawn(valid, case_of(view(bare))))
    for one in (SHIFTING, bare):
        assert "Forecast" not in text(drawn(valid, case_of(view(one, ProposalStatus.REJECTED, **refused))))
        approved = text(drawn(valid, case_of(view(one, ProposalStatus.APPROVED, decision=APPROVED))))
        assert ("Forecast" in approved) == (one is SHIFTING)


def test_what_has_no_values_offers_no_override_and_what_sleeps_no_snooze(valid):
    until = Snoozed(proposal_id=SHIFT, version=1, by=MARA, at=NOW, until=NOW + timedelta(hours=4))
    message = drawn(valid, case_of(view(PAUSING), view(SHIFTING, ProposalStatus.SNOOZED, decision=until)))
    assert buttons(message)[0] == ["Approve", "Reject…", "Snooze: ask me later…", "Ask a question…"]
    assert buttons(message)[1] == ["Approve", "Override…", "Reject…", "Ask a question…"]
    assert "Snoozed by Mara Lindt* until <!date^" in text(message)


STAMPS = [
    (ProposalStatus.APPROVED, {"decision": APPROVED}, "✅ *Approved by Mara Lindt* · <!date^1773480600"),
    (ProposalStatus.APPROVED, {"decision": OVERRIDDEN}, "Amount to move per day: €50 → €30"),
    (ProposalStatus.APPROVED, {"decision": OVERRIDDEN}, "Reason: “Brand search is almost sold out this week”"),
    (ProposalStatus.EXECUTED, {"receipt": receipt(ReceiptStatus.DONE)}, "*Done and checked in the ad account* ·"),
    (
        ProposalStatus.EXECUTED,
        {"receipt": receipt(ReceiptStatus.HANDED_OVER)},
        "*Handed over as a task, for Mara Lindt (media lead) to see done* ·",
    ),
    (ProposalStatus.EXECUTED, {"measured_after": TODAY}, "The effect is measured on 14 March."),
    (
        ProposalStatus.DRIFTED,
        {"receipt": receipt(ReceiptStatus.DRIFTED)},
        "(now daily budget of *Spring prospecting*: €450 and",
    ),
    (ProposalStatus.FAILED, {"receipt": receipt(ReceiptStatus.FAILED)}, "Nothing was written. Why: "),
    (ProposalStatus.REHEARSED, {"receipt": receipt(ReceiptStatus.REHEARSED)}, "🧪 *Rehearsed, nothing was written:*"),
    (ProposalStatus.UNKNOWN, {"receipt": receipt(ReceiptStatus.UNKNOWN)}, "⚠️ *Result unknown.*"),
    (ProposalStatus.UNKNOWN, {"receipt": receipt(ReceiptStatus.UNKNOWN)}, "please do not repeat it by hand"),
    (
        ProposalStatus.MEASURED,
        {"decision": APPROVED, "receipt": receipt(ReceiptStatus.DONE), "outcome": OUTCOME},
        "📏 *Measured:* CPA −11 % (95 % sure: −19 to −2 %), forecast was −8 %",
    ),
    (
        ProposalStatus.MEASURED,
        {"outcome": OUTCOME.model_copy(update={"measurable": False, "effect": None, "method": "no sibling campaign"})},
        "*Not measurable:* the effect on CPA could not be measured: no sibling campaign",
    ),
    (
        ProposalStatus.REJECTED,
        {"decision": Rejected(proposal_id=SHIFT, version=1, by=MARA, at=NOW, reason="Stock is short")},
        "✖️ *Rejected by Mara Lindt*",
    ),
    (
        ProposalStatus.EXPIRED,
        {"decision": Expired(proposal_id=SHIFT, version=1, by="baton", at=NOW)},
        "nobody answered in time. Nothing was done.",
    ),
    (ProposalStatus.WITHDRAWN, {}, "a newer proposal took its place"),
    (
        ProposalStatus.FORBIDDEN,
        {"verdict": Forbidden(rules=("Not in Q1",))},
        "Not allowed, whoever asks",
    ),
    (ProposalStatus.PENDING, {"verdict": Automatic(rules=("Pausing is automatic",))}, "No approval needed"),
]


def test_an_override_shows_what_was_approved_and_no_forecast_of_what_was_not(valid):
    message = text(drawn(valid, case_of(view(SHIFTING, ProposalStatus.EXECUTED, decision=OVERRIDDEN))))
    assert "€450 → *€420*" in message
    assert "€400" not in message
    assert "Forecast" not in message


@pytest.mark.parametrize(("status", "more", "said"), STAMPS)
def test_every_state_has_its_own_words_and_nobody_decides_in_it(valid, status, more, said):
    message = drawn(valid, case_of(view(SHIFTING, status, **more)))
    assert said in text(message)
    assert buttons(message) == ([["It was done…", "It was not done…"]] if status is ProposalStatus.UNKNOWN else [])


def test_every_status_is_designed():
    assert {status for status, _, _ in STAMPS} | {ProposalStatus.SNOOZED} == set(ProposalStatus)


def test_an_expiry_is_never_worded_as_a_refusal(valid):
    decision = Expired(proposal_id=SHIFT, version=1, by="baton", at=NOW)
    said = text(drawn(valid, case_of(view(SHIFTING, ProposalStatus.EXPIRED, decision=decision))))
    assert "eject" not in said
    assert "denied" not in said


def test_whoever_must_agree_to_a_change_reads_whose_it_is_and_why(valid):
    changed = view(
        SHIFTING, verdict=ask("cmo", 2), approvals=(MARA,), changed_by=MARA, changed_because="<Easter> is near"
    )
    said = text(drawn(valid, case_of(changed)))
    assert "Changed by Mara Lindt: “&lt;Easter&gt; is near”" in said


def test_two_approvals_are_counted_by_name(valid):
    said = text(drawn(valid, case_of(view(SHIFTING, verdict=ask("cmo", 2), approvals=(MARA,)))))
    assert "Waits for Ada Moreau (CMO)*" in said
    assert "1 of 2 approvals so far: Mara Lindt" in said


@pytest.mark.parametrize("reason", CloseReason)
def test_a_closed_signal_says_how_it_ended_and_asks_nobody(valid, reason):
    message = drawn(valid, case_of(view(SHIFTING), is_open=False, closed=reason, closed_on=TODAY))
    assert message.blocks[0]["text"]["text"].startswith(("Recovered", "Acted on", "Expired"))
    assert "*Closed on 14 March*" in text(message)
    assert buttons(message) == []


def test_forty_proposals_fit_and_what_waits_comes_first(valid):
    done = [view(_named(SHIFTING, n), ProposalStatus.APPROVED, decision=APPROVED) for n in range(30)]
    waiting = [view(_named(FLOWING, n)) for n in range(30, 40)]
    message = drawn(valid, case_of(*done, *waiting))
    assert len(buttons(message)) == 10
    assert "and 30 more proposals, all decided" in text(message)


def test_more_that_waits_than_fits_is_counted(valid):
    message = drawn(valid, case_of(*(view(_named(REFRESHING, n)) for n in range(40))))
    shown = len(buttons(message))
    assert shown >= 8
    assert f"and {40 - shown} more proposals to decide" in text(message)


def test_a_case_without_proposals_says_so(valid):
    assert "No action is proposed." in text(drawn(valid, case_of()))


def test_names_from_outside_stay_names(valid):
    names = {"c3": "*Sale* <!channel>", "c5": "n" * 300}
    signal = SIGNAL.model_copy(update={"names": names})
    said = text(drawn(valid, CASE.model_copy(update={"signal": signal})))
    assert "*∗Sale∗ &lt;!channel&gt;*" in said
    assert "n" * 69 + "…" in said


@pytest.mark.parametrize(
    ("status", "decision"),
    [
        (ProposalStatus.EXECUTED, APPROVED),
        (ProposalStatus.EXECUTED, OVERRIDDEN),
        (ProposalStatus.REJECTED, Rejected(proposal_id=SHIFT, version=1, by=MARA, at=NOW, reason="Not now")),
    ],
)
def test_what_was_decided_in_an_emergency_says_so_on_card_and_in_the_thread(valid, status, decision):
    done = receipt(ReceiptStatus.DONE) if status is ProposalStatus.EXECUTED else None
    one = view(SHIFTING, status, decision=decision, receipt=done, in_emergency=True)
    shown = text(drawn(valid, case_of(one)))
    assert "🚨 in an emergency" in shown
    assert "🚨" not in text(drawn(valid, case_of(one.model_copy(update={"in_emergency": False}))))
    if message := thread.receipt(case_of(one), one, MODEL):
        valid(message)
        assert "🚨 approved in an emergency" in text(message)


def test_to_undo_what_a_team_did_is_called_after_what_they_did(valid):
    back = PutBack(**META, of="refresh_creative", place="meta/a1/ad/ad9", what="Show the former creative again.")
    undo = REFRESHING.model_copy(update={"id": "prop_0000000back", "action": back, "undoes": REFRESHING.id})
    assert "*1. Undo: Refresh creative*" in text(drawn(valid, case_of(view(undo))))


def _named(proposal: Any, number: int) -> Any:
    return proposal.model_copy(update={"id": f"prop_{number:012x}"})


def test_what_could_not_be_measured_is_said_once_and_claims_nothing():
    unclear = OUTCOME.model_copy(update={"effect": 0.04, "interval": (-0.23, 0.41), "forecast": -0.014})
    assert outcome_words(unclear) == (
        f"{metric_short(unclear.metric)}: no clear effect yet (95 % sure: −23 to +41 %), forecast was −1.4 %"
    )
    blind = unclear.model_copy(
        update={"measurable": False, "effect": None, "interval": None, "method": "not measurable: too few days"}
    )
    assert outcome_words(blind) == "the effect on CPA could not be measured: too few days"
    assert outcome_words(blind.model_copy(update={"metric": "none"})).startswith("the effect could not be measured:")


def test_a_proposal_names_what_its_signal_does_not_speak_of():
    action = SHIFTING.action
    assert isinstance(action, ShiftBudget)
    signal = SIGNAL.model_copy(update={"names": {}})
    named = SHIFTING.model_copy(update={"names": {action.from_campaign: "Run Club", action.to_campaign: "Trail shoes"}})
    case = case_of(view(named)).model_copy(update={"signal": signal})
    told = changes(action, names_in(case, named))
    assert told[1].startswith("*Run Club*: ")
    assert told[2].startswith("*Trail shoes*: ")
