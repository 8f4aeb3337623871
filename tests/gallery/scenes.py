"""What the gallery shows: every state of a card, what hangs in its thread, digests, summaries and answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from bot import thread
from bot.answer import answer
from bot.blocks import Message
from bot.card import card
from bot.digest import digest
from bot.introduction import introduction
from bot.own_digest import own_digest
from bot.weekly import weekly
from domain.action import RefreshCreative
from domain.case import Answer, CallRecord, Case, Citation, ProposalStatus, ProposalView
from domain.operating_model import ExecutorSettings, OperatingModel
from domain.proposal import Approved, Expired, Rejected, Snoozed
from domain.receipt import ReceiptStatus
from domain.signal import CloseReason
from domain.verdict import Ask, Automatic, Forbidden
from tests.bot.samples import (
    ADA,
    APPROVED,
    CASE,
    CLEO,
    EVIDENCE,
    FLOWING,
    MARA,
    META,
    MODEL,
    NILS,
    NOW,
    OUTCOME,
    OVERRIDDEN,
    PAUSING,
    REFRESH,
    REFRESHING,
    SHIFT,
    SHIFTING,
    SIGNAL,
    TODAY,
    case_of,
    proposal,
    receipt,
    view,
)  # fmt: skip
from tests.bot.test_undo import DONE, back
from tests.bot.test_unknowns import UNKNOWN, closed
from tests.gallery.figures import DIGEST, OWN, SUMMARY

DRY = MODEL.model_copy(update={"executor": ExecutorSettings(dry_run=True)})
P = ProposalStatus
LATER = NOW + timedelta(days=8)


@dataclass(frozen=True)
class Scene:
    """One message worth a picture."""

    name: str
    words: str
    """What is to be seen, one sentence."""
    message: Message


def _approved(ident: str, by: str) -> Approved:
    return Approved(proposal_id=ident, version=1, by=by, at=NOW)


REFRESHED = view(
    REFRESHING, P.EXECUTED, decision=_approved(REFRESH, CLEO), measured_after=TODAY + timedelta(days=14),
    receipt=receipt(ReceiptStatus.HANDED_OVER).model_copy(
        update={"proposal_id": REFRESH, "before": {}, "after": {}, "answer": "Task 118 in the ad account"}
    ),
)  # fmt: skip
EXECUTED = DONE.model_copy(update={"measured_after": TODAY + timedelta(days=7)})
MEASURED = DONE.model_copy(update={"status": P.MEASURED, "outcome": OUTCOME})
WIDE = OUTCOME.model_copy(
    update={"measurable": False, "effect": 0.02, "interval": (-0.31, 0.42), "method": "the interval is too wide"}
)
NILS_REJECTED = view(
    FLOWING, P.REJECTED,
    decision=Rejected(proposal_id=FLOWING.id, version=1, by=NILS, at=NOW, reason="They had a mail from us on Tuesday."),
)  # fmt: skip
REFRESHING_APPROVED = view(REFRESHING, P.APPROVED, decision=_approved(REFRESH, CLEO))
RTL = "נעלי ריצה לשטח 👟 סרטון אביב"


def _two(status: ProposalStatus, decision: object, **more: object) -> Case:
    """The budget question in one state, the creative one still to be answered."""
    return case_of(view(SHIFTING, status, decision=decision, **more), view(REFRESHING))


def _with_records(case: Case) -> Case:
    """The first question's agents were held against their forecasts often enough to say so."""
    first, *others = case.proposals
    assert first.proposal.forecast is not None
    basis = {"basis": "from 11 measured outcomes here and a cautious first guess"}
    forecast = {"forecast": first.proposal.forecast.model_copy(update=basis)}
    record = {"record": CallRecord(measured=11, right=9, inside=8)}
    told = first.model_copy(update={"proposal": first.proposal.model_copy(update=forecast), **record})
    return case.model_copy(update={"proposals": (told, *others)})


def _many() -> Case:
    briefs = [
        proposal(
            f"prop_{number:012x}",
            "creative_lead",
            RefreshCreative(**META, campaign_id="c3", ad_id="ad9", brief=f"Variant {number + 1} of the trail opening."),
        )
        for number in range(40)
    ]
    return case_of(*map(view, briefs))


