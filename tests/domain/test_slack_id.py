"""An id belongs to the workspace that gave it: nobody of one workspace is ever taken for somebody of another."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.slack_id import PERSON, TEAM, WRITTEN_PERSON, SlackId, beside, is_person, is_same_workspace, team_of

teams = st.from_regex(TEAM, fullmatch=True)
people = st.from_regex(re.compile(PERSON, re.ASCII), fullmatch=True)
anything = st.text() | st.from_regex(r"[TUW/A-Z0-9.]{0,30}", fullmatch=True)
HOME = "T0HALDEN01"


@given(teams, teams, people, people)
def test_two_people_are_written_alike_only_if_workspace_and_id_are_the_same(one: str, two: str, a: str, b: str):
    written = {str(SlackId.given(team, user, HOME)) for team, user in ((one, a), (two, b))}
    assert (len(written) == 1) == ((one, a) == (two, b))


@given(teams.filter(lambda team: team != HOME), people)
def test_nobody_of_another_workspace_is_written_like_somebody_at_home(team: str, user: str):
    written = str(SlackId.given(team, user, HOME))
    assert written != user
    assert SlackId.parse(written) == SlackId(team, user)
    assert team_of(written) == team
    assert is_person(written)
    assert not is_same_workspace(written, user)


@given(people)
def test_people_at_home_are_written_as_slack_writes_them(user: str):
    assert str(SlackId.given(HOME, user, HOME)) == user
    assert SlackId.parse(user) == SlackId("", user)


@given(anything)
def test_what_can_be_read_is_written_back_the_same_and_all_else_is_refused(words: str):
    try:
        read = SlackId.parse(words)
    except ValueError:
        assert not is_person(words)
        assert team_of(words) == ""
    else:
        assert str(read) == words
        assert is_person(words) == (re.fullmatch(WRITTEN_PERSON, words, re.ASCII) is not None)


@given(anything, anything)
def test_whatever_parts_an_id_is_made_of_reading_it_gives_the_same_parts(team: str, local: str):
    try:
        made = SlackId(team, local)
    except ValueError:
        return
    assert SlackId.parse(str(made)) == made


@pytest.mark.parametrize(
    "hostile",
    [
        "", "/", "/U0MARA0001", "T0AGENCY01/", "T0AGENCY01//U0MARA0001", "T0AGENCY01/T0HALDEN01/U0MARA0001",
        "t0agency01/U0MARA0001", "T0AGENCY01/U0MARA0001\n", " T0AGENCY01/U0MARA0001", "T0AGENCY01/U0 MARA",
        "E0HALDEN01/U0MARA0001", "U0MARA0001/T0AGENCY01", "T/U0MARA0001", "T0AGENCY01/<@U0MARA0001>",
        "T0AGENCY01/Ü0MARA0001", "Т0AGENCY01/U0MARA0001",
    ],
)  # fmt: skip
def test_hostile_ids_are_refused(hostile: str):
    with pytest.raises(ValueError, match="workspace"):
        SlackId.parse(hostile)
    assert not is_person(hostile)


@pytest.mark.parametrize(("team", "home"), [("", HOME), (HOME, ""), ("", "")])
def test_somebody_whose_workspace_nobody_names_is_nobody(team: str, home: str):
    with pytest.raises(ValueError, match="nobody says"):
        SlackId.given(team, "U0MARA0001", home)


def test_an_answer_of_slack_about_a_channel_elsewhere_is_of_the_same_workspace():
    assert beside("T0AGENCY01/U0MARA0001", "D0DIRECT01") == "T0AGENCY01/D0DIRECT01"
    assert beside("U0MARA0001", "D0DIRECT01") == beside("marketing-signals", "D0DIRECT01") == "D0DIRECT01"
    assert SlackId.parse("T0AGENCY01/C0SIGNALS1").is_channel
    assert not SlackId.parse("marketing-signals").is_channel


@pytest.mark.parametrize("local", ["", "T0AGENCY01/U0MARA0001", "/"])
def test_no_id_of_home_is_written_like_one_of_another_workspace(local: str):
    with pytest.raises(ValueError, match="home"):
        SlackId.given(HOME, local, HOME)
