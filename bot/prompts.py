"""What the assistant pane suggests to ask, by what somebody answers for. Every one of them has an answer."""

from collections.abc import Mapping

from domain.operating_model import OperatingModel

MOST = 4
"""Prompts Slack shows at most."""
EVERYBODY: Mapping[str, str] = {
    "What waits for me?": "What is waiting for my decision?",
    "What is open?": "What is open right now?",
    "Last week": "How did last week compare with the week before?",
    "What did we learn?": "What did we learn from our last decisions?",
}
BY_ROLE: Mapping[str, Mapping[str, str]] = {
    "cmo": {
        "Our goals": "Are we on target?",
        "Decisions": "What did we decide last week?",
        "Forecasts": "Which forecasts were wrong?",
    },
    "media_lead": {
        "Dearest campaigns": "Which campaigns have the highest CPA this week?",
        "What moved": "Which campaign had the biggest CPA rise this week?",
        "My limits": "Can I approve a 30 % budget rise?",
    },
    "creative_lead": {
        "Worn-out ads": "Which ads are wearing out?",
        "Best ads": "Which 3 ads have the best CTR this month?",
        "What did we learn?": "What did we learn about creatives?",
    },
    "crm_lead": {
        "Email": "How did the email click rate do last week compared with the week before?",
        "Audiences": "Which segment has the lowest retention?",
        "What did we learn?": "What did we learn about win-back emails?",
    },
    "web_lead": {
        "Broken pages": "Do we have a landing page problem?",
        "Tracking": "Do we have a tracking problem?",
        "Visits": "Which campaigns brought the most visits last week?",
    },
    "content_lead": {
        "Searches": "Which search queries bring the most clicks?",
        "Freezes": "When is the next freeze?",
        "What did we learn?": "What did we learn from our last decisions?",
    },
}


def prompts_for(user: str, model: OperatingModel) -> Mapping[str, str]:
    """Label → question, for one person: what waits for them, what their roles ask most, then what everybody does."""
    person = model.person(user)
    roles = sorted(person.roles) if person else []
    first, *rest = EVERYBODY.items()
    own = [one for role in roles for one in BY_ROLE.get(role, {}).items()]
    return dict(list(dict([first, *own, *rest]).items())[:MOST])
