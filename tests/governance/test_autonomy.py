"""How far an agent may go is earned on measured outcomes, given by a person, and lost by itself."""

from datetime import timedelta
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.amendment import TrackRecord
from domain.badge import Badge
from domain.catalogue import CATALOGUE, Risk
from domain.errors import NotYours, Unidentified
from domain.proposal import Forecast
from domain.receipt import Outcome
from domain.standing import Level
from governance import autonomy
from governance.autonomy import LEAST_MEASURED, RECENT, at_least, at_most, below, falls, may_grant, may_rise, record
from tests.governance.company import CARL, CLEO, CORA, MARA, TODAY, member, model

ENOUGH = 20


def forecast(change: float = 0.2, low: float = 0.1, high: float = 0.3) -> Forecast:
    return Forecast(metric="cpa", change=change, interval=(low, high), basis="b")


def outcome(effect: float | None = 0.2, number: int = 0, *, measurable: bool = True) -> Outcome:
    day = TODAY + timedelta(days=number)
    return Outcome(
        proposal_id=f"prop_{number:012d}", metric="cpa", measurable=measurable, effect=effect, interval=(0.0, 0.4),
        forecast=0.2, window=(day, day), method="m", measured_on=day,
    )  # fmt: skip


def scored(right: int, covered: int, of: int, action: str = "pause_ad", level: Level = Level.ASK) -> TrackRecord:
    return TrackRecord(
        agent="creative", action=action, level=level, measured=of, right_way=right / of if of else None,
        covered=covered / of if of else None, worst=0.1 if of else None,
    )  # fmt: skip


GOOD = scored(19, 16, ENOUGH)


def test_a_record_counts_what_can_be_held_against_its_forecast():
    pairs = [
        (forecast(), outcome(0.25, 1)),  # right, covered
        (forecast(), outcome(0.5, 2)),  # right, beyond
        (forecast(), outcome(-0.2, 3)),  # wrong, beyond, the worst
        (forecast(-0.2, -0.3, -0.1), outcome(-0.1, 4)),  # right, at the very edge
        (forecast(-0.2, -0.3, -0.1), outcome(-0.3, 8)),  # right, at the other
        (forecast(), outcome(0.3, 5, measurable=False)),
        (forecast(), outcome(None, 6)),
        (None, outcome(0.2, 7)),
    ]
    found = record("creative", "pause_ad", Level.ASK, pairs)
    assert (found.agent, found.action, found.level) == ("creative", "pause_ad", Level.ASK)
    assert (found.measured, found.not_measurable) == (5, 3)
    assert (found.right_way, found.covered) == (0.8, 0.6)
    assert found.worst == pytest.approx(-0.4)
    assert found.may_rise == f"5 outcomes were measured; it takes {LEAST_MEASURED}."


def test_no_outcome_is_no_record():
    found = record("creative", "pause_ad", Level.ASK, [])
    assert (found.measured, found.right_way, found.covered, found.worst) == (0, None, None, None)
    assert found.may_rise == f"0 outcomes were measured; it takes {LEAST_MEASURED}."
    assert falls(found, Level.AUTOMATIC, guard_worsened=False) is None
    assert falls(found, Level.ASK, guard_worsened=False) is None


def test_an_effect_of_nothing_went_no_way_at_all():
    for pair in ((forecast(), outcome(0.0)), (forecast(0.0, -0.1, 0.1), outcome(0.05))):
        assert record("creative", "pause_ad", Level.ASK, [pair]).right_way == 0


@given(st.permutations(range(RECENT + 5)))
def test_only_the_newest_outcomes_count_in_whatever_order_they_come(order: list[int]):
    pairs = [(forecast(), outcome(-0.2 if number < 5 else 0.2, number)) for number in order]
    found = record("creative", "pause_ad", Level.ASK, pairs)
    assert (found.measured, found.right_way, found.worst) == (RECENT, 1, 0)


@settings(max_examples=60)
@given(st.integers(0, 40), st.data(), st.sampled_from([0.5, 0.7, 0.8]))
def test_the_probabilities_are_exact(of: int, data: st.DataObject, share: float):
    hits = data.draw(st.integers(0, of))
    exact = Fraction(str(share))
    tail = sum(comb(of, one) * exact**one * (1 - exact) ** (of - one) for one in range(hits, of + 1))
    assert at_least(hits, of, share) == pytest.approx(float(tail), abs=1e-12)
    inside = comb(of, hits) * exact**hits * (1 - exact) ** (of - hits)
    assert at_most(hits, of, share) == pytest.approx(float(1 - tail + inside), abs=1e-12)


@pytest.mark.parametrize(
    ("right", "covered", "of", "why"),
    [
        (12, 10, 12, None),
        (11, 10, 12, None),
        (10, 10, 12, "10 of 12 effects went the way it said; that does not yet show more than 70 %."),
        (11, 10, 11, "11 outcomes were measured; it takes 12."),
        (17, 16, 20, "17 of 20 effects went the way it said; that does not yet show more than 70 %."),
        (18, 16, 20, None),
        (20, 12, 20, None),
        (20, 11, 20, "Only 11 of 20 effects lay where it said, and it promises 8 in 10."),
        (20, 19, 20, None),
        (16, 16, 16, None),
        (17, 17, 17, "17 of 17 effects lay where it said: its intervals are too wide to say much."),
        (40, 24, 40, "Only 24 of 40 effects lay where it said, and it promises 8 in 10."),
    ],
)
def test_what_is_done_unasked_takes_evidence(right: int, covered: int, of: int, why: str | None):
    assert may_rise(scored(right, covered, of), Level.ASK) == why


