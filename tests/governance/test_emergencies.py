"""Break-glass and stops: who may declare, review, pull and lift."""

from datetime import timedelta

import pytest

from domain.badge import Badge
from domain.errors import NotYours, Unidentified
from domain.operating_model import BreakGlass, Person
from domain.standing import Emergency, Standing
from governance.emergencies import decides_alone, may_declare, may_lift, may_review, may_stop
from tests.governance.company import CARL, CLEO, CORA, MARA, NOW, PEOPLE, budget, member, model, policy, when

MINUTE = timedelta(minutes=1)
IDLE = Person(name="Ida", slack="U0IDAA0001", roles=frozenset())
GLASS = model(policy(break_glass=BreakGlass(role="media_lead", minutes=30)), people=(*PEOPLE, IDLE))
NONE = Standing()


def emergency(by: str = MARA, since: int = -10, until: int = 20, reviewed: str | None = None) -> Emergency:
    return Emergency(
        id="emg_1", by=by, reason="r", since=NOW + since * MINUTE, until=NOW + until * MINUTE, reviewed_by=reviewed
    )


def standing(**more: object) -> Standing:
    return Standing(emergency=emergency(**more))


def test_only_the_named_role_declares_an_emergency():
    may_declare(MARA, 30, GLASS, when(NOW), NONE, member(MARA))
    with pytest.raises(NotYours, match=r"Only Mara Lind \(media lead\) may decide alone in an emergency\."):
        may_declare(CORA, 30, GLASS, when(NOW), NONE, member(CORA))
    with pytest.raises(NotYours, match="not among the people"):
        may_declare("U0EVE00001", 30, GLASS, when(NOW), NONE)
    with pytest.raises(NotYours, match="Bots"):
        may_declare(MARA, 30, GLASS, when(NOW), NONE, Badge(slack=MARA, is_bot=True))
    with pytest.raises(NotYours, match="knows no emergency"):
        may_declare(MARA, 30, model(policy()), when(NOW), NONE, member(MARA))


def test_it_lasts_as_long_as_the_policy_allows_and_never_more_than_an_hour():
    may_declare(MARA, 1, GLASS, when(NOW), NONE, member(MARA))
    for minutes in (0, 31, -5):
        with pytest.raises(NotYours, match="between 1 and 30 minutes"):
            may_declare(MARA, minutes, GLASS, when(NOW), NONE, member(MARA))
    long = BreakGlass.model_construct(role="media_lead", minutes=600)
    company = model(policy().model_copy(update={"break_glass": long}))
    may_declare(MARA, 60, company, when(NOW), NONE, member(MARA))
    with pytest.raises(NotYours, match="between 1 and 60 minutes"):
        may_declare(MARA, 61, company, when(NOW), NONE, member(MARA))
    person = company.people[0]
    assert decides_alone(person, budget(), company, standing(until=50), when(NOW))
    assert not decides_alone(person, budget(), company, standing(until=51), when(NOW))


def test_there_is_one_at_a_time_and_none_before_the_last_was_looked_at():
    with pytest.raises(NotYours, match="an emergency already"):
        may_declare(MARA, 30, GLASS, when(NOW), standing(), member(MARA))
    with pytest.raises(NotYours, match="an emergency already"):
        may_declare(MARA, 30, GLASS, when(NOW), standing(by=CARL, since=0, until=1), member(MARA))
    over = {"since": -30, "until": 0}
    with pytest.raises(NotYours, match="Nobody has looked at your last emergency"):
        may_declare(MARA, 30, GLASS, when(NOW), standing(**over), member(MARA))
    may_declare(MARA, 30, GLASS, when(NOW), standing(**over, reviewed=CORA), member(MARA))


def test_two_people_who_take_turns_do_not_decide_alone_without_end():
    carls = emergency(by=CARL, since=-60, until=-30)
    with pytest.raises(NotYours, match="Nobody has looked at the emergency of Carl Voss yet; look at it first"):
        may_declare(MARA, 30, GLASS, when(NOW), Standing(emergency=carls), member(MARA))
    maras = emergency(since=-90, until=-60)
    with pytest.raises(NotYours, match="Nobody has looked at your last emergency"):
        may_declare(MARA, 30, GLASS, when(NOW), Standing(emergency=carls, unreviewed=(maras, carls)), member(MARA))
    looked_at = carls.model_copy(update={"reviewed_by": CORA})
    with pytest.raises(NotYours, match="Nobody has looked at your last emergency"):
        may_declare(MARA, 30, GLASS, when(NOW), Standing(emergency=looked_at, unreviewed=(maras,)), member(MARA))
    gone = emergency(by="U0GONE0001", since=-90, until=-60)
    with pytest.raises(NotYours, match="the emergency of somebody who has left yet"):
        may_declare(MARA, 30, GLASS, when(NOW), Standing(emergency=looked_at, unreviewed=(gone,)), member(MARA))
    may_declare(MARA, 30, GLASS, when(NOW), Standing(emergency=looked_at), member(MARA))


def test_what_only_prevents_waits_for_no_word_of_slacks_and_everything_else_does():
    may_stop(CARL, GLASS, None)
    over = emergency(since=-30, until=0)
    for press in (
        lambda: may_lift(CORA, GLASS, None),
        lambda: may_declare(MARA, 30, GLASS, when(NOW), NONE, None),
        lambda: may_review(CORA, over, GLASS, when(NOW), None),
    ):
        with pytest.raises(Unidentified):
            press()
    with pytest.raises(NotYours, match="deactivated"):
        may_stop(CARL, GLASS, Badge(slack=CARL, is_deactivated=True))


def test_somebody_else_looks_at_it_once_it_is_over():
    over = emergency(since=-30, until=0)
    for user in (CORA, CARL, CLEO):
        may_review(user, over, GLASS, when(NOW), member(user))
    with pytest.raises(NotYours, match="somebody else looks at it"):
        may_review(MARA, over, GLASS, when(NOW), member(MARA))
    with pytest.raises(NotYours, match="hold a role"):
        may_review(IDLE.slack, over, GLASS, when(NOW), member(IDLE.slack))
    with pytest.raises(NotYours, match="not over yet"):
        may_review(CORA, emergency(since=-29, until=1), GLASS, when(NOW), member(CORA))
    with pytest.raises(NotYours, match="looked at this emergency already"):
        may_review(CORA, over.model_copy(update={"reviewed_by": CARL}), GLASS, when(NOW), member(CORA))
    with pytest.raises(NotYours, match="deactivated"):
        may_review(CORA, over, GLASS, when(NOW), Badge(slack=CORA, is_deactivated=True))


def test_everybody_with_a_role_pulls_a_stop_and_the_architect_lifts_it():
    for user in (MARA, CARL, CORA):
        may_stop(user, GLASS)
    may_lift(CORA, GLASS, member(CORA))
    with pytest.raises(NotYours, match="hold a role"):
        may_stop(IDLE.slack, GLASS)
    with pytest.raises(NotYours, match=r"Only Cora Main \(CMO\) may lift a stop\."):
        may_lift(MARA, GLASS, member(MARA))
    for asked in (may_stop, may_lift):
        with pytest.raises(NotYours, match="another workspace"):
            asked(CORA, GLASS, Badge(slack=CORA, is_stranger=True))


def test_it_begins_with_its_first_second_and_ends_before_its_last():
    person = GLASS.people[0]
    for offset, alone in ((-11, False), (-10, True), (19, True), (20, False)):
        assert decides_alone(person, budget(), GLASS, standing(), when(NOW + offset * MINUTE)) is alone
