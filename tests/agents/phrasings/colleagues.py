"""Five people of the company, each in their own words: buying, making, German, British, the web and the rules."""

# one question a line reads best

from tests.agents.phrasings.company import JONAS, LEA, MARA, NILS, TOM
from tests.agents.phrasings.expected import (
    BASKET,
    BRAND,
    DACH,
    GOOGLE,
    HIKE,
    META,
    PACKS,
    RUN_CLUB,
    TEMPO,
    TENTS,
    TIKTOK,
    Figure,
    Ranking,
    Refused,
    Sides,
    Told,
    Trend,
    Voice,
)
from tests.agents.phrasings.windows import (
    DAY_BEFORE,
    DECEMBER,
    FEBRUARY,
    LAST_3,
    LAST_7,
    LAST_14,
    LAST_30,
    LAST_WEEK,
    LAST_WEEKEND,
    NOVEMBER,
    THIS_MONTH,
    THIS_QUARTER,
    THIS_WEEK,
    THURSDAY,
    YESTERDAY,
)

TRADER = Voice(
    "a media buyer at the desk",
    MARA,
    (
        ("pull CPMs for Meta and Google, last 3 days", Sides("cpm", (META, GOOGLE), LAST_3)),
        ("burn on DACH yesterday", Figure("spend", DACH, YESTERDAY)),
        ("pacing on Trail shoes this month", Refused()),
        ("impression share brand search last week", Refused()),
        ("daily cap on Tents shopping?", Told("922|921", cites="campaign_status")),
        ("which placements underperform on Meta", Refused()),
        ("freq on Run Club spring last 7d", Figure("frequency", RUN_CLUB, LAST_7)),
        ("CPA Google excl. Brand search last week", Figure("cpa", TENTS, LAST_WEEK)),
        ("what did I turn down this month", Told("DACH", never=("Ridge",))),
        ("is auction pressure what's hurting Ridge line?", Told("CPM|ruled out|fatigue|wearing out")),
        ("which campaigns burn more than 500 a day", Refused()),
        ("conv value Basket retargeting Feb", Figure("value", BASKET, FEBRUARY)),
        (
            "Hut map carousel vs Alpine morning video CTR last 14 days",
            Sides("ctr", ({"ad_id": "ad2"}, {"ad_id": "ad1"}), LAST_14),
        ),
        ("which of my campaigns lost the most conversions week on week", Told("%", cites="ad_report")),
        ("bid strategy of Brand search", Refused()),
    ),
)

MAKER = Voice(
    "a designer",
    JONAS,
    (
        ("which creative has people stopped clicking on?", Told("Ridge line")),
        (
            "Do carousels get more clicks per view than images?",
            Sides("ctr", ({"format": "carousel"}, {"format": "image"})),
        ),
        ("How long has Alpine morning video been running?", Refused()),
        ("thumbstop rate on the Sunrise tempo video", Refused()),
        ("CTR Sunrise tempo video, February by week", Figure("ctr", TEMPO, FEBRUARY)),
        ("What would you like me to make next?", Told("Ridge line|Refresh creative")),
        ("Have we ever tried UGC?", Told("UGC video", "31")),
        ("How confident is the forecast for the refresh?", Told("10", "40")),
        (
            "what's the worst performing ad on Meta by cost per conversion over the last month",
            Ranking("cpa", "ad", "highest", META),
        ),
        (
            "Show me the two ads with the best CTR on TikTok last week",
            Ranking("ctr", "ad", "best", TIKTOK, LAST_WEEK, count=2),
        ),
        ("is the reviewer quotes ad fading?", Told("Reviewer quotes", cites="ad_report|signal")),
        ("What colour performs best?", Refused()),
        ("ads launched this year", Refused()),
        ("did my promise thing for Brand search move anything?", Told("4 %|no clear effect")),
        ("what are you going to say in the brief for Ridge line?", Told("A new opening")),
    ),
)

