"""The words people use for metrics, groups, orders and nothing in particular."""

from collections.abc import Mapping
from types import MappingProxyType

from agents.answering.language import listed

METRIC_WORDS: Mapping[str, str] = MappingProxyType(
    {
        phrase: name
        for name, phrases in {
            "ctr": "ctr|clicks per view|clicks per impression|clicks per views|clicks per impressions"
            "|click through rate|click-through rate|clickthrough rate|click-through|click thru rate|ctrs",
            "cpc": "cpc|cost per click|click price|price per click|costs per click|price of a click|per click"
            "|pay for clicks|paid for clicks|pay for a click|pay a click"
            "|cheapest clicks|cheap clicks|pay per click|for a click",
            "cpm": "cpm|thousand impressions|thousand views|1000 impressions|per mille|cost per mille"
            "|cost per thousand|cost per thousand impressions|thousand impressions price|cpms",
            "cvr": "cvr|conversion rate|conversion-rate|conversion rates|converts|convert|converting"
            "|clicks converted|conversions per click|orders per click|conv rate|cr",
            "cpa": "cpa|cost per acquisition|cost per conversion|costs per conversion|cost per order|acquisition cost"
                   "|acquisition costs|customer acquisition cost|cac|cpo|cost per sale|cost per purchase|per conversion"
                   "|cost per lead|cheapest conversions|costs per order|customer cost|cost of a customer"
                   "|per customer|per order|per sale|per purchase|conversion cost us|cost of a conversion"
                   "|cost a conversion|cost per customer|conversion cost|conversion costs",
            "roas": "roas|return on ad spend|back for every euro|back per euro|return per euro"
            "|return on advertising spend|ad return",
            "spend": "spend|spent|ad spend|cost|costs|spending|expenses|media investment|investment|investments"
                     "|budget used|budget spent|outlay|ad costs|media costs|media spend|spends|goes into"
                     "|burn|burned|burnt|burning"
                     "|invested|invest|put into|went into|go into|poured into|money went|damage|costing|kosten"
                     "|ausgaben|expenditure",
            "clicks": "clicks|clicked|klicks|click count|number of clicks",
            "impressions": "impressions|views|ad views|impressionen|ad impressions|times shown",
            "conversions": "conversions|conversion|conversion numbers|conversion figures|sales|purchases|sell|sold"
            "|selling|pixel"
            " conversions|konversionen|leads",
            "conversions_value": "conversion value|value of conversions|conversions value",
            "frequency": "frequency|frequencies",
            "reach": "reach|people reached",
            "orders": "orders|backend orders|bestellungen|shop orders",
            "revenue": "revenue|turnover|revenues|umsatz|income|sales revenue|sales volume",
            "sessions": "visits|visited|sessions|traffic|site visits|visitors|site visitors|website visitors"
                        "|website traffic",
            "order_rate": "order rate|orders per visit|shop conversion rate",
            "click_rate": "click rate|email click rate|newsletter click rate|engagement|click rates|mail click rate",
            "open_rate": "open rate|open rates|opening rate|email open rate|mail open rate|opens rate",
            "unsubscribe_rate": "unsubscribe rate|opt out rate|unsubscribing rate|unsubscribe rates"
            "|unsubscription rate|opt-out rate",
            "retention": "retention|retention rate|repeat rate|come back rate",
            "pixel_ratio": "pixel ratio|tracking ratio|tracking|pixel|tracked share",
            "daily_budget": "daily cap|daily limit|day budget|tagesbudget|budget|daily budget|budgets|daily budgets",
            "search_clicks": "search clicks|organic clicks|organic search clicks|seo clicks",
            "search_impressions": "searches|search impressions|organic impressions|search volume",
            "position": "position|ranking|average position|rank for|ranks|search position|rankings",
            "hours_served": "hours served|hours live",
        }.items()
        for phrase in phrases.split("|")
    }
)  # fmt: skip
MORE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        phrase: name
        for name, phrases in {
            "value_per_conversion": "value per conversion|value of a conversion|conversion value per conversion",
            "order_value": "average order value|aov|order value|basket value|average basket|basket size",
            "unsubscribes": "unsubscribes|unsubscribe|opted out|opt outs|unsubscribed|unsubscribers|opt-outs"
            "|unsubscriptions",
            "delivered": "delivered|went out|sent out|deliver|emails delivered|messages delivered|mails delivered"
            "|deliveries",
            "opens": "opens|opened|times opened",
            "complaints": "complaints|spam complaints|spam reports",
        }.items()
        for phrase in phrases.split("|")
    }
)  # fmt: skip
"""What people ask for that no agent watches."""
FIGURE_WORDS: Mapping[str, str] = MappingProxyType({**METRIC_WORDS, **MORE_WORDS})
ON_OWNED: Mapping[str, str] = MappingProxyType(
    {"ctr": "click_rate", "clicks": "owned_clicks", "conversions": "owned_conversions", "revenue": "owned_revenue",
     "conversions_value": "owned_revenue", "cvr": "owned_cvr"}
)  # fmt: skip
"""What a metric is where it is asked of messages: of email, push or a newsletter."""
ON_SEARCH: Mapping[str, str] = MappingProxyType(
    {"clicks": "search_clicks", "impressions": "search_impressions", "ctr": "search_ctr"}
)
"""What a metric is where it is asked of organic search."""
OWNED_WORDS = ("pushes", "email", "emails", "mail", "mails", "newsletter", "newsletters", "push", "sms", "messages")
SEARCH_WORDS = ("organic", "seo", "organic search", "search query", "search term", "search queries", "keyword",
                "keywords", "queries", "query")  # fmt: skip
