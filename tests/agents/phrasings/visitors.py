"""A third round of ten people, ten questions each, written down before anybody looked at what becomes of them."""

# one question a line reads best
# ruff: noqa: E501

from datetime import date

from tests.agents.phrasings.company import INES, JONAS, LEA, MARA, NILS, PRIYA, SAM, TOM
from tests.agents.phrasings.expected import (
    BRAND,
    DACH,
    EMAIL,
    GOOGLE,
    HIKE,
    MEMBERS,
    META,
    RUN_CLUB,
    TEMPO,
    TIKTOK,
    WALKERS,
    Figure,
    Ranking,
    Refused,
    Sides,
    Told,
    Trend,
    Voice,
)
from tests.agents.phrasings.windows import (
    BLACK_FRIDAY,
    DECEMBER,
    FEBRUARY,
    FRIDAY,
    JANUARY,
    LAST_3,
    LAST_7,
    LAST_14,
    LAST_90,
    LAST_WEEK,
    MONDAY,
    NOVEMBER,
    PREVIOUS_7,
    THIS_MONTH,
    THIS_WEEK,
    WEEK_BEFORE,
    YESTERDAY,
)

CFO = Voice(
    "the finance director",
    INES,
    (
        ("total media spend, calendar year 2026 to date", Figure("spend", window=("2026-01-01", "2026-03-14"))),
        ("What's the run rate on spend?", Refused()),
        ("How much of our February spend was Google?", Told("%", "Google", cites="ad_report")),
        ("is the tiktok money well spent?", Refused()),
        ("What did each order cost us in February?", Told("cost|CPA", cites="ad_report")),
        ("Ad spend on Black Friday weekend", Figure("spend", window=BLACK_FRIDAY)),
        ("What is the biggest budget I have to approve right now?", Told("Day packs")),
        ("revenue minus ad spend last month", Refused()),
        ("Who overspent last month?", Refused()),
        ("How often were your forecasts right?", Told("62|landing page|promise|4 %")),
    ),
)

TEAMLEAD = Voice(
    "a team lead writing in fragments",
    MARA,
    (
        ("Meta, CPA, this week vs last", Figure("cpa", META, THIS_WEEK, against=LAST_WEEK)),
        ("Google / conversions / Feb", Figure("conversions", GOOGLE, FEBRUARY)),
        ("my open decisions", Told("Shift budget", never=("Refresh creative",))),
        ("status DACH prospecting", Told("DACH prospecting")),
        ("ctr ads trail shoes, worst first", Told("Ridge line video", "Reviewer quotes", cites="ad_report")),
        ("CPC last 3 days, Google", Figure("cpc", GOOGLE, LAST_3)),
        ("impressions yesterday - all platforms separately", Sides("impressions", (META, GOOGLE, TIKTOK), YESTERDAY)),
        ("signals closed in Feb", Told("Tents shopping", never=("Brand search on Google got dearer",))),
        ("Run Club spring: frequency now", Figure("frequency", RUN_CLUB)),
        ("budget Basket retargeting", Told("389|388|390", cites="campaign_status")),
    ),
)

CHATTY = Voice(
    "a chatty junior",
    SAM,
    (
        ("heyyy quick q, what was meta's ctr on monday?", Figure("ctr", META, MONDAY)),
        ("omg did we really spend more than 30k last week?", Refused()),
        ("sooo who do I bug about the broken checkout", Told("Tom")),
        (
            "ok so like which campaign is absolutely killing it on roas this month",
            Ranking("roas", "campaign", "highest", window=THIS_MONTH),
        ),
        ("pls pls tell me tiktok conversions for friday", Figure("conversions", TIKTOK, FRIDAY)),
        ("haha what even is CVR", Told("conversion")),
        ("is it just me or is the trail shoes ctr tanking", Told("CTR|Ridge line")),
        ("can you ping jonas about the refresh", Refused()),
        ("what happened while i was on holiday last week", Told("DACH|Nils|March|4 |signal")),
        ("how many ads do we even have on tiktok", Told("3", cites="ad_report")),
    ),
)

CONSULTANT = Voice(
    "a consultant",
    SAM,
    (
        (
            "Please provide the aggregate click-through rate across all paid channels for the period 1 January through 31 January 2026.",
            Figure("ctr", window=JANUARY),
        ),
        (
            "Which audience segment exhibits the highest email engagement?",
            Ranking("click_rate", "segment", "highest", EMAIL),
        ),
        (
            "What proportion of total clicks is attributable to Brand search in the last 30 days?",
            Told("%", "Brand search", cites="ad_report"),
        ),
        ("Kindly outline the approval hierarchy for budget changes.", Told("Mara|media lead", "Ines|CMO")),
        ("How does the cost efficiency of Meta compare to that of TikTok?", Refused()),
        ("What learnings exist regarding budget increases on TikTok?", Told("TikTok budgets")),
        ("Has the landing page intervention for Tents shopping been effective?", Told("62")),
        ("Please quantify the uplift attributable to the creative refresh.", Refused()),
        (
            "To what extent did average order value change between December and January?",
            Figure("aov", window=DECEMBER, against=JANUARY),
        ),
        ("Which risks are currently unresolved?", Told("Ridge line", "DACH")),
    ),
)