def _named_oddly() -> Case:
    long = "Frühjahrskampagne DACH Trailrunning Neukundengewinnung Video 9:16 Variante B final_FINAL_v7 (Kopie) " * 2
    signal = SIGNAL.model_copy(
        update={
            "headline": f"{RTL} on Meta is wearing out: CTR −36 %",
            "why": f"The same people have seen {RTL} 4.1 times; <!channel> *fewer* click & each customer costs more.",
            "names": {**SIGNAL.names, "c3": long, "ad9": RTL},
        }
    )
    return CASE.model_copy(update={"signal": signal})


def _cards() -> Mapping[str, tuple[str, Case, OperatingModel]]:
    snoozed = Snoozed(proposal_id=SHIFT, version=1, by=MARA, at=NOW, until=NOW + timedelta(hours=24))
    rejected = Rejected(proposal_id=SHIFT, version=1, by=MARA, at=NOW, reason="Brand search is almost sold out.")
    both = Ask(role="media_lead", quorum=2, within_hours=72, rules=("Above 20 % of a budget, four eyes decide",))
    banned = Forbidden(rules=("Until 16 March nothing is moved: Easter sale freeze",))
    alone = Automatic(rules=("Ads below €150 a day are paused without asking",))
    drifted = receipt(ReceiptStatus.DRIFTED).model_copy(
        update={"after": {"meta/a1/campaign/c3/daily_budget": "380.00"}, "answer": ""}
    )
    failed = receipt(ReceiptStatus.FAILED).model_copy(
        update={"after": {}, "answer": "The budget is below this account's minimum."}
    )
    rehearsed = receipt(ReceiptStatus.REHEARSED)
    undone = back(P.EXECUTED, decision=_approved("prop_00000000back", MARA), receipt=receipt(ReceiptStatus.DONE))
    over = {"is_open": False, "closed": CloseReason.RECOVERED, "closed_on": TODAY + timedelta(days=8)}
    emergency = view(SHIFTING, P.APPROVED, decision=_approved(SHIFT, ADA), in_emergency=True)
    return {
        "pending": ("Three owners are asked; nobody has answered.", _with_records(CASE), MODEL),
        "partly-decided": (
            "The creative lead approved; two questions wait.",
            case_of(REFRESHING_APPROVED, view(SHIFTING), view(FLOWING)), MODEL,
        ),
        "four-eyes": (
            "One of two approvals is there.",
            case_of(view(SHIFTING, verdict=both, approvals=(MARA,)), view(REFRESHING)), MODEL,
        ),
        "approved": ("Approved, being carried out.", _two(P.APPROVED, APPROVED), MODEL),
        "overridden": ("Approved with another amount, and why.", _two(P.APPROVED, OVERRIDDEN), MODEL),
        "rejected": ("Rejected, and why.", _two(P.REJECTED, rejected), MODEL),
        "snoozed": ("Put off until tomorrow.", _two(P.SNOOZED, snoozed), MODEL),
        "expired": (
            "Nobody answered in time.",
            _two(P.EXPIRED, Expired(proposal_id=SHIFT, version=1, by="baton", at=LATER), expires_at=NOW), MODEL,
        ),
        "executed": (
            "All three answered: done, handed over, rejected.", case_of(EXECUTED, REFRESHED, NILS_REJECTED), MODEL
        ),
        "drifted": (
            "The live value was no longer what was approved against.", _two(P.DRIFTED, APPROVED, receipt=drifted), MODEL
        ),
        "failed": ("The platform refused.", _two(P.FAILED, APPROVED, receipt=failed), MODEL),
        "unknown": ("Nobody can read whether the platform acted.", case_of(UNKNOWN, view(REFRESHING)), MODEL),
        "unknown-said": (
            "A person said what they saw.",
            case_of(UNKNOWN.model_copy(update={"status": P.EXECUTED, "receipt": closed(ReceiptStatus.DONE)})), MODEL,
        ),
        "undo-asked": ("Asked to be undone.", case_of(EXECUTED, back()), MODEL),
        "undone": ("Undone.", case_of(EXECUTED, undone), MODEL),
        "measured": ("Measured against its forecast.", case_of(MEASURED, REFRESHED), MODEL),
        "not-measurable": (
            "Measured, and the answer is that nobody can say.",
            case_of(MEASURED.model_copy(update={"outcome": WIDE})), MODEL,
        ),
        "closed": ("The figures recovered.", case_of(MEASURED, NILS_REJECTED, **over), MODEL),
        "forbidden": (
            "A freeze forbids what would be proposed.", case_of(view(SHIFTING, P.FORBIDDEN, verdict=banned)), MODEL
        ),
        "automatic": (
            "A small step the policy allows without asking.", case_of(view(PAUSING, verdict=alone)), MODEL
        ),
        "emergency": ("Decided by one person in an emergency.", case_of(emergency, view(REFRESHING)), MODEL),
        "dry-run": (
            "Dry-run: everything happens but the write.",
            case_of(view(SHIFTING, P.REHEARSED, decision=APPROVED, receipt=rehearsed), view(REFRESHING)), DRY,
        ),
        "forty-proposals": ("More proposals than a card can hold.", _many(), MODEL),
        "odd-names": ("Right-to-left letters, emoji, markup and endless names.", _named_oddly(), MODEL),
    }  # fmt: skip


