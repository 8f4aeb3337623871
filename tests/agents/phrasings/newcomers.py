"""Ten more people, ten questions each, written down before anybody looked at what becomes of them."""

# one question a line reads best

from tests.agents.phrasings.company import INES, JONAS, LEA, MARA, NILS, PRIYA, SAM, TOM
from tests.agents.phrasings.expected import (
    BASKET,
    EMAIL,
    GOOGLE,
    HIKE,
    META,
    PACKS,
    PUSH,
    RIDGE,
    TENTS,
    TIKTOK,
    TRAIL,
    WEEKENDERS,
    Figure,
    Ranking,
    Refused,
    Sides,
    Told,
    Trend,
    Voice,
)
from tests.agents.phrasings.windows import (
    CHRISTMAS,
    DECEMBER,
    FEBRUARY,
    JANUARY,
    LAST_14,
    LAST_28,
    LAST_30,
    LAST_WEEK,
    LAST_WEEKEND,
    THIS_MONTH,
    THIS_WEEK,
    THURSDAY,
    WEEK_BEFORE,
    YESTERDAY,
)

FOUNDER = Voice(
    "the founder, on a walk",
    INES,
    (
        ("how are we doing money-wise this month, ad spend I mean", Figure("spend", window=THIS_MONTH)),
        ("which platform gives me the most back for every euro", Ranking("roas", "platform", "highest")),
        ("are people buying less than in January?", Refused()),
        (
            "did we sell more in february than in january",
            Figure(("revenue", "orders", "conversions"), window=FEBRUARY, against=JANUARY),
        ),
        ("who's the person for the website again", Told("Tom")),
        ("what have you done without me knowing", Refused()),
        ("Is anything stuck because of me?", Told("Day packs")),
        ("how much did christmas cost us in ads", Figure("spend", window=CHRISTMAS)),
        ("what's the worst thing going on at the moment", Told("Ridge line")),
        ("do our competitors pay more per click", Refused()),
    ),
)

INTERN = Voice(
    "an intern with autocorrect",
    SAM,
    (
        ("CTR oft Meta last weak", Figure("ctr", META, LAST_WEEK)),
        ("how manny convertions on tictok yesterday", Figure("conversions", TIKTOK, YESTERDAY)),
        ("spent per campain in febuary", Told("DACH prospecting", "Tents shopping", cites="ad_report")),
        ("wich add has the best click trough rate on meta", Ranking("ctr", "ad", "highest", META)),
        ("what is ROAS lol", Figure("roas")),
        ("roas defintion", Told("conversion", "spend")),
        ("revenu last moth", Figure(("revenue", "value"), window=FEBRUARY)),
        ("is tere anything i can aprove", Told("no|not|nothing")),
        ("ad copy for ridge line video", Refused()),
        ("cpc bascket retargeting thsi month", Figure("cpc", BASKET, THIS_MONTH)),
    ),
)

QUERY_WRITER = Voice(
    "somebody who writes SQL",
    LEA,
    (
        ("sum(spend) by platform, 2026-02", Told("Meta", "Google", "TikTok", cites="ad_report")),
        (
            "spend, clicks, conversions for Trail shoes prospecting from 2026-03-02 to 2026-03-08",
            Figure(("spend", "clicks", "conversions"), TRAIL, LAST_WEEK, every=True),
        ),
        ("count of campaigns on Google", Told("2", cites="ad_report")),
        (
            "top 3 search queries by clicks, last 28 days",
            Ranking("search_clicks", "query", "highest", window=LAST_28, count=3),
        ),
        ("avg daily spend on Meta in February", Told("2,602")),
        ("CPM Google: Jan vs Feb", Figure("cpm", GOOGLE, JANUARY, against=FEBRUARY)),
        ("p-value of the CTR drop on Ridge line", Refused()),
        ("distinct users reached last week", Refused()),
        ("rolling 7 day CPA Meta", Refused()),
        ("share of TikTok in total conversions in January", Told("%", "TikTok", cites="ad_report")),
    ),
)

DIPLOMAT = Voice(
    "a diplomat of a colleague",
    TOM,
    (
        (
            "Hello there, hope you had a nice weekend! Could I trouble you for last week's number of orders?",
            Figure("orders", window=LAST_WEEK),
        ),
        ("I don't want to step on anyone's toes, but who exactly decided against the budget for DACH?", Told("Mara")),
        (
            "When you have a minute, I'd appreciate the CPA for Google in the first half of February.",
            Figure("cpa", GOOGLE, "2026-02-01/2026-02-14"),
        ),
        (
            "Apologies if this was asked before: what is currently awaiting approval, and from whom?",
            Told("Jonas", "Priya", "Ines"),
        ),
        (
            "It would help me a lot to know how many sessions the site had in January.",
            Figure("sessions", window=JANUARY),
        ),
        (
            "Would you mind comparing the click-through rates of Google and TikTok for February?",
            Sides("ctr", (GOOGLE, TIKTOK), FEBRUARY),
        ),
        (
            "Am I right in thinking that the tents page was repaired in February?",
            Told("17 February|24 February|62|recovered|handed over|Tom"),
        ),
        ("I'd be grateful for the conversion rate on Tents shopping last month", Figure("cvr", TENTS, FEBRUARY)),
        ("May I know whether a budget can be raised by a quarter without the CMO?", Refused()),
        ("Many thanks in advance for telling me what the last decision of Nils was.", Told("Run Club members|changes")),
    ),
)