SCEPTIC = Voice(
    "a sceptic",
    JONAS,
    (
        ("What makes you think Ridge line is tired and not just unlucky?", Refused()),
        ("prove that Ridge line is worn out", Told("412 clicks|fatigue")),
        ("Was the free returns promise a waste of time?", Told("4 %|no clear effect|Free returns")),
        ("could the CTR drop just be noise?", Refused()),
        ("how often have you been wrong about creative fatigue", Refused()),
        ("who says Run Club members are leaving?", Told("retention|come back less")),
        (
            "Sunrise tempo video CPA, last 14 days compared with the 14 days before",
            Figure("cpa", TEMPO, LAST_14, against=True),
        ),
        ("CTR for Ridge line without yesterday, this week", Refused()),
        ("and what if I do nothing about Ridge line", Refused()),
        ("did DACH prospecting get cheaper?", Figure(("cpa", "cpc", "cpm", "spend"), DACH, against=True)),
    ),
)

LOYALTY = Voice(
    "a loyalty specialist",
    PRIYA,
    (
        ("How's retention for City Walkers looking?", Figure("retention", WALKERS)),
        ("Did more people open our emails in Feb than in Jan?", Told("Feb", cites="lifecycle_report")),
        ("email revenue this month so far", Figure("mail_revenue", EMAIL, THIS_MONTH)),
        ("opt-outs last 90 days", Figure("unsubscribes", window=LAST_90)),
        (
            "unsubs by segment yesterday",
            Told("Run Club members", "City Walkers", "Trail Weekenders", cites="lifecycle_report"),
        ),
        ("Can I launch the retention flow myself?", Told("Yes|you may|CRM lead")),
        ("what's the message you want to send to Run Club members", Refused()),
        ("churn rate of Trail Weekenders", Refused("churn")),
        (
            "How has the click rate of Run Club members developed since February?",
            Trend("click_rate", MEMBERS, ("2026-02-01", "2026-03-14")),
        ),
        ("best day to send push", Refused()),
    ),
)

SEO = Voice(
    "who looks after search",
    LEA,
    (
        ("organic ctr for two person tent under 2 kg last month", Told("%", cites="search_report")),
        ("Which keyword ranks worst?", Told("blister prevention hiking", cites="search_report")),
        ("search impressions february v january", Figure("search_impressions", window=FEBRUARY, against=JANUARY)),
        ("How many people found us through Google organically last week?", Refused()),
        ("did organic clicks go up this month", Figure("search_clicks", window=THIS_MONTH, against=True)),
        ("do we show up in AI overviews", Refused()),
        ("who decides what a brief says", Refused()),
        ("What is the status of the signal about DACH?", Told("budget", "DACH")),
        ("most searched query in December", Ranking("search_impressions", "query", "highest", window=DECEMBER)),
        ("sessions from organic", Refused()),
    ),
)

SAXON = Voice(
    "a German colleague in a rush",
    TOM,
    (
        ("CTR Meta gestern bitte", Figure("ctr", META, YESTERDAY)),
        ("Ausgaben letzte 7 Tage pro Plattform", Told("Meta", "Google", "TikTok", cites="ad_report")),
        ("Warum ist Ridge line schlechter geworden?", Told("seen it too often|fatigue|wearing out")),
        ("Wer entscheidet über neue Anzeigen?", Told("Jonas|creative lead")),
        ("Bestellungen in KW 10 vs KW 9", Figure("orders", window=LAST_WEEK, against=WEEK_BEFORE)),
        ("Welche Entscheidungen sind offen?", Told("Day packs", "Ridge line")),
        ("Was hat die Reparatur der Landingpage gebracht?", Told("62")),
        ("How is it standing with the CPA goal?", Told("36")),
        ("Öffnungsrate Newsletter im Februar", Told("20 %", cites="lifecycle_report")),
        ("teuerste Kampagne letzten Monat", Refused()),
    ),
)

SCOT = Voice(
    "a Scottish buyer",
    NILS,
    (
        ("What did wee First hike do yesterday?", Figure(("spend", "conversions", "ctr", "cpa"), HIKE, YESTERDAY)),
        ("how's about CPM on TikTok, Nov compared to Dec", Figure("cpm", TIKTOK, NOVEMBER, against=DECEMBER)),
        ("Rain cover test CTR these past 14 days", Figure("ctr", {"ad_id": "ad14"}, LAST_14)),
        ("who else needs to say yes to Day packs", Told("Ines")),
        ("Are both my campaigns on budget?", Refused()),
        ("When will we know if the rotation worked?", Told("20 March")),
        ("conversions of my campaigns yesterday", Figure("conversions", TIKTOK, YESTERDAY)),
        ("Day packs CPA with and without weekends", Refused()),
        ("did anyone snooze anything this week", Told("no|none|nobody|No")),
        ("what's my limit for budget changes", Told("20 %")),
    ),
)

BOARD = Voice(
    "somebody preparing the board deck",
    INES,
    (
        ("For the board deck: ROAS on Meta in Q1 so far", Figure("roas", META, ("2026-01-01", "2026-03-14"))),
        ("One slide on what we learned this winter, please", Told("UGC video|win-back|TikTok budgets")),
        (
            "Top 3 campaigns by conversions since New Year",
            Ranking("conversions", "campaign", "highest", window=(date(2026, 1, 1), date(2026, 3, 14)), count=3),
        ),
        ("How many signals did we close this year?", Told("Tents", "Brand")),
        (
            "Compare January and February: spend, conversions and CPA",
            Figure(("spend", "cpa"), window=JANUARY, against=FEBRUARY, every=True),
        ),
        ("Which decision had the largest effect?", Told("62|landing page")),
        ("What will revenue be at the end of the quarter?", Refused()),
        ("Give me three highlights of last week", Refused()),
        ("What share of decisions was approved?", Refused()),
        (
            "spend last 7 days against the previous 7 on Brand search",
            Figure("spend", BRAND, LAST_7, against=PREVIOUS_7),
        ),
    ),
)
