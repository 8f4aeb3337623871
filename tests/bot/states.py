"""Any valid state of the domain, however unlikely: what hypothesis draws cases from."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import NoneType
from typing import Any

from hypothesis import strategies as st

from domain.action import ACTION_TYPES
from domain.case import CallRecord, Case, Digest, Health, Inbox, ProposalStatus, ProposalView
from domain.finding import Finding, FindingKind
from domain.proposal import Approved, Expired, Forecast, Overridden, Proposal, Rejected, Snoozed
from domain.receipt import Outcome, Receipt, ReceiptStatus, Said
from domain.scope import Scope
from domain.signal import Candidate, Cause, CloseReason, RuledOut, Signal
from domain.standing import Emergency, Stop
from domain.summaries import Accuracy, Figure, Measure, Money, Opinions, OwnDigest, Step, Summary, Waiting, Weight
from domain.verdict import Ask, Automatic, Forbidden
from tests.bot.samples import ADA, CLEO, MARA, NILS

NASTY = (
    "<!channel> everybody <@U0MARA0001> <https://evil.example|click>",
    "*bold* _it_ ~no~ `code` & <b> > quote",
    "חולצת ריצה לנשים במבצע",
    "\u202eevil\u202c قميص",
    "👩‍👩‍👧‍👦🏳️‍🌈" * 20,
    "line\nbreak\r\n\ttab",
    "x" * 700,
    "&" * 600,
    "<" * 600,
    " ",
    "",
    "\u200b",
    "ß" * 3000,
)
USERS = (MARA, CLEO, NILS, ADA, "U0GONE00001", "baton")
ROLES = ("media_lead", "creative_lead", "crm_lead", "web_lead", "cmo", "a_role_nobody_holds_" + "x" * 90)


def words(most: int = 3000, least: int = 0) -> st.SearchStrategy[str]:
    random = st.text(st.characters(exclude_categories=["Cs"]), min_size=least, max_size=min(most, 60))
    nasty = [text[:most] for text in NASTY if len(text[:most]) >= least]
    return st.one_of(random, st.sampled_from(nasty))


floats = st.floats(-0.99, 50, allow_nan=False)
unit = st.floats(0, 1)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
money = st.decimals(0, Decimal("999999999999"), places=2)
intervals = st.tuples(floats, floats).map(lambda pair: (min(pair), max(pair)))
scopes = st.just(Scope(platform="meta", account_id="a1", campaign_id="c3"))


@st.composite
def actions(draw: Any) -> Any:
    made = draw(st.sampled_from(ACTION_TYPES))
    values: dict[str, Any] = {}
    for name, field in made.model_fields.items():
        most = next((rule.max_length for rule in field.metadata if hasattr(rule, "max_length")), 300)
        kind = field.annotation
        if name in ("kind", "currency"):
            values[name] = field.default if name == "kind" else "EUR"
        elif name == "metric" and made.__name__ == "SetTarget":
            values[name] = draw(st.sampled_from(("target_cpa", "target_roas")))
        elif _holds(kind, Decimal):
            amount = money.filter(lambda amount: amount > 0)
            values[name] = draw(st.one_of(st.none(), amount) if _holds(kind, NoneType) else amount)
        elif kind is int:
            values[name] = draw(st.integers(1, 6))
        elif kind is float:
            values[name] = draw(st.floats(0.01, 0.5))
        elif kind is date:
            values[name] = draw(days)
        elif _holds(kind, NoneType):
            values[name] = draw(st.one_of(st.none(), words(200)))
        else:
            values[name] = draw(words(most))
    if "from_was" in values:
        values["from_was"] = max(values["from_was"], values["amount"])
    return made(**values)


def _holds(annotation: Any, wanted: type) -> bool:
    """Whether a field may be of a type, however deep in its annotation that stands."""
    return annotation is wanted or any(_holds(one, wanted) for one in getattr(annotation, "__args__", ()))


findings = st.builds(
    Finding,
    agent=words(60),
    kind=st.sampled_from(FindingKind),
    metric=st.one_of(st.sampled_from(["ctr", "cpa", "click_rate", "frequency", "sessions", "roas"]), words(80)),
    scope=scopes,
    baseline=st.floats(0, 1e9),
    observed=st.floats(-1e9, 1e9),
    change=floats,
    interval=intervals,
    q_value=unit,
    since=days,
    window_days=st.integers(1, 60),
    evidence=words(),
)
forecasts = st.one_of(
    st.none(),
    st.builds(Forecast, metric=words(40), change=floats, interval=intervals, basis=words(500)),
    st.builds(
        Forecast,
        metric=st.one_of(words(40), st.sampled_from(["cpa", "ctr", "search_clicks"])),
        change=floats,
        interval=intervals,
        basis=words(500),
        days=st.one_of(st.none(), st.integers(0, 99)),
        now=st.one_of(st.none(), st.floats(0, 1e9)),
        baseline=st.one_of(st.none(), st.floats(0, 1e9)),
        expected=st.floats(0, 1e9),
        expected_interval=st.tuples(st.floats(0, 1e9), st.floats(0, 1e9)),
    ),
)
verdicts = st.one_of(
    st.builds(
        Ask,
        role=st.sampled_from(ROLES),
        quorum=st.integers(1, 5),
        within_hours=st.just(72),
        rules=st.tuples(words(300)),
    ),
    st.builds(Automatic, rules=st.tuples(words(2000))),
    st.builds(Forbidden, rules=st.tuples(words(2000), words(300))),
)


def decisions(ident: str, action: Any) -> st.SearchStrategy[Any]:
    given = {"proposal_id": st.just(ident), "version": st.just(1), "by": st.sampled_from(USERS), "at": moments}
    return st.one_of(
        st.none(),
        st.builds(Approved, **given),
        st.builds(Overridden, **given, action=st.just(action), reason=words(1000, least=3)),
        st.builds(Rejected, **given, reason=words(1000, least=3)),
        st.builds(Snoozed, **given, until=moments),
        st.builds(Expired, **given),
    )


counts = st.integers(0, 10**6)
records = st.builds(CallRecord, measured=st.integers(1, 40), right=st.integers(0, 40), inside=st.integers(0, 40))


@st.composite
def views(draw: Any, number: int) -> ProposalView:
    ident, action = f"prop_{number:012x}", draw(actions())
    proposal = Proposal(
        id=ident,
        signal_id="sig_000000000001",
        version=draw(st.integers(1, 10**6)),
        action=action,
        owner=draw(st.sampled_from(ROLES)),
        forecast=draw(forecasts),
        why=draw(words()),
        remembered=tuple(draw(st.lists(words(), max_size=5))),
        proposed_on=draw(days),
    )
    status = draw(st.sampled_from(ProposalStatus))
    receipt = st.builds(
        Receipt,
        action_id=st.just("act_1"),
        proposal_id=st.just(ident),
        status=st.sampled_from(ReceiptStatus),
        before=st.dictionaries(words(300), words(300), max_size=9),
        after=st.dictionaries(words(300), words(300), max_size=9),
        answer=words(),
        at=moments,
        said=st.one_of(st.none(), st.builds(Said, by=st.sampled_from(USERS), at=moments, reason=words(1000, least=3))),
    )
    outcome = st.builds(
        Outcome,
        proposal_id=st.just(ident),
        metric=words(60),
        measurable=st.booleans(),
        effect=st.one_of(st.none(), floats),
        interval=st.one_of(st.none(), intervals),
        forecast=st.one_of(st.none(), floats),
        window=st.tuples(days, days),
        method=words(),
        measured_on=days,
    )
    return ProposalView(
        proposal=proposal,
        verdict=draw(verdicts),
        status=status,
        expires_at=draw(st.one_of(st.none(), moments)),
        decision=draw(decisions(ident, action)),
        approvals=tuple(draw(st.lists(st.sampled_from(USERS), max_size=4, unique=True))),
        receipt=draw(st.one_of(st.none(), receipt)),
        outcome=draw(st.one_of(st.none(), outcome)),
        measured_after=draw(st.one_of(st.none(), days)),
        record=draw(st.one_of(st.none(), records)),
    )


@st.composite
def cases(draw: Any, ident: int = 1) -> Case:
    signal = Signal(
        id=f"sig_{ident:012x}",
        cause=draw(st.sampled_from(Cause)),
        confidence=draw(unit),
        scope=draw(scopes),
        headline=draw(words(150)),
        why=draw(words()),
        at_stake_per_day=draw(money),
        currency="EUR",
        since=draw(days),
        opened_on=draw(days),
        as_of=draw(days),
        findings=tuple(draw(st.lists(findings, max_size=12))),
        candidates=tuple(
            draw(st.lists(st.builds(Candidate, cause=st.sampled_from(Cause), probability=unit), max_size=6))
        ),
        ruled_out=tuple(draw(st.lists(st.builds(RuledOut, cause=st.sampled_from(Cause), because=words()), max_size=8))),
        owners=tuple(draw(st.lists(st.sampled_from(ROLES), max_size=6))),
        names=draw(st.dictionaries(st.sampled_from(["c3", "ad9", "s1"]), words(), max_size=3)),
        gaps=tuple(draw(st.lists(words(), max_size=5))),
    )
    many = draw(st.sampled_from((0, 1, 2, 3, 5, 12, 40)))
    # Forty different proposals take long to draw: the same few stand in several places under their own ids.
    few = [draw(views(number)) for number in range(min(many, 4))]
    drawn = tuple(_renamed(few[number % len(few)], ident, number) for number in range(many))
    is_open = draw(st.booleans())
    return Case(
        signal=signal,
        is_open=is_open,
        closed=None if is_open else draw(st.one_of(st.none(), st.sampled_from(CloseReason))),
        closed_on=None if is_open else draw(st.one_of(st.none(), days)),
        proposals=drawn,
    )


def _moved(case: Case, number: int) -> Case:
    signal = case.signal.model_copy(update={"id": f"sig_{number:012x}"})
    views = tuple(_renamed(view, number, place) for place, view in enumerate(case.proposals))
    return case.model_copy(update={"signal": signal, "proposals": views})


def _renamed(view: ProposalView, case: int, number: int) -> ProposalView:
    ident = f"prop_{case:06x}{number:06x}"
    return view.model_copy(update={"proposal": view.proposal.model_copy(update={"id": ident})})


lines = st.lists(words(), max_size=20).map(tuple)
"""Up to twenty lines of anything."""
healths = st.builds(
    Health,
    today=days,
    last_sweep=st.one_of(st.none(), days),
    last_sweep_took_seconds=st.one_of(st.none(), st.floats(0, 1e4)),
    sources=lines,
    gaps=lines,
    agents=lines,
    open_signals=st.integers(0, 10**6),
    pending=st.integers(0, 10**6),
    unknown=st.integers(0, 10),
    model=words(200),
)
digests = st.builds(Digest, day=days, headline=words(), changed=lines, waiting=lines, measured=lines, held=lines)


@st.composite
def inboxes(draw: Any) -> Inbox:
    # Drawing cases takes long: the same one or two stand in several places under their own ids.
    few = [draw(cases(number)) for number in range(draw(st.integers(1, 2)))]
    spread: list[list[Case]] = [[], [], []]
    for number in range(draw(st.sampled_from((0, 1, 2, 3, 5, 12, 40)))):
        spread[draw(st.integers(0, 2))].append(_moved(few[number % len(few)], number))
    roles = tuple(draw(st.lists(st.sampled_from(ROLES), max_size=4, unique=True)))
    user = draw(st.sampled_from(USERS[:-1]))
    mine, others, decided = (tuple(part) for part in spread)
    stop = st.builds(Stop, id=st.just("stop_1"), of=st.just("action"), name=words(60), reason=words(1000),
                     by=st.sampled_from(USERS), at=moments)  # fmt: skip
    emergency = st.builds(
        Emergency, id=st.just("emg_1"), by=st.sampled_from(USERS), reason=words(1000), since=moments, until=moments
    )
    return Inbox(
        user=user,
        roles=roles,
        mine=mine,
        others=others,
        decided=decided,
        decided_by_others=decided if draw(st.booleans()) else (),
        stops=tuple(draw(st.lists(stop, max_size=6))),
        emergency=draw(st.one_of(st.none(), emergency)),
        to_review=tuple(draw(st.lists(emergency, max_size=6))),
        health=draw(healths),
    )


waitings = st.builds(
    Waiting,
    proposal_id=st.just("prop_000000000001"),
    title=words(),
    headline=words(),
    at_stake_per_day=money,
    currency=st.sampled_from(("EUR", "USD")),
    signal_id=st.sampled_from(("sig_000000000001", "sig_000000000002")),
    until=st.one_of(st.none(), moments),
    role=st.sampled_from(ROLES),
    instead_of=st.one_of(st.none(), words()),
    is_passed_on=st.booleans(),
)
own_digests = st.builds(
    OwnDigest,
    user=st.sampled_from(USERS),
    day=days,
    as_of=days,
    waiting=st.one_of(st.lists(waitings, max_size=3), st.lists(waitings, max_size=1).map(lambda few: few * 40)).map(
        tuple
    ),
    changed=lines,
    measured=lines,
)


@st.composite
def summaries(draw: Any) -> Summary:
    """A period with every figure, some of them without data."""

    def figure(measure: Measure) -> Figure:
        n = draw(st.sampled_from((0, 1, 7, 10**6)))
        if not n:
            return Figure(measure=measure, n=0)
        spread = draw(st.one_of(st.none(), intervals))
        return Figure(measure=measure, n=n, value=draw(st.floats(0, 1e6)), p90=draw(floats), interval=spread)

    amounts = st.decimals(-(10**9), 10**9, places=2)
    ends = st.tuples(amounts, amounts).map(lambda pair: (min(pair), max(pair)))
    worth = st.builds(Money, currency=st.sampled_from(("EUR", "USD")), amount=amounts, interval=ends,
                      n=st.integers(1, 99))  # fmt: skip
    weight = st.builds(Weight, proposal_id=st.just("prop_000000000001"), words=words(), currency=st.just("EUR"),
                       amount=st.one_of(st.none(), amounts), interval=st.one_of(st.none(), ends),
                       because=words())  # fmt: skip
    held = st.builds(Accuracy, agent=words(60), n=st.integers(1, 99), right_way=unit, covered=unit, bias=floats)
    step = st.builds(Step, first_day=days, answered=st.integers(1, 99), first_hits=st.integers(0, 1),
                     hours_to_decision=st.one_of(st.none(), st.floats(0, 1e4)))  # fmt: skip
    return Summary(
        first_day=draw(days),
        last_day=draw(days),
        where=draw(words(200)),
        opened=draw(lines),
        figures=tuple(figure(measure) for measure in Measure),
        decisions=draw(st.dictionaries(st.sampled_from(("approved", "overridden", "rejected")), st.integers(0, 99))),
        money=tuple(draw(st.lists(worth, max_size=3))),
        weights=tuple(draw(st.lists(weight, max_size=12))),
        not_measurable=draw(st.integers(0, 99)),
        accuracy=tuple(draw(st.lists(held, max_size=12))),
        open_now=draw(st.integers(0, 99)),
        waiting_now=draw(st.integers(0, 99)),
        opinions=draw(st.one_of(st.none(), st.builds(Opinions, helpful=counts, not_helpful=counts))),
        at_stake_now=draw(st.dictionaries(st.sampled_from(("EUR", "USD")), money)),
        steps=tuple(draw(st.lists(step, max_size=8))),
    )
