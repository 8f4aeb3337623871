"""Names come from data: however long one is, listening for it stays cheap, and its first words still mean it."""

import polars as pl

from agents.answering.subjects import MOST_WORDS, subjects
from domain.reading import Readings
from tests.agents.company import TODAY
from tests.agents.test_answering import READINGS, ask, tables

ENDLESS = "zebra " + " ".join(f"w{number}" for number in range(3000))


def named(campaign: str) -> Readings:
    """The same tables, with another name for the campaign Brand."""
    known = tables()
    brand = pl.col("campaign_name") == "Brand"
    report = known["ad_report"].with_columns(
        campaign_name=pl.when(brand).then(pl.lit(campaign)).otherwise("campaign_name")
    )
    return Readings(TODAY, known | {"ad_report": report})


def test_of_an_endless_name_only_its_first_words_are_listened_for():
    usual, endless = subjects(READINGS, ()), subjects(named(ENDLESS), ())
    assert len(endless.by_part) <= len(usual.by_part) + MOST_WORDS * (MOST_WORDS + 1)
    assert len(endless.words) <= len(usual.words) + 2 * MOST_WORDS, "each word as it is and in its other number"


def test_the_first_word_of_an_endless_name_still_means_it():
    told = ask("what was spend of zebra last week?", readings=named(ENDLESS))
    assert told.known
    assert "zebra" in told.text
