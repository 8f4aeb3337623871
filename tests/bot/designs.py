"""Operating models as the architect sees them: a new one, a busy one, and one with far too much of everything."""

from datetime import date, timedelta
from decimal import Decimal

from domain.amendment import (
    Amendment,
    AmendmentStatus,
    AmendmentView,
    ChangedVerdict,
    Design,
    Replay,
    TrackRecord,
)
from domain.finding import FindingKind
from domain.mandate import Mandate
from domain.operating_model import (
    BreakGlass,
    Delegation,
    Freeze,
    Goal,
    Limit,
    OperatingModel,
    Policy,
    Restriction,
    Routes,
)
from domain.signal import Cause
from domain.standing import Emergency, Level, Stop
from tests.bot.samples import ADA, CLEO, MARA, MODEL, NILS, NOW

MANDATES = {
    "performance": Mandate(
        agent="performance",
        job="Watches what acquisition costs, and what stands between a click and a customer.",
        reads=frozenset({"ad_report"}),
        finds=frozenset({FindingKind.CPA_RISE}),
        suggests=frozenset({"set_budget", "shift_budget", "pause_ad", "fix_tracking"}),
        hands_to=("media_lead",),
    ),
    "content": Mandate(
        agent="content",
        job="Watches search demand and customer questions for themes our pages answer badly.",
        reads=frozenset({"search_report"}),
        finds=frozenset({FindingKind.CTR_DECLINE}),
        suggests=frozenset({"write_brief"}),
        hands_to=("content_lead",),
    ),
}
GOVERNED = MODEL.model_copy(
    update={
        "policy": Policy(
            limits=(
                Limit(role="media_lead", actions=frozenset({"set_budget", "shift_budget"}), max_change=0.3),
                Limit(
                    role="crm_lead", max_per_day=Decimal(250), accounts=frozenset({"a1"}), platforms=frozenset({"meta"})
                ),
            ),
            forbidden=frozenset({"set_target"}),
            break_glass=BreakGlass(role="cmo", minutes=45),
        ),
        "routes": Routes(owners={Cause.CREATIVE_FATIGUE: ("creative_lead", "media_lead")}),
        "goals": (Goal(name="acquisition cost", metric="cpa", target=Decimal("36.00"), weight=2),),
        "freezes": (Freeze(name="Black week", first_day=date(2026, 11, 23), last_day=date(2026, 11, 29)),),
        "delegations": (Delegation(of=MARA, to=CLEO, first_day=date(2026, 3, 16), last_day=date(2026, 3, 20)),),
        "mandates": {"content": Restriction(off=True)},
    }
)
LOOSER = "The media lead decides alone up to 40 % instead of 30 %."
REPLAY = Replay(
    of=212,
    changed=tuple(
        ChangedVerdict(
            proposal_id=f"prop_{number:012x}",
            title="Shift budget: Trail shoes to Run Club",
            proposed_on=date(2026, 3, number + 1),
            before="asks the media lead and the CMO",
            after="asks the media lead",
            loosens=True,
        )
        for number in range(14)
    ),
)


def amendment(
    ident: str = "amd_0a1b2c3d4e5f", *, loosens: bool = True, replay: Replay = REPLAY, by: str = MARA, **more: object
) -> AmendmentView:
    made = Amendment(
        id=ident, base=3, model=GOVERNED, by=by, at=NOW, reason="We ask the CMO about every second shift.",
        changes=(LOOSER,), loosens=(LOOSER,) if loosens else (), replay=replay,
    )  # fmt: skip
    shown = {"status": AmendmentStatus.PENDING, "quorum": 2 if loosens else 1, "agreed": (MARA,) if loosens else ()}
    return AmendmentView.model_validate({"amendment": made, **shown, **more})


def stop(of: str = "agent", name: str = "content") -> Stop:
    return Stop.model_validate(
        {"id": "stop_0a1b2c3d4e5f", "of": of, "name": name, "reason": "Its figures are off since the relaunch.",
         "by": NILS, "at": NOW}
    )  # fmt: skip


def emergency(by: str = ADA) -> Emergency:
    return Emergency(
        id="emg_0a1b2c3d4e5f", by=by, reason="The shop sells below cost.", since=NOW, until=NOW + timedelta(minutes=30)
    )


RECORDS = (
    TrackRecord(agent="performance", action="pause_ad", level=Level.ASK, measured=12, right_way=0.92, covered=0.83,
                worst=-0.18, not_measurable=3),
    TrackRecord(agent="performance", action="fix_tracking", level=Level.RECOMMEND, measured=0, not_measurable=1,
                may_rise="It takes 8 measured outcomes; there are none."),
)  # fmt: skip
NEW_DESIGN = Design(version=1, since=NOW, by="baton.yaml", model=MODEL, mandates=MANDATES)
BUSY = Design(
    version=3,
    since=NOW,
    by=ADA,
    model=GOVERNED,
    pending=(amendment(), amendment("amd_1a1b2c3d4e5f", loosens=False, replay=Replay(of=0), by="baton.yaml")),
    recent=(amendment("amd_2a1b2c3d4e5f", status=AmendmentStatus.REJECTED),),
    stops=(stop(),),
    emergency=emergency(),
    to_review=(emergency(MARA),),
    records=RECORDS,
    mandates=MANDATES,
)


def crowded(model: OperatingModel = GOVERNED) -> Design:
    """Everything at once, and names as long as anybody types them."""
    long = "Ströbele-Kowalczyk <@U0MARA0001> & *söhne* " * 8
    limits = tuple(Limit(role=f"{'regional_' * 6}lead_{n}", max_change=0.1 + n / 100) for n in range(60))
    people = tuple(
        person.model_copy(update={"name": long, "slack": f"U0PERSON{n:03d}"})
        for n in range(120)
        for person in MODEL.people[:1]
    )
    crowd = model.model_copy(
        update={
            "policy": model.policy.model_copy(update={"limits": limits}),
            "people": (*MODEL.people, *people),
            "goals": tuple(Goal(name=long[:200], metric="cpa", target=Decimal(n)) for n in range(150)),
            "freezes": tuple(
                Freeze(name=long, first_day=date(2026, 1, 1), last_day=date(2026, 1, 1)) for _ in range(150)
            ),
        }
    )
    return BUSY.model_copy(
        update={
            "model": crowd,
            "pending": tuple(amendment(f"amd_{n:012x}") for n in range(40)),
            "stops": tuple(stop() for _ in range(40)),
            "to_review": tuple(emergency(MARA) for _ in range(40)),
            "records": RECORDS * 60,
            "mandates": {f"{'agent' * 5}{n}": one for n in range(40) for one in MANDATES.values()},
        }
    )
