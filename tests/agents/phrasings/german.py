"""Tom, who writes English with German in his head: word order, decimal commas, calendar weeks, German nouns."""

from tests.agents.phrasings.company import TOM
from tests.agents.phrasings.expected import (
    BASKET,
    BRAND,
    GOOGLE,
    META,
    TENTS,
    TIKTOK,
    TRAIL,
    Figure,
    Ranking,
    Refused,
    Told,
    Voice,
)
from tests.agents.phrasings.windows import (
    FEBRUARY,
    JANUARY,
    LAST_14,
    LAST_WEEK,
    THIRD_WEEK_BACK,
    THIS_MONTH,
    THIS_WEEK,
    THURSDAY,
    WEEK_BEFORE,
    YESTERDAY,
)

GERMAN = Voice(
    "German colleague",
    TOM,
    (
        ("How high was the CTR by Meta in the last week?", Figure("ctr", META, LAST_WEEK)),
        ("What have we spent in KW 9?", Figure("spend", window=WEEK_BEFORE)),
        ("Please the costs per conversion of Google in CW10", Figure("cpa", GOOGLE, LAST_WEEK)),
        (
            "How many orders had the campaign Tents shopping at Thursday?",
            Figure(("orders", "conversions"), TENTS, THURSDAY),
        ),
        ("Conversion-Rate Brand search since 1.3.", Figure("cvr", BRAND, THIS_MONTH)),
        (
            "Compare the week 9 with week 8 for the clicks on Meta",
            Figure("clicks", META, WEEK_BEFORE, against=THIRD_WEEK_BACK),
        ),
        ("Spend from 1.2. until 28.2. on TikTok", Figure("spend", TIKTOK, FEBRUARY)),
        ("Since when is the Ridge line video worse?", Told("9 March|9 Mar")),
        ("Who has the landing page repair released?", Told("Tom|You|you")),
        ("What stands open for me?", Told("nothing")),
        (
            "Which campaign is the most expensive per conversion in February?",
            Ranking("cpa", "campaign", "highest", window=FEBRUARY),
        ),
        ("What brought the landing page fix?", Told("62")),
        ("Has the CPM by Google risen in the last 14 days?", Figure("cpm", GOOGLE, LAST_14, against=True)),
        ("Which budget has DACH prospecting actually?", Told("907", cites="campaign_status")),
        ("How is the turnover of this month?", Figure(("revenue", "value"), window=THIS_MONTH)),
        (
            "Is it allowed to raise a budget over easter?",
            Told("Easter", any_of=("freeze", "3 April", "3 Apr", "3 to 6 April")),
        ),
        ("Kosten Meta letzte Woche", Figure("spend", META, LAST_WEEK)),
        ("Wie hoch war die CTR gestern?", Figure("ctr", window=YESTERDAY)),
        ("Until when must the refresh of the Ridge line video be decided?", Told("17 March|17 Mar")),
        ("What means the signal with the Run Club members?", Told("come back less|retention")),
        ("the ROAS of Trail shoes prospecting from 23 February to 1 March please", Figure("roas", TRAIL, WEEK_BEFORE)),
        ("How many visitors had the website yesterday?", Figure("sessions", window=YESTERDAY)),
        ("What is the weather in Hamburg tomorrow?", Refused()),
        (
            "How did the click price on Google change against the previous month in February?",
            Figure("cpc", GOOGLE, FEBRUARY, against=JANUARY),
        ),
        ("Conversions per day this week on TikTok", Figure("conversions", TIKTOK, THIS_WEEK)),
        (
            "Which performance had Basket retargeting in January?",
            Figure(("spend", "conversions", "cpa", "roas"), BASKET, JANUARY),
        ),
        ("Do we have a tracking problem?", Told("No signal", cites="signals")),
    ),
)
