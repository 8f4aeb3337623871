"""Which words questions are made of, so that a typo is mended and a name nobody knows is not."""

from agents.answering.language import listed
from agents.answering.vocabulary import CHANNELS, COMMON, DIMENSIONS, FIGURE_WORDS, FORMATS, TREND

_ASKED_ABOUT = listed(
    """accept accepted alert alerts allowed alternative anomalies anomaly answer answers approval approvals approve
    approved approver approves attention auction automatic automatically autonomous autonomously await awaiting
    baton blocked break breaking broke broken brief briefs carried certain claim closed confidence confident
    confirmed content correct creative creatives deadline decide decided decides deciding decision decisions decline
    declined describe design drop dropped effect email escalate evidence execute executed execution exclude expect
    expected expire expired expires explain explains fatigue fatigued fix fixed fixes flow flows forbidden forbids
    forecast forecasts freeze freezes frozen goal goals help history improve improved inbox incident incidents
    increase increased interval issue issues landing lead leads learn learned learning learnings learnt leaving
    lesson lessons losing money likely loss maximum measured memory nobody noticed odd open opened  opinion outcome
    outcomes override overridden owner owners page past pause paused pending permission permitted policy predicted
    prediction problem problems promise proposal proposals propose proposed question questions raise raised raises
    reason reasons recommend recommendation recovered refresh refreshed refreshing refused reject rejected remember
    repair repaired reply reset resolved responsible result rise risk roll rotate rotating rule ruled rules
    saturated saturation shift shifted signal signals snooze snoozed solved stake stuck suggest suggested suspect
    test tests tired tried tracking undecided undo unexpected unknown unusual update urgent waiting waits warn
    warning wasted wasting wear wearing winback win-back worn wrong two three four five six seven eight nine ten
    twelve fourteen thirty ninety couple half fortnight season yesterday today tomorrow monday tuesday wednesday
    thursday friday saturday sunday january february march april june july august september october november
    december weekend quarter winter summer spring autumn percent double experiment experiments data sources source
    fresh missing gaps updated media search architect cmo crm web role roles headline headlines audience audiences
    segment segments retention members turned released mobile
    definition defined define predictions"""
)
STRANGE = listed(
    """weather margin margins profit profits profitability median deviation variance percentile forecasted gender age
    ages male female device devices desktop mobile ios android tablet browser country countries region regions city
    hour hours hourly minute minutes weekdays weekends placement placements demographic demographics competitor
    competitors follower followers likes subscribers churn ltv lifetime clv nps inventory stock employees salary
    headcount blog hook thumb thumb-stop bounce scroll store stores retail offline tv radio billboard podcast
    affiliate influencer price prices product products category categories poem joke story favourite favorite colour
    color opinion reddit twitter linkedin pinterest snapchat instagram whatsapp youtube bing amazon criteo france
    germany spain italy austria switzerland poland netherlands sweden norway denmark europe america london berlin
    hamburg paris election stocks bitcoin recipe translate code attribution incrementality assisted viewability
    quality bought buy buys buying buyer conversation conversations hell
    score vcr completion watch-time watched uplift"""
)
"""Words that mean something, and nothing our tables know: never taken for a typo of a word we do know."""
REAL = listed(
    """action area arm art block cast chance charge clock coast coat constant context court decade derive dry expert
    form formal hate leaf leap lend load mad map master meat metal mode mouth oven pace pen police pride prime
    prize produce protect quantity race rare react resort retain rice ride ripe road shade shake shame shape sharp
    shave shoe shore shoulder shower slow snow spare speed stare string tap tend theme thin tie tip toe toy tree
    wash white winner wire wish worker shared followed returned refunded consent bounced scrolled makers"""
)
"""Words of everyday English that look like a typo of one we know, and are none."""
KNOWN = frozenset(
    word
    for phrase in (*FIGURE_WORDS, *DIMENSIONS, *CHANNELS, *FORMATS, *TREND, *COMMON, *_ASKED_ABOUT, *STRANGE, *REAL)
    for word in phrase.split()
)
USUAL = listed(
    """last this that what which when where who why how much many did does was were week weeks month day days spend
    spent meta google tiktok best worst most least more less clicks ctr cpa cpc cpm cvr roas campaign campaigns ads
    ad the and for with from our all top show give tell year today yesterday before than down been have has are is
    better worse lower higher trend these those there their while about total every other video image order orders
    sales reach visit visits three seven eight black compare waiting pending signal signals click rates costs count
    share value price since until after first again right wrong works worked goals tests email mails lists ranks
    money approve allowed cost open push mail sure lead goal drop rise per can may risk test page help data learn
    rate budget"""
)
"""Words so common that a short mistyped one is taken for them."""