CHANNELS: Mapping[str, str] = MappingProxyType(
    {"email": "email", "emails": "email", "mail": "email", "mails": "email", "newsletter": "email",
     "newsletters": "email", "push": "push", "pushes": "push", "push notifications": "push",
     "push notification": "push",
     "sms": "sms", "push messages": "push"}
)  # fmt: skip
FORMATS: Mapping[str, str] = MappingProxyType(
    {"video ads": "video", "video ad": "video", "videos": "video", "image ads": "image", "image ad": "image",
     "images": "image", "carousel ads": "carousel", "carousels": "carousel", "carousel": "carousel",
     "static ads": "image", "statics": "image", "product ads": "product", "text ads": "text", "video": "video",
     "image": "image"}
)  # fmt: skip
DIMENSIONS: Mapping[str, str] = MappingProxyType(
    {
        "campaign": "campaign_id", "campaigns": "campaign_id", "ad": "ad_id", "ads": "ad_id", "creative": "ad_id",
        "creatives": "ad_id", "platform": "platform", "platforms": "platform", "channel": "platform",
        "channels": "platform", "account": "account_id", "accounts": "account_id", "segment": "segment_id",
        "segments": "segment_id", "group": "segment_id",
        "groups": "segment_id", "audience": "segment_id", "audiences": "segment_id", "day": "date_day",
        "days": "date_day", "landing page": "landing_page", "landing pages": "landing_page", "query": "query",
        "queries": "query", "search term": "query", "search query": "query", "search queries": "query",
        "keyword": "query", "keywords": "query", "format": "format", "formats": "format", "ad format": "format",
        "ad formats": "format", "kampagne": "campaign_id", "kampagnen": "campaign_id", "best performer": "campaign_id",
        "performer": "campaign_id", "campaign wise": "campaign_id",
    }
)  # fmt: skip
MOST = ("highest", "most", "top", "largest", "biggest", "dearest", "most expensive", "higher", "priciest", "rank")
LEAST = ("lowest", "least", "bottom", "smallest", "cheapest", "fewest", "lower", "cheaper")
BEST = ("best", "strongest", "better", "beats", "beat", "leading", "winner", "winning", "stronger")
WORST = ("worst", "weakest", "poorest", "worse", "weaker")
ENOUGH = {"ctr": 1000.0, "cpm": 1000.0, "cpc": 50.0, "cvr": 50.0, "cpa": 5.0, "roas": 1.0, "click_rate": 500.0}
"""Below this many in the denominator a group is not ranked: a rate of little is luck."""
MONEY = frozenset({"spend", "conversions_value", "revenue", "daily_budget"})
TREND = ("trend", "trends", "trending", "develop", "developing", "developed", "development", "evolve", "evolving",
         "evolved", "over time", "curve", "going up", "going down", "week by week", "weekly", "rising", "falling",
         "increasing", "decreasing", "growing", "shrinking", "course", "trended", "moving",
         "getting worse", "getting better")  # fmt: skip