def scenes() -> tuple[Scene, ...]:
    """Every message that needs no picture of its own."""
    cards = [Scene(f"card-{name}", words, card(case, model)) for name, (words, case, model) in _cards().items()]
    return (*cards, *_others())


def _others() -> list[Scene]:
    cited = Citation(table="ad_report", window=(TODAY - timedelta(days=5), TODAY), filter="platform=meta, ad=ad9")
    known = Answer(
        question="How did the click-through rate do on Meta last week?",
        text="*CTR on Meta was 0.84 %* from 9 to 14 March, against 1.31 % in the week before: −36 % [−46, −27].\n"
        "The fall sits in one ad, the Trail Shoe video; the three others moved by less than 3 %.",
        citations=(cited, cited.model_copy(update={"table": "ad_delivery", "filter": "ad=ad9"})),
    )
    unsure = Answer(
        question="What will our competitors spend next week?",
        text="I don't know, because no table I read holds what competitors spend. I can tell what you spend, and how "
        "your CPM moved: that is where their bids would show.",
        known=False,
    )
    return [
        Scene("digest", "The channel's morning: what changed, waits, was decided, was measured.", digest(DIGEST)),
        Scene("own-digest", "One owner's morning, as a direct message.", own_digest(OWN)),
        Scene("summary", "A week in figures for the leads; its page of charts follows.", weekly(SUMMARY)),
        Scene("answer", "An answer with where each number comes from.", answer(known, asked_by="Mara Lindt")),
        Scene("answer-unknown", "An honest I don't know.", answer(unsure, asked_by="Nils Berg")),
        Scene("introduction", "The first message in the channel.", introduction(MODEL)),
    ]


def hanging() -> Mapping[str, tuple[str, Message]]:
    """What hangs in the thread of the executed card."""
    case = case_of(MEASURED, REFRESHED, UNKNOWN)
    told: dict[str, tuple[str, Message | None]] = {
        "evidence": ("The evidence table.", thread.evidence(CASE, EVIDENCE)),
        "receipt": (
            "What the platform did, and the way back.",
            thread.receipt(case_of(EXECUTED), EXECUTED, MODEL, NOW),
        ),
        "receipt-unknown": ("Nobody could read what it did.", thread.receipt(case, UNKNOWN, MODEL, NOW)),
        "outcome": ("What came of it, against the forecast.", thread.outcome(case, MEASURED)),
        "reminder": ("The question comes up again.", thread.reminder(CASE, CASE.proposals[1], "reminder", (MARA,))),
    }
    return {name: (words, message) for name, (words, message) in told.items() if message is not None}


def of(views: tuple[ProposalView, ...], number: int) -> Case:
    """The same case again, as another signal: an inbox with several."""
    signal = SIGNAL.model_copy(
        update={"id": f"sig_{number:012x}", "at_stake_per_day": Decimal(240) / number, "headline": _HEADLINES[number]}
    )
    renamed = [view.proposal.model_copy(update={"id": f"{view.proposal.id[:-1]}{number}"}) for view in views]
    moved = [view.model_copy(update={"proposal": one}) for view, one in zip(views, renamed, strict=True)]
    return Case(signal=signal, is_open=True, proposals=tuple(moved))


_HEADLINES = {
    1: SIGNAL.headline,
    2: "Brand search on Google costs more: CPC +22 %",
    3: "Trail runners DACH open fewer mails: open rate −18 %",
    4: "Run Club landing page loads, and fewer order: conversion rate −15 %",
}
