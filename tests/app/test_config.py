"""A mistake in `baton.yaml` is answered with the line and the nearest valid key."""

from pathlib import Path

import pytest

from app.config import load, parse
from domain.errors import ConfigurationError
from domain.signal import Cause

GOOD = """\
company: Halden Outdoor
source: {path: tables}
people:
  - name: Mara Lind
    slack: U0MARA0001
    roles: [media_lead]
routes:
  owners:
    creative_fatigue: [creative_lead]
policy:
  expires_after_hours: 48
  limits:
    - {role: media_lead, max_change: 0.3, max_per_day: 250.50}
digest: {at: 08:30}
"""


def refused(text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        parse(text, "baton.yaml", Path("/srv"))
    return str(caught.value)


def test_people_and_channels_of_another_workspace_are_named_with_it():
    text = GOOD.replace("slack: U0MARA0001", "slack: T0AGENCY01/U0MARA0001").replace(
        "routes:\n", "routes:\n  channel: T0AGENCY01/C0SIGNALS1\n"
    )
    model = parse(text, "baton.yaml", Path("/srv"))
    assert model.person("U0MARA0001") is None
    assert model.person("T0AGENCY01/U0MARA0001") == model.people[0]
    assert model.routes.channel == "T0AGENCY01/C0SIGNALS1"


@pytest.mark.parametrize(
    "slack", ["T0AGENCY01/", "/U0MARA0001", "AGENCY/U0MARA0001", "T0AGENCY01/U0MARA0001/x", "T1/mara"]
)
def test_an_id_that_is_half_of_one_is_refused(slack: str):
    assert "`people.0.slack` is not usable" in refused(GOOD.replace("U0MARA0001", slack))


@pytest.mark.parametrize("channel", ["T0AGENCY01/signals", "agency/C0SIGNALS1", "T0AGENCY01/U0MARA0001", "/C0SIGNALS1"])
def test_a_channel_elsewhere_is_named_by_its_id(channel: str):
    text = GOOD.replace("routes:\n", f"routes:\n  channel: {channel}\n")
    assert "`routes.channel` is not usable" in refused(text)


def test_a_good_file_becomes_the_operating_model():
    model = parse(GOOD, "baton.yaml", Path("/srv"))
    assert model.person("U0MARA0001") == model.holders("media_lead")[0]
    assert model.routes.owners[Cause.CREATIVE_FATIGUE] == ("creative_lead",)
    assert str(model.policy.limits[0].max_per_day) == "250.50"
    assert (model.digest.at.hour, model.digest.at.minute) == (8, 30)


def test_a_relative_source_path_starts_from_the_file():
    assert parse(GOOD, "baton.yaml", Path("/srv")).source.path == "/srv/tables"


def test_a_typo_at_the_top_names_the_line_and_the_nearest_key():
    assert refused(GOOD.replace("routes:", "rotues:")) == (
        "baton.yaml, line 7: `rotues` is not a key Baton knows; did you mean `routes`?"
    )


def test_a_typo_deep_inside_names_the_line_and_the_nearest_key():
    assert refused(GOOD.replace("max_change", "max_chnge")) == (
        "baton.yaml, line 13: `policy.limits.0.max_chnge` is not a key Baton knows; did you mean `max_change`?"
    )


def test_a_misspelt_cause_names_the_line_and_the_nearest_cause():
    assert refused(GOOD.replace("creative_fatigue", "creative_fatige")) == (
        "baton.yaml, line 9: `routes.owners.creative_fatige` cannot be `creative_fatige`; "
        "did you mean `creative_fatigue`?"
    )


def test_a_missing_company_is_named():
    assert refused(GOOD.replace("company: Halden Outdoor\n", "")) == "baton.yaml, line 1: `company` is missing."


def test_a_key_given_twice_is_refused():
    assert refused(GOOD + "company: Other\n") == "baton.yaml, line 15: `company` is given twice (first on line 1)."


def test_broken_yaml_names_the_line():
    assert refused("company: [Halden\nsource: x").startswith("baton.yaml, line 2: this is not valid YAML:")


def test_an_empty_file_says_what_is_expected():
    assert refused("") == "baton.yaml, line 1: expected keys like `company:` and `source:`."


def test_a_missing_file_says_how_to_get_one(tmp_path: Path):
    with pytest.raises(ConfigurationError, match="does not exist; `baton init` writes one to start from"):
        load(tmp_path / "baton.yaml")
