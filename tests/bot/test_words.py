"""Numbers and names as a busy reader meets them."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import words


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        (Decimal("118.40"), "EUR", "€118.40"),
        (Decimal(1240), "EUR", "€1,240"),
        (Decimal("1184.5"), "USD", "$1,184.50"),
        (Decimal("-3.2"), "GBP", "−£3.20"),
        (Decimal("118.40"), "SEK", "118.40 SEK"),
    ],
)
def test_money_names_its_currency_and_keeps_its_cents(amount, currency, said):
    assert words.money(amount, currency) == said


@pytest.mark.parametrize(
    ("change", "said"), [(0.31, "+31 %"), (-0.364, "−36 %"), (-0.004, "−0.4 %"), (0.0, "0 %"), (-0.0001, "0 %")]
)
def test_a_change_has_a_sign_and_a_real_minus(change, said):
    assert words.percent(change) == said


@pytest.mark.parametrize(
    ("metric", "value", "said"),
    [
        ("ctr", 0.0131, "1.31 %"),
        ("click_rate", 0.62, "62 %"),
        ("cpa", 38.2, "€38.20"),
        ("frequency", 4.123, "4.12"),
        ("impressions", 48900, "48,900"),
        ("conversions per click", 0.0312, "0.031"),
        ("sessions", 3.42, "3.4"),
        ("hours_served", 17.5, "17.5 h"),
        ("unsubscribe_rate", 0.00023, "0.0230 %"),
        ("cpa", float("inf"), "–"),
    ],
)
def test_a_metric_is_said_in_its_own_unit(metric, value, said):
    assert words.figure(metric, value, "EUR") == said


@pytest.mark.parametrize(
    ("probability", "said"),
    [(0.997, "very likely (99 %)"), (0.8, "likely (80 %)"), (0.6, "more likely than not (60 %)"), (1.0, "(100 %)")],
)
def test_confidence_comes_in_words_and_number_and_is_never_rounded_up_to_certainty(probability, said):
    assert said in words.likelihood(probability)


@pytest.mark.parametrize(
    ("code", "said"), [("crm_lead", "CRM lead"), ("cmo", "CMO"), ("creative_fatigue", "creative fatigue")]
)
def test_roles_and_causes_read_like_words(code, said):
    assert words.spoken(code) == said


def test_a_day_has_its_year_only_where_it_is_another_one():
    assert words.day(date(2026, 3, 14)) == "14 March"
    assert words.day(date(2025, 12, 30), date(2026, 1, 2)) == "30 December 2025"


def test_a_moment_is_shown_in_the_readers_own_time_zone():
    berlin = datetime(2026, 3, 14, 10, 30, tzinfo=timezone(timedelta(hours=1)))
    assert words.moment(berlin) == words.moment(berlin.astimezone(UTC))
    assert words.moment(berlin).endswith("|14 March 2026, 09:30 UTC>")
    assert "<!date^1773480600^" in words.moment(berlin)


def test_a_name_can_hold_no_mention_no_link_and_no_formatting():
    assert words.outside("<!channel> *v2* & <@U0MARA0001>") == "&lt;!channel&gt; ∗v2∗ &amp; &lt;@U0MARA0001&gt;"
    assert words.outside("\u202eevil\u202c\nname") == "evil name"


def test_a_long_name_is_cut_visibly():
    assert words.outside("x" * 100, 10) == "xxxxxxxxx…"


def test_emoji_families_and_persian_survive():
    assert words.plain("👩‍👩‍👧 می‌خواهم") == "👩‍👩‍👧 می‌خواهم"


@given(st.text(max_size=300), st.integers(1, 200))
def test_text_from_outside_never_outgrows_its_room_and_never_opens_a_token(text, most):
    made = words.outside(text, most)
    assert "<" not in made
    assert len(words.plain(text, most)) <= most


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_percent_keeps_the_order_of_changes(one, other):
    def number(said: str) -> float:
        return float(said.replace("−", "-").replace(",", "").rstrip(" %"))

    low, high = sorted((one, other))
    assert number(words.percent(low)) <= number(words.percent(high)) + 1e-9


FSI, PDI = "\u2068", "\u2069"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("fell to 31 % in 3 h", "fell to 31\u00a0% in 3\u00a0h"),
        ("(95 % sure: −19 to −2 %, n = 11)", "(95\u00a0% sure: −19 to −2\u00a0%, n\u00a0=\u00a011)"),
        ("118.40 SEK in 40 min", "118.40\u00a0SEK in 40\u00a0min"),
        ("type `/baton summary 30 % n = 4`", "type `/baton summary 30 % n = 4`"),
        ("<!date^1^{date} at {time}|14 March, 09:30 UTC>", "<!date^1^{date} at {time}|14 March, 09:30 UTC>"),
        ("2 creatives, in = 3, 4 HOURS", "2 creatives, in = 3, 4 HOURS"),
    ],
)
def test_no_line_ends_between_a_figure_and_its_unit(text: str, shown: str):
    assert words.typeset(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("CTR of קמפיין אביב fell 31 %", f"CTR of {FSI}קמפיין אביב{PDI} fell 31 %"),
        ("حملة 2024 الربيع: +4 %", f"{FSI}حملة 2024 الربيع{PDI}: +4 %"),
        ("Trail Shoe", "Trail Shoe"),
        ("a\u2068b\u2069 אב", f"ab {FSI}אב{PDI}"),
    ],
)
def test_words_from_right_to_left_leave_the_sentence_around_them_in_order(text: str, shown: str):
    assert words.outside(text) == shown
    assert words.plain(shown) == words.plain(text), "what is compared or typed holds none of it"


def test_what_is_to_be_typed_holds_nothing_that_cannot_be_typed():
    assert (
        words.escape("type `/baton signal קמפיין`, not קמפיין") == f"type `/baton signal קמפיין`, not {FSI}קמפיין{PDI}"
    )


def test_a_name_from_right_to_left_keeps_the_figures_at_its_end():
    assert words.proper_name("קמפיין 2024", 70) == f"{FSI}קמפיין 2024{PDI}"
    assert words.proper_name("Run Club 2024", 70) == "Run Club 2024"


@given(text=st.text(alphabet="abאב 12*%<&\n—ب", max_size=80), most=st.integers(1, 60))
def test_what_was_cut_leaves_nothing_open(text: str, most: int):
    for line in words.typeset(words.cut(words.isolated(text), most)).split("\n"):
        assert line.count(FSI) == line.count(PDI)
