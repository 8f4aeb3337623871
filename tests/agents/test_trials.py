"""Experiments and comparisons as people read them: what is decided, what is not yet, what is only noise."""

from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from agents.answering import answer
from agents.combine import combine
from agents.performance import decided_tests
from agents.trials import trials
from domain.operating_model import OperatingModel, SourceSettings
from domain.reading import Readings
from domain.signal import Cause
from tests.agents.company import TODAY, ad_row, days, frame

MODEL = OperatingModel(company="Test company", source=SourceSettings(path="."))
STARTED = TODAY - timedelta(days=20)


def arms(*counts: tuple[str, int, int], test_id: str = "t1", **more: object) -> list[dict[str, object]]:
    return [
        {"test_id": test_id, "arm": name, "hypothesis": f"Idea {test_id}", "metric": "cvr", "started_on": STARTED,
         "exposed": exposed, "converted": converted} | more
        for name, exposed, converted in counts
    ]  # fmt: skip


def table(*rows: list[dict[str, object]]) -> pl.DataFrame:
    return frame("experiment", [row for some in rows for row in some])


def asked(question: str, tables: dict[str, pl.DataFrame], today: date = TODAY) -> str:
    return answer(question, Readings(today, tables), (), (), MODEL, today).text


def test_the_control_is_found_by_its_name_wherever_it_stands() -> None:
    one = trials(table(arms(("blue", 500, 30), ("Control", 500, 31), ("red", 500, 32))))[0]
    assert one.control.name == "Control"
    assert [arm.name for arm in one.arms] == ["blue", "red"]
    assert trials(table(arms(("only", 500, 30)))) == ()


def test_of_three_arms_the_one_that_is_better_for_sure_is_rolled_out_and_counted() -> None:
    rows = table(arms(("control", 20_000, 1000), ("sure", 20_000, 1300), ("lucky", 400, 28)))
    web = frame("web_report", [{"date_day": TODAY, "account_id": "a1", "campaign_id": "c1", "sessions": 900,
                                "orders": 10, "revenue": 400.0}])  # fmt: skip
    readings = Readings(TODAY, {"experiment": rows, "web_report": web})
    found = decided_tests(rows, TODAY)
    assert "arm sure" in found[0].evidence
    assert "1 further arm" in found[0].evidence
    signal = combine(found, readings, TODAY, MODEL).signals[0]
    assert signal.cause is Cause.TEST_READY
    # a day's share of the control's 20,000 people who each would convert 1.5 points more often, at 40 an order; the
    # 400 who see the lucky arm lose nothing by it
    missed = (0.065 - 0.05) * 20_000 / 21 * 40 + (0.065 - 0.07) * 400 / 21 * 40
    assert abs(signal.at_stake_per_day - Decimal(str(missed))) < 1


def test_where_every_arm_is_worse_the_control_is_the_better_arm() -> None:
    found = decided_tests(table(arms(("control", 20_000, 1300), ("new", 20_000, 1000))), TODAY)
    assert "arm control" in found[0].evidence
    assert found[0].change > 0.25
    assert found[0].interval[0] < found[0].change < found[0].interval[1]


def test_among_many_experiments_a_decision_takes_more() -> None:
    near = arms(("control", 20_000, 1000), ("new", 20_000, 1155), test_id="near")
    idle = [arms(("control", 20_000, 1000), ("new", 20_000, 1000), test_id=f"idle {at}") for at in range(40)]
    assert [one.scope.test_id for one in decided_tests(table(near), TODAY)] == ["near"]
    assert not decided_tests(table(near, *idle), TODAY)
    assert decided_tests(table(near, *idle, arms(("control", 20_000, 1000), ("new", 20_000, 1500))), TODAY)


def test_experiments_are_answered_with_what_they_say_by_now() -> None:
    rows = table(
        arms(("control", 20_000, 1000), ("new", 20_000, 1300), test_id="won"),
        arms(("control", 20_000, 1000), ("new", 20_000, 1010), test_id="open"),
        arms(("control", 300, 9), ("new", 300, 12), test_id="young"),
    )
    lines = {line.split(" (")[0]: line for line in asked("How are our tests going?", {"experiment": rows}).splitlines()}
    assert "decided for *new*" in lines["• Idea won"]
    assert "nothing to be seen yet" in lines["• Idea open"]
    assert "[" in lines["• Idea open"]
    assert "too early" in lines["• Idea young"]


def test_without_experiments_the_answer_says_so() -> None:
    ads = {"ad_report": frame("ad_report", [ad_row(TODAY, "c1", "x")])}
    assert "no experiment table" in asked("is any test running?", ads)
    assert asked("which experiment is ahead?", ads | {"experiment": table()}) == "No experiment runs."


def traffic(clicks: list[int]) -> dict[str, pl.DataFrame]:
    rows = [ad_row(day, "c1", "x", clicks=seen) for day, seen in zip(days(len(clicks)), clicks, strict=True)]
    return {"ad_report": frame("ad_report", rows)}


def test_a_comparison_says_whether_it_is_more_than_noise() -> None:
    swings = [110, 150, 128, 141, 119, 135, 127] * 7
    question = "CTR of c1 in the last 7 days compared to the week before"
    assert "no more than its days vary by" in asked(question, traffic([*swings, *(one - 4 for one in swings[:7])]))
    assert "(more than its days vary by)" in asked(question, traffic([*swings, *(one // 2 for one in swings[:7])]))
    assert "(more than its days vary by)" in asked(question, traffic([*swings, 0, 0, 0, 0, 1, 0, 0]))