GROWTH = Voice(
    "a growth marketer",
    MARA,
    (
        ("blended CPA w10 vs w9", Figure("cpa", window=LAST_WEEK, against=WEEK_BEFORE)),
        ("scale candidates? campaigns with ROAS over 4 last 14 days", Told("ROAS", cites="ad_report")),
        ("what's fatiguing", Told("Ridge line")),
        ("CVR drop on Brand search, what's behind it", Told("CVR", "Brand search")),
        ("retargeting vs prospecting CPA", Refused()),
        ("is DACH limited by budget", Told("runs out of budget|budget cap")),
        ("new vs returning customers CPA", Refused()),
        ("money left in the Tents shopping budget today", Refused()),
        ("best 3 campaigns on roas, feb", Ranking("roas", "campaign", "highest", window=FEBRUARY, count=3)),
        ("did the 80 euro shift out of Trail shoes go through?", Told("waits|waiting|Mara|not")),
    ),
)

ART_DIRECTOR = Voice(
    "an art director",
    JONAS,
    (
        ("Is Ridge line done for?", Told("wearing out|fatigue|36")),
        ("when does my ridge line decision run out", Told("17 March")),
        ("how many people have seen the Alpine morning video this week", Refused()),
        (
            "image or video, what works better on meta",
            Sides(
                ("ctr", "cvr", "cpa", "roas", "conversions"),
                ({"platform": "meta", "format": "image"}, {"platform": "meta", "format": "video"}),
            ),
        ),
        ("Left in your basket: clicks last fortnight", Figure("clicks", {"ad_id": "ad5"}, LAST_14)),
        ("what have refreshes brought us in the past", Told("31|UGC video")),
        ("show the ctr curve of ridge line for the last 4 weeks", Trend("ctr", RIDGE)),
        ("Which of our ads cost the most per click in February?", Ranking("cpc", "ad", "highest", window=FEBRUARY)),
        ("which ads were paused last month", Refused()),
        ("has anyone but me got a say in a new creative", Refused()),
    ),
)

NEWSLETTER = Voice(
    "who writes the newsletter",
    PRIYA,
    (
        ("how did our mails do last week", Figure(("open_rate", "click_rate", "delivered"), EMAIL, LAST_WEEK)),
        ("clicks on push yesterday", Told("push", cites="lifecycle_report")),
        ("which group unsubscribes most", Ranking(("unsubscribes", "unsubscribe_rate"), "segment", "highest")),
        ("Trail Weekenders open rate, feb against jan", Figure("open_rate", WEEKENDERS, FEBRUARY, against=JANUARY)),
        ("how many complaints about spam this month", Figure("complaints", window=THIS_MONTH)),
        ("what did the win-back do for click rate", Told("9 %")),
        ("is it only the Run Club members whose retention is falling", Refused()),
        ("mails sent per subscriber", Refused()),
        ("click rate push vs email in january", Sides("click_rate", (PUSH, EMAIL), JANUARY)),
        ("Run Club members: why do they come back less?", Told("retention|come back less")),
    ),
)

BERLIN = Voice(
    "a German trainee",
    TOM,
    (
        ("Wie war der CPA letzte Woche auf TikTok?", Figure("cpa", TIKTOK, LAST_WEEK)),
        ("Wie viel haben wir im Januar ausgegeben?", Figure("spend", window=JANUARY)),
        ("Welche Kampagne hat die höchsten Kosten pro Conversion?", Ranking("cpa", "campaign", "highest")),
        ("Was wartet auf mich?", Told("nothing")),
        ("Wer darf das Budget um 30 % erhöhen?", Told("Ines", "Mara")),
        ("Was haben wir über TikTok gelernt?", Told("TikTok budgets")),
        ("Impressionen von Google im Dezember", Figure("impressions", GOOGLE, DECEMBER)),
        ("How was the traffic at the weekend?", Figure("sessions", window=LAST_WEEKEND, also="2026-03-14/2026-03-14")),
        ("Which campaigns run on Google?", Told("Brand search", "Tents shopping")),
        (
            "Please compare me the Umsatz from February with this from January",
            Figure(("revenue", "value"), window=FEBRUARY, against=JANUARY),
        ),
    ),
)

NORTHERN = Voice(
    "a blunt buyer",
    NILS,
    (
        ("tiktok. spend. last week. go", Figure("spend", TIKTOK, LAST_WEEK)),
        ("Day packs - up or down on conversions this week?", Figure("conversions", PACKS, THIS_WEEK, against=True)),
        ("why the hell is First hike so expensive", Refused()),
        ("what did I change on First hike and when", Told("5 March", "Run Club members")),
        ("who's blocking Day packs", Told("Ines")),
        ("CPM, TikTok, thursday", Figure("cpm", TIKTOK, THURSDAY)),
        ("how much more will Day packs make if I push it to 520", Refused()),
        ("what's in it for me with the Day packs raise", Refused()),
        ("First hike video against Day packs video on ROAS last 30 days", Sides("roas", (HIKE, PACKS), LAST_30)),
        ("stop asking me about budgets", Refused()),
    ),
)

AUDITOR = Voice(
    "an auditor",
    SAM,
    (
        ("Which decisions were taken in March, and by whom?", Told("Mara", "Nils")),
        ("Who signed off the free returns promise?", Told("Jonas")),
        ("List everything that was rejected.", Told("Mara", never=("Jonas Okafor approved",))),
        ("How many approvals does a 40 % increase need?", Told("Ines|two|Two")),
        ("What is the largest budget change the policy permits?", Told("50 %")),
        ("Is silence ever taken as consent?", Told("never|72")),
        ("On which dates may nothing be executed?", Told("Easter")),
        ("Which predictions turned out right?", Told("62|landing page")),
        ("Who can see this conversation?", Refused()),
        ("What was the CPA on Meta on 31 November?", Refused()),
    ),
)