COMMON = listed(
    """tables two three four five six seven eight nine ten a about date dates account accounts achieve achieved across
    actual actually ad ads advertising after again all along already also alone always am among an and another any
    anybody anyone anything approximately are around as ask asked asking at available average away back baton be
    became because become been before being best better between biggest both bottom bring brings brought but by call
    came can cant campaign campaigns cause caused change changed channel channels cheap cheaper cheapest check
    clearly combined come comes company compare compared comparison could couple current currently customers daily
    data day days dear deliver delivered did didnt different difference do does doing done down drive driven drove
    during each earlier effective ended entire especially ever every everyone everything exactly expensive far few
    fewer fewest fine first following for from further gave general generally generate generated get gets getting
    give given gives go goes going gone good got great group had handle happen happened happening happens hard has
    have having he hello her here hey hi high higher highest him his hold how however i id if im in individual into
    is isnt it its itself ive just keep kind know kpi kpis largest last late later latest least left less let lets
    like likely list little long look looked looking looks lot low lower lowest made main make makes many marketing
    matter may maybe me mean means measure might mine money month monthly months more most move moved much must my
    near need needed needs never new next no normal not now number numbers of off often ok okay old on once one ones
    only or order other others our ours out over overall overview own paid part particular past per perform
    performance performed performing perhaps period picture pls platform platforms please pretty previous prior
    probably project provide pull put quick quickly quite rank ranking rate rather real really recent recently
    regarding relation relative reached reason report result results right rn run running said same saw say scale
    segment segments see seem seems seen set she short should show showed shown shows side simply since single site
    situation small smallest so some somebody someone something sort stand standing stands start started state stats
    status still strong such sum sure system take taken tell term terms than thank thanks that thats the their them
    then there these they thing things think this those though through time times to today together told too took
    top total toward track trend true try under until up upon us use used usual using value versus very via view vs
    want wanted was wasnt way we web website week weekly weeks well went were what whats whatever when where whereas
    whether which while who whole whom whose why will wise with within without won wont work worked working works
    worse worst would wrong year years yes yet you your yours email emails mail newsletter newsletters backend owned
    organic search shop audience audiences holding evolve evolving developing develop developed trending rising
    falling spot target google's hows wheres whos theres youre dont doesnt havent hasnt stuff thx ty kindly hallo
    bitte wie hoch war waren die der das den dem ist sind und bei von fur auf haben wir hat welche welcher wieviel
    viel bezogen detail details detailed breakdown break split table chart graph plot figure figures metric metrics
    figure's exact roughly add added adding summed love wondering wonder curious question ahead manage managed gain
    gained gaining lose lost losing effect cover covered so-far against eur euro euros pounds pound gbp usd dollars
    beat beats performer explain significant significantly beaten desk plate share pay paying pays proportion
    percentage portion count counted counts amount amounts level levels person people humans messages message sent
    send"""
) - {"target's"}
"""Words that name nothing."""
LATE = frozenset({"conversions", "conversions_value"})
