"""Priya, who leads CRM: mail, push, audiences, retention."""

from tests.agents.phrasings.company import PRIYA
from tests.agents.phrasings.expected import (
    EMAIL,
    MEMBERS,
    PUSH,
    Figure,
    Ranking,
    Refused,
    Sides,
    Told,
    Trend,
    Voice,
)
from tests.agents.phrasings.windows import (
    FEBRUARY,
    JANUARY,
    LAST_7,
    LAST_14,
    LAST_30,
    LAST_90,
    LAST_WEEK,
    THIS_MONTH,
    YESTERDAY,
)

CRM = Voice(
    "CRM lead",
    PRIYA,
    (
        ("What was our email open rate last week?", Figure("open_rate", EMAIL, LAST_WEEK)),
        ("Open rate for Run Club members last week", Figure("open_rate", MEMBERS, LAST_WEEK)),
        ("How many emails did we deliver in February?", Figure("delivered", EMAIL, FEBRUARY)),
        ("Email click rate: this month against February", Figure("click_rate", EMAIL, THIS_MONTH, against=FEBRUARY)),
        ("Which segment clicks least in our mails?", Ranking("click_rate", "segment", "lowest", EMAIL)),
        ("unsubscribe rate last 30 days", Figure("unsubscribe_rate", window=LAST_30)),
        ("How many people unsubscribed yesterday?", Figure("unsubscribes", window=YESTERDAY)),
        ("30 day retention of Run Club members", Figure("retention", MEMBERS)),
        (
            "Has retention for Run Club members dropped since February?",
            Told(any_of=("19 %", "Retention", "retention"), cites="cohort_report|signal"),
        ),
        ("Which audience has the best retention?", Ranking("retention", "segment", "highest")),
        ("Compare push and email click rates last week", Sides("click_rate", (PUSH, EMAIL), LAST_WEEK)),
        (
            "What is waiting on my desk?",
            Told("retention flow", never=("Refresh creative", "Shift budget", "Day packs")),
        ),
        ("Why are Run Club members leaving?", Told("come back less|retention", cites="signal")),
        ("What do you expect from the win-back flow for Run Club?", Told("12 %|+12", any_of=("2", "22"))),
        ("What have we learned about win-back emails?", Told("Trail Weekenders", "9 %")),
        ("how much revenue did email make last week", Figure("mail_revenue", EMAIL, LAST_WEEK)),
        ("conversions from push notifications last 14 days", Figure("mail_conversions", PUSH, LAST_14)),
        (
            "CTR of City Walkers in our newsletters in January",
            Figure("click_rate", {"segment_id": "seg_city", "channel": "email"}, JANUARY),
        ),
        ("What is the churn rate by product category?", Refused()),
        ("How many SMS did we send last week?", Refused("SMS")),
        ("who decides about retention flows?", Told("Priya|crm lead")),
        ("is somebody allowed to start a retention flow without asking?", Told("no|person|Priya|crm lead|always")),
        ("how confident are you in the retention drop?", Told("81")),
        ("Trend of open rates over the last 90 days", Trend("open_rate", window=LAST_90)),
        ("What's the customer lifetime value of Trail Weekenders?", Refused()),
        ("email spam complaints in the last 7 days", Figure("complaints", EMAIL, LAST_7)),
        ("When does the retention flow question expire?", Told("16 March|16 Mar")),
    ),
)