HANSEATIC = Voice(
    "a colleague who answers in German",
    TOM,
    (
        ("Wie viele Klicks hatten wir letzte Woche auf Google?", Figure("clicks", GOOGLE, LAST_WEEK)),
        ("Was haben wir im Februar für TikTok ausgegeben?", Figure("spend", TIKTOK, FEBRUARY)),
        ("Welche Anzeige hat die schlechteste CTR diese Woche?", Ranking("ctr", "ad", "lowest", window=THIS_WEEK)),
        ("Gibt es offene Probleme?", Told("Ridge line", "DACH")),
        ("Wer hat das Budget von DACH abgelehnt?", Told("Mara")),
        ("Conversions gestern im Vergleich zu vorgestern", Figure("conversions", window=YESTERDAY, against=DAY_BEFORE)),
        ("Umsatz im Dezember", Figure(("revenue", "value"), window=DECEMBER)),
        ("How was the Absprungrate on the website?", Refused()),
        (
            "Which is the CPC from Brand search since the 1st of February?",
            Figure("cpc", BRAND, "2026-02-01/2026-03-14"),
        ),
        ("Became the retention of the Run Club members better?", Told("Run Club", cites="cohort_report|signal")),
        ("Must I decide something until Tuesday?", Told("nothing")),
        ("How many visitors came in KW 8?", Figure("sessions", window="2026-02-16/2026-02-22")),
        ("Was kostet uns eine Conversion auf Meta diesen Monat?", Figure("cpa", META, THIS_MONTH)),
        (
            "Turnover of Tents shopping in the first week of February",
            Figure(("revenue", "value"), TENTS, "2026-02-01/2026-02-07"),
        ),
        ("The costs pro Klick on TikTok, last 30 days please", Figure("cpc", TIKTOK, LAST_30)),
    ),
)

BRIT = Voice(
    "a buyer in Leeds",
    NILS,
    (
        ("what's the damage on TikTok for Feb then?", Figure("spend", TIKTOK, FEBRUARY)),
        ("Fancy telling me how First hike's been converting lately?", Figure(("cvr", "conversions"), HIKE)),
        ("how many quid per conversion on Day packs last fortnight", Figure("cpa", PACKS, LAST_14)),
        ("Has Ines signed off the Day packs budget yet?", Told("Ines|waits|not yet")),
        ("How much is Baton asking for on Day packs?", Told("520")),
        ("was the uplift on Day packs at all down to weather?", Refused()),
        ("Reckon we'll hit 40 CPA next month?", Refused()),
        ("did CTR on First hike dip after the 4th of March?", Refused()),
        ("TikTok UK spend in dollars last week", Refused()),
        ("Which day last week had the most conversions on TikTok?", Told("March", cites="ad_report")),
        ("How far off was the forecast for the tents page?", Told("62", "55")),
        ("what did we spend over the last bank holiday weekend", Refused()),
        ("anything gone wrong since Thursday?", Told("Day packs", never=("DACH prospecting",))),
        ("clicks for packing in 30 seconds on Thursday", Figure("clicks", {"ad_id": "ad12"}, THURSDAY)),
        ("CPC in the UK account last month", Figure("cpc", TIKTOK, FEBRUARY)),
    ),
)

KEEPER = Voice(
    "the keeper of the site and the rules",
    LEA,
    (
        ("How many sessions did /tents get last week?", Figure("sessions", TENTS, LAST_WEEK)),
        ("Average position for blister prevention hiking", Told("11.5", cites="search_report")),
        ("How many organic clicks from Bing?", Refused()),
        ("Is anyone allowed to overrule you?", Refused()),
        ("What size of budget change always needs Ines?", Told("20 %")),
        ("Could the bot raise a budget by itself?", Told("no|approv|person|media lead")),
        ("Which things do you do without asking?", Told("brief")),
        ("Can I set a new CPA goal?", Told("nobody|no one|forbid")),
        ("what's our CPA target", Told("36")),
        ("Which page sells the most?", Told("/tents", cites="web_report")),
        ("page speed of /tents", Refused()),
        ("Sessions over the weekend of 7 and 8 March", Figure("sessions", window=LAST_WEEKEND)),
        ("Orders in November vs December", Figure("orders", window=NOVEMBER, against=DECEMBER)),
        ("How has the number of orders moved this quarter?", Trend("orders", window=THIS_QUARTER)),
        ("What have you written to the outside world this week?", Refused()),
    ),
)
