"""`baton init`: a company's first files, from flags, from answers, and from what its tables say already."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from app import config
from app.cli import cli
from app.starting import Answers, run
from domain.errors import ConfigurationError
from tests.app.commands import company

__all__ = ("company",)


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Answers the questions of `baton init` line by line, as somebody at a terminal does."""
    monkeypatch.setattr("app.starting.has_somebody", lambda: True)

    def answer(*lines: str, given: tuple[str, ...] = (), to: Path) -> Result:
        return CliRunner().invoke(cli, ["init", "--to", str(to), *given], input="\n".join(lines) + "\n")

    return answer


def test_with_enter_alone_the_files_are_those_of_a_company_that_said_nothing(answering, tmp_path: Path):
    answered = answering(*[""] * 8, to=tmp_path / "asked")
    assert answered.exit_code == 0, answered.output
    run(folder=tmp_path / "plain", answers=Answers(timezone=config.load(tmp_path / "asked" / "baton.yaml").timezone))
    for name in ("baton.yaml", "slack-manifest.yaml", ".env.example"):
        assert (tmp_path / "asked" / name).read_text("utf-8") == (tmp_path / "plain" / name).read_text("utf-8")


def test_what_is_given_is_not_asked_and_what_will_not_do_is_asked_again(answering, tmp_path: Path):
    wrong = ["euro", "EUR", "Europe/Berln", "Europe/Vienna", "#Ads", "ads", "Ada", "ada", "U0ADA00001", "nowhere", ""]
    answered = answering("", *wrong, given=("--company", "Nordlicht"), to=tmp_path)
    assert answered.exit_code == 0, answered.output
    assert "Company" not in answered.output.split("wrote")[0].replace("of the company", "")
    assert "Three capital letters" in answered.output
    assert "write one like Europe/Berlin" in answered.output
    model = config.load(tmp_path / "baton.yaml")
    assert (model.company, model.currency, model.timezone) == ("Nordlicht", "EUR", "Europe/Vienna")
    assert (model.routes.channel, model.people[0].name, model.people[0].slack) == ("ads", "Ada", "U0ADA00001")
    assert model.executor.kind == "by_hand"


def test_tables_that_are_there_say_the_currency_and_what_a_conversion_costs_now(
    answering, company: Path, tmp_path: Path
):
    answered = answering(*[""] * 7, given=("--tables", str(company / "tables")), to=tmp_path)
    assert "Found 1 ad account, 2025-09-01 to 2025-12-29" in answered.output
    text = (tmp_path / "baton.yaml").read_text("utf-8")
    (goal,) = config.load(tmp_path / "baton.yaml").goals
    assert f"# it was {goal.target:.2f} in the last 28 days of the tables" in text
    assert f"{goal.target:,.2f}" in answered.output


def test_tables_that_cannot_be_read_are_said_and_keep_nobody_from_starting(answering, tmp_path: Path):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "ad_report.csv").write_text("date_day,clicks\n2026-01-01,3\n", "utf-8")
    answered = answering(*[""] * 8, to=tmp_path)
    assert answered.exit_code == 0
    assert "The tables are there and not right yet" in answered.output


def test_nothing_is_asked_where_a_file_is_there_already(answering, tmp_path: Path):
    (tmp_path / ".env.example").touch()
    answered = answering(to=tmp_path)
    assert isinstance(answered.exception, ConfigurationError)
    assert "Company" not in answered.output
    assert [path.name for path in tmp_path.iterdir()] == [".env.example"]


@pytest.mark.parametrize(
    ("flag", "value", "because"),
    [
        ("currency", "Euro", "Three capital letters"),
        ("timezone", "Berlin", "is no time zone"),
        ("channel", "#ads", "no # and no spaces"),
        ("slack", "ada", "starts with U or W"),
        ("ad_account", "somewhere", "Like http://"),
    ],
)
def test_a_flag_that_will_not_do_is_refused_by_name(flag: str, value: str, because: str, tmp_path: Path):
    with pytest.raises(ConfigurationError, match=f"--{flag.replace('_', '-')}: .*{because}"):
        run(folder=tmp_path, answers=Answers(**{flag: value}))
    assert list(tmp_path.iterdir()) == []


@given(
    company_name=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60),
    name=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60),
)
def test_whatever_a_company_and_its_people_are_called_the_file_says_it(
    tmp_path_factory: pytest.TempPathFactory, company_name: str, name: str
):
    folder = tmp_path_factory.mktemp("named")
    run(folder=folder, answers=Answers(company=company_name, name=name, ad_account="http://127.0.0.1:8400"))
    written = yaml.safe_load((folder / "baton.yaml").read_text("utf-8"))
    model = config.load(folder / "baton.yaml")
    assert (written["company"], written["people"][0]["name"]) == (company_name, name)
    assert (model.company, model.people[0].name, model.executor.kind) == (company_name, name, "ad_account")
