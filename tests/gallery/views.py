"""App Home and every form, as people get them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot import drafts, modals
from bot.design import design
from bot.home import home
from bot.modals import Origin
from domain.case import Inbox
from domain.trouble import Trouble, TroubleKind
from tests.bot.designs import BUSY, GOVERNED, NEW_DESIGN, RECORDS, amendment, emergency, stop
from tests.bot.samples import ADA, CASE, CLEO, EVE, HEALTH, MARA, MODEL, NILS, NOW, SHIFTING, SIG, case_of, view
from tests.bot.test_unknowns import UNKNOWN
from tests.gallery.scenes import EXECUTED, MEASURED, NILS_REJECTED, REFRESHED, of

View = Mapping[str, Any]


def homes() -> Mapping[str, tuple[str, str, View]]:
    """Name → what is to be seen, whose it is, the view."""
    calm = Inbox(user=CLEO, roles=("creative_lead",), mine=(), others=(), decided=(), health=HEALTH)
    full = Inbox(
        user=MARA,
        roles=("media_lead",),
        mine=(CASE, of((view(SHIFTING.model_copy(update={"id": "prop_000000000001"})),), 2)),
        others=(of((), 3), of((EXECUTED,), 4)),
        decided=(case_of(EXECUTED, REFRESHED), of((MEASURED, NILS_REJECTED), 2)),
        decided_by_others=(of((REFRESHED,), 3),),
        health=HEALTH,
    )
    troubled = full.model_copy(
        update={
            "stops": (stop(),),
            "emergency": emergency(),
            "to_review": (emergency(NILS),),
            "to_agree": (amendment(),),
            "mine": (CASE,),
            "others": (),
            "decided": (case_of(UNKNOWN),),
            "decided_by_others": (),
            "health": HEALTH.model_copy(
                update={
                    "unknown": 1,
                    "agents": (*HEALTH.agents, "research: did not look, its table is missing"),
                    "troubles": (Trouble(kind=TroubleKind.NOT_IN_CHANNEL, about="marketing-signals", since=NOW),),
                }
            ),
        }
    )
    nobody = calm.model_copy(update={"user": EVE, "roles": ()})
    late = NOW + timedelta(hours=1)
    return {
        "home-full": ("The media lead's inbox on a busy morning.", MARA, home(full, MODEL, late)),
        "home-empty": ("Nothing waits.", CLEO, home(calm, MODEL, late)),
        "home-troubled": ("Stops, an emergency, changes to agree to, an unknown result.", NILS,
                          home(troubled, MODEL, late)),
        "home-no-role": ("Somebody without a role.", EVE, home(nobody, MODEL, late)),
        "design-new": ("The architect's tab of a new company.", ADA, design(NEW_DESIGN, ADA)),
        "design-busy": ("The same with everything going on.", ADA, design(BUSY, ADA)),
        "design-reader": ("The same tab for a lead, who reads and agrees.", CLEO, design(BUSY, CLEO)),
    }  # fmt: skip


def forms() -> Mapping[str, tuple[str, View]]:
    """Name → what is to be seen, the view."""
    asked = CASE.proposals[1]
    origin = Origin(proposal_id=asked.proposal.id, version=1, signal_id=SIG, channel="C1")
    governed = {
        f"form-change-{part}": (f"Change one entry of the design: {part}.", drafts.edit(BUSY, part, key))
        for part, key in (
            ("policy", ""), ("limits", "0"), ("routes", ""), ("goals", "0"), ("mandates", "content"), ("freezes", "0"),
            ("delegations", "0"), ("people", MARA),
        )
    }  # fmt: skip
    return {
        "form-override": ("Approve with changes.", modals.override(CASE, asked, origin)),
        "form-override-brief": ("The same for a brief.", modals.override(CASE, CASE.proposals[0], origin)),
        "form-reject": ("Reject, and why.", modals.reject(CASE, asked, origin)),
        "form-snooze": ("Ask me again.", modals.snooze(CASE, asked, origin)),
        "form-ask": ("Ask about it.", modals.ask(CASE, asked, origin)),
        "form-undo": ("Take it back.", modals.undo(case_of(EXECUTED), EXECUTED, origin)),
        "form-was-done": ("Say that it was done.", modals.was_done(case_of(UNKNOWN), UNKNOWN, origin)),
        "form-was-not-done": ("Say that it was not.", modals.was_not_done(case_of(UNKNOWN), UNKNOWN, origin)),
        "form-notice": ("A private word.", modals.notice("Not possible", "Only the media lead may decide this.")),
        "form-loading": ("What opens when the form needs longer.", modals.loading()),
        "form-stop": ("Stop something.", drafts.stop(BUSY)),
        "form-lift": ("Lift a stop.", drafts.lift(stop())),
        "form-emergency": ("Decide alone for a while.", drafts.break_glass(45)),
        "form-review": ("Look at an emergency afterwards.", drafts.review(emergency().id)),
        "form-level": ("How far an agent may go.", drafts.grant(RECORDS[0])),
        "form-agree": ("What a change would have changed.", drafts.drafted(amendment(), GOVERNED)),
        "form-disagree": ("Why not.", drafts.reject("amd_0a1b2c3d4e5f")),
        **governed,
    }