@pytest.mark.parametrize("kind", [kind for kind, entry in CATALOGUE.items() if entry.risk is not Risk.ROUTINE])
def test_nothing_that_stays_with_people_is_ever_done_unasked(kind: str):
    perfect = scored(40, 32, 40, kind)
    assert str(may_rise(perfect, Level.ASK)).endswith("is always decided by a person.")
    assert falls(perfect, Level.AUTOMATIC, guard_worsened=False) == "What stays with people is not done unasked."
    with pytest.raises(NotYours, match="always decided by a person"):
        may_grant(CORA, perfect, Level.AUTOMATIC, model(), member(CORA))


def test_up_to_asking_a_persons_word_is_enough():
    for level in (Level.OBSERVE, Level.RECOMMEND):
        assert may_rise(scored(0, 0, 0), level) is None
    assert may_rise(GOOD, Level.AUTOMATIC) == "It goes as far as there is."


@pytest.mark.parametrize(
    ("right", "covered", "of", "why"),
    [
        (10, 16, 20, "Only 10 of 20 effects went the way it said."),
        (11, 16, 20, None),
        (0, 2, 2, "Only 0 of 2 effects went the way it said."),
        (0, 1, 1, None),
        (20, 11, 20, None),
        (20, 10, 20, "Only 10 of 20 effects lay where it said, and it promises 8 in 10."),
    ],
)
def test_it_falls_where_what_it_says_no_longer_holds(right: int, covered: int, of: int, why: str | None):
    assert falls(scored(right, covered, of), Level.AUTOMATIC, guard_worsened=False) == why


def test_a_guard_that_got_worse_ends_what_is_done_unasked():
    assert (
        falls(GOOD, Level.AUTOMATIC, guard_worsened=True)
        == "A figure that must not suffer got worse after what it did."
    )
    for level in (Level.OBSERVE, Level.RECOMMEND, Level.ASK):
        assert falls(GOOD, level, guard_worsened=True) is None


def test_whoever_does_worse_than_a_coin_is_not_asked_about_any_more():
    assert falls(scored(5, 16, 20), Level.ASK, guard_worsened=False) is not None
    assert falls(scored(6, 16, 20), Level.ASK, guard_worsened=False) is None
    assert falls(scored(0, 0, 20), Level.RECOMMEND, guard_worsened=False) is None


@given(st.integers(1, 60), st.data())
def test_nobody_who_may_rise_would_fall_and_nobody_who_fell_may_rise(of: int, data: st.DataObject):
    one = scored(data.draw(st.integers(0, of)), data.draw(st.integers(0, of)), of)
    rises = may_rise(one, Level.ASK) is None
    assert not (rises and falls(one, Level.AUTOMATIC, guard_worsened=False))
    assert not (rises and falls(one, Level.ASK, guard_worsened=False))
    if falls(one, Level.ASK, guard_worsened=False):
        assert falls(one, Level.AUTOMATIC, guard_worsened=False)


def test_between_rising_and_falling_lies_room():
    undecided = [right for right in range(21) if _stays(scored(right, 16, 20))]
    assert undecided == [11, 12, 13, 14, 15, 16, 17]


def _stays(one: TrackRecord) -> bool:
    return may_rise(one, Level.ASK) is not None and falls(one, Level.AUTOMATIC, guard_worsened=False) is None


def test_the_least_number_is_the_least_that_can_be_told_from_luck():
    assert may_rise(scored(LEAST_MEASURED - 1, LEAST_MEASURED - 2, LEAST_MEASURED), Level.ASK) is None
    fewer = LEAST_MEASURED - 1
    assert at_least(fewer - 1, fewer, autonomy.LEAST_RIGHT) > autonomy.RISE_BY_LUCK


def test_down_is_one_level_at_a_time_and_ends_at_the_least():
    assert [below(level) for level in Level] == [Level.OBSERVE, Level.OBSERVE, Level.RECOMMEND, Level.ASK]


def test_the_architect_lets_it_go_further_one_level_at_a_time():
    may_grant(CORA, GOOD, Level.AUTOMATIC, model(), member(CORA))
    observing = GOOD.model_copy(update={"level": Level.OBSERVE})
    may_grant(CORA, observing, Level.RECOMMEND, model(), member(CORA))
    for to in (Level.ASK, Level.AUTOMATIC):
        with pytest.raises(NotYours, match="one level further at a time"):
            may_grant(CORA, observing, to, model(), member(CORA))
    with pytest.raises(NotYours, match="one level further at a time"):
        may_grant(CORA, observing, Level.OBSERVE, model(), member(CORA))
    with pytest.raises(NotYours, match="it takes 12"):
        may_grant(CORA, scored(3, 3, 3), Level.AUTOMATIC, model(), member(CORA))
    for user in (MARA, CLEO):
        with pytest.raises(NotYours, match=r"Only Cora Main \(CMO\) can let an agent go further\."):
            may_grant(user, GOOD, Level.AUTOMATIC, model(), member(user))


def test_its_owner_and_the_architect_may_let_it_go_less_far():
    for user in (CORA, MARA):
        may_grant(user, GOOD, Level.OBSERVE, model(), member(user))
    with pytest.raises(
        NotYours, match=r"Only Mara Lind \(media lead\) or Cora Main \(CMO\) can let an agent go less far\."
    ):
        may_grant(CARL, GOOD, Level.OBSERVE, model(), member(CARL))
    with pytest.raises(Unidentified):
        may_grant(CORA, GOOD, Level.OBSERVE, model())
    with pytest.raises(NotYours, match="Guests"):
        may_grant(CORA, GOOD, Level.OBSERVE, model(), Badge(slack=CORA, is_guest=True))
