"""Freezes, delegations, examples and the past go by one clock: the company's."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import NotYours
from domain.operating_model import Delegation, Freeze
from domain.verdict import Ask, Forbidden
from governance.amendments import Past, replay
from governance.authority import allow
from governance.examples import examples
from governance.people import roles_on
from governance.review import review
from tests.domain.test_moment import ZONES, zones
from tests.governance.company import CARL, MARA, TODAY, budget, case, member, model, policy, proposal, view
from tests.governance.test_authority import said

moments = st.datetimes(datetime(2026, 3, 12), datetime(2026, 3, 17), timezones=st.just(UTC))
ONE_DAY = {"first_day": TODAY, "last_day": TODAY}


@given(zones, moments)
def test_a_freeze_and_a_delegation_hold_from_midnight_to_midnight_where_the_company_is(zone, at):
    freeze, away = Freeze(name="sale", **ONE_DAY), Delegation(of=MARA, to=CARL, **ONE_DAY)
    company = model(policy(), timezone=zone, freezes=(freeze,), delegations=(away,))
    now, carl = company.moment(at), company.person(CARL)
    assert carl
    is_that_day = at.astimezone(ZoneInfo(zone)).date() == TODAY
    assert isinstance(review(proposal(), company, now), Forbidden) == is_that_day
    assert ("media_lead" in roles_on(budget(), carl, company, now)) == is_that_day


def test_whoever_stands_in_decides_until_midnight_by_the_company_and_not_by_the_machine():
    company = model(policy(), timezone="Europe/Berlin", delegations=(Delegation(of=MARA, to=CARL, **ONE_DAY),))
    before, after = (datetime(2026, 3, 14, 22, 59, tzinfo=UTC) + timedelta(minutes=late) for late in (0, 1))
    late = view(expires_at=after + timedelta(hours=1))
    allow(said(CARL), late, case(), company, company.moment(before), badge=member(CARL))
    with pytest.raises(NotYours, match="Only Mara Lind"):
        allow(said(CARL), late, case(), company, company.moment(after), badge=member(CARL))


@pytest.mark.parametrize("zone", ZONES)
def test_examples_say_the_same_wherever_the_company_is(zone):
    frozen = (Freeze(name="audit", first_day=date(2026, 1, 15), last_day=date(2026, 1, 15)),)
    here, there = (examples(model(policy(), timezone=one, freezes=frozen)) for one in ("UTC", zone))
    assert [(one.situation, one.verdict, one.answer) for one in here] == [
        (one.situation, one.verdict, one.answer) for one in there
    ]


def test_the_past_is_held_against_the_day_on_which_it_was_asked():
    """What a report of the 13th led to was asked on the 14th, and a question put again on the 16th, on the 16th."""
    before = model(policy(), timezone="Pacific/Auckland")
    after = before.model_copy(update={"freezes": (Freeze(name="sale", **ONE_DAY),)})
    asked = proposal().model_copy(update={"proposed_on": TODAY - timedelta(days=1)})
    was = review(asked, before, before.swept(asked.proposed_on))
    assert isinstance(was, Ask)
    again = datetime(2026, 3, 15, 11, tzinfo=UTC)  # the 16th, just after midnight
    found = replay(after, [Past(asked, was), Past(asked, was, asked_at=again)], before)
    assert [(one.before, one.after) for one in found.changed] == [("asks the media lead", "is not allowed")]
