"""Questions about who may do what: roles, limits, freezes, goals. Read from the operating model, decided elsewhere."""

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from agents import wording
from agents.answering import language
from agents.answering.context import Question
from agents.answering.goals import GOALS, goals
from agents.answering.vocabulary import METRIC_WORDS
from domain.case import Answer, Citation
from domain.catalogue import CATALOGUE, CatalogueEntry, Risk
from domain.operating_model import Limit

ACTION_WORDS: Mapping[str, str] = MappingProxyType(
    {word: kind for kind, entry in CATALOGUE.items() for word in entry.asked_by}
)
_SPOKEN = {form: kind for word, kind in ACTION_WORDS.items() for form in (word, f"{word}s")}
_RISKS = {
    Risk.STRATEGY: "strategy",
    Risk.AUDIENCE_DEFINITION: "who is reached",
    Risk.BUDGET_SHIFT: "where money goes",
    Risk.REGULATED_CLAIM: "a regulated claim",
    Risk.BRAND_CRITICAL_CREATIVE: "what the brand shows",
    Risk.PERSONAL_DATA: "the use of personal data",
}
_WHO = (
    r"\bwho (may|can|must|has to|should|needs to|approves?|decides?|is allowed|is entitled|is authori[sz]ed"
    r"|signs?|owns?|gets? asked|is asked)\b"
)
_MUST = r"\b(?:have|has|need|needs|must|should)(?: to)? (?:agree|approve|sign|confirm|decide|be asked|be approved)\b"
_HOW_MANY = r"\bhow many (?:\w+ )?(?:people|approvals|persons|signatures)\b.*\b(?:needs?|must|takes?|required)\b"
_APPROVAL = ("needs approval", "need approval", "policy", "needs an approval", "approval for", "approval do")
_FORBIDDEN = r"\b(?:rule against|forbidden|forbid|prohibited|not allowed|never allowed|never done|off limits)\b"
_MOST = (
    r"\b(?:maximum|max|largest|biggest|highest|most|at most|how far|how much|cap|limit"
    r"|limits)\b.*\bbudgets?\b.*\b(?:move|moved|change"
    r"|changed|day|by)\b"
    r"|\bbudget (?:cap|limit|limits)\b"
)
_HOW_LONG = (
    r"\bhow (?:long|fast|quick|quickly|soon|much time) (?:do|does|have|has|is|are|can|until)\b.*\b(?:answer"
    r"|decide|approve|react"
    r"|question|card)\b"
)
_MAY_I = r"\b(?:may|can|could|am) i\b"
_TEAM = (
    r"\bwho (?:are|is) (?:the |our |all |all the )*(?:owners|decision makers|people|team|leads|approvers|who)\b"
    r"|\bwho owns what\b"
)
_CONTACT = (
    r"\bwho (?:is )?(?:the |our )?(?:person|contact|one) for\b|"
    r"\bwho(?:m)? (?:do|should|can|could|would|must) (?:i|we|one) (?:\w+ )?(?:ask|talk|speak|contact|turn|go|write)\b"
    r"|\bwho (?:is |takes |looks )(?:responsible|in charge|care|after|the contact)\b|\bwhos? (?:contact|responsible)\b"
)
_TOPICS: Mapping[str, str] = MappingProxyType(
    {
        word: role
        for role, words in {
            "crm_lead": "email emails mail mails newsletter newsletters crm retention push lifecycle segments"
            " flows loyalty",
            "creative_lead": "creative creatives ad ads video videos image images brand design copy",
            "web_lead": "website web landing page pages tracking pixel shop checkout site",
            "content_lead": "content seo organic search blog briefs brief articles",
            "media_lead": "media budget budgets bidding bids campaigns campaign spend meta google tiktok audiences",
            "cmo": "strategy goals goal policy",
        }.items()
        for word in words.split()
    }
)
"""Who is asked about what, where no case says it."""
_SILENCE = r"\b(nobody|no one|no-one|silence|expires?|too late|in time)\b"
_REACTS = r"\b(answers?|happens?|expires?|decides?|reacts?|responds?|consent|agreement|taken|counts?)\b"
_AUTOMATIC = ("automatic", "automatically", "without asking", "by itself", "autonomously", "on its own",
              "without approval", "without permission", "without a person", "by yourself", "on your own")  # fmt: skip
_MAY = (
    r"\b(may|can|could) (i|we|you|baton|the bot|anyone|anybody|somebody|someone)\b|\ballowed\b|\bpermitted\b"
    r"|\b(may|can) \w+ (?:\w+ )?(approve|decide|raise|sign|change|release|move|shift|cut|increase)\b|\bdo (?:i"
    r"|we) need\b.*\b(?:for|to)\b"
)
ASKED_WITH = language.listed(
    """who may can must should has to needs need allowed approve approves approval approvals approved decide decides
    decision sign signs sign-off signed off own owns asked ask agree confirm policy rule rules forbidden prohibited
    maximum max limit limits cap how entitled authorised authorized overall answer react question card responsible
    charge care after contact talk speak turn owners people team leads approvers nobody no one silence late happens
    expire expires myself outline hierarchy standing automatic automatically without asking itself autonomously
    permission person yourself permitted change changed raise rise increase increased cut more goal goals target
    targets track reach hit meet miss lead role roles person alone always never still entitled by us our i me
    bot baton human release start launch do does executed new anyone anybody someone somebody if answers written
    over above below hitting hits meeting reached start share budget move moves permits permit policy taken consent
    agreement makers again can may must should could would will change quarter"""
)
"""Words of a question about who may do what."""
_OF_TIME = language.listed("when next freeze freezes frozen long fast quick soon over until nothing dates")


def reads(question: Question) -> frozenset[str]:
    """Words that a question about who may do what reads where something is made of them."""
    text = question.text
    said = [*language.find_all(text, _SPOKEN), *language.find_all(text, _TOPICS)]
    found = {word for phrase, _ in said for word in phrase.split()}
    if re.search(_MOST, text):
        found |= {"largest", "biggest", "highest", "most"}
    if re.search(r"\b(?:has|have) the (?:final |last )?say\b", text):
        found |= {"say", "final", "last"}
    if _share(text) is not None or _amount(text) is not None:
        found |= {"percent", "by", "of", "move", "moving", "euros", "euro", "double", "half"}
        found |= set(re.findall(r"[\d.]+|€[\d.]+", text))
    if _asks_how_long(question) or question.says("nothing", "freeze", "freezes", "frozen") or _freeze_named(question):
        found |= _OF_TIME
    aims = {goal.metric for goal in question.model.goals}
    found |= {word for phrase, name in language.find_all(text, METRIC_WORDS) if name in aims for word in phrase.split()}
    return frozenset(found)


def answer_policy(question: Question) -> Answer | None:
    """The answer, where the question is about the operating model."""
    text = question.text
    asks = re.search(f"{_WHO}|{_MAY}|{_MUST}|{_HOW_MANY}", text) is not None or question.says(*_APPROVAL)
    asks = asks and not question.says("still", "yet", "so far")
    kind = language.find(text, _SPOKEN) if asks or question.says(*_AUTOMATIC) else None
    if asks and kind is None and _share(text) is not None and question.says("increase", "rise", "raise", "cut", "more"):
        kind = "set_budget"
    if asks and kind is None and _amount(text) is not None and question.says("move", "moving", "shift", "shifting"):
        kind = "shift_budget"
    told = _people(question, asks)
    if told is None and (
        question.says("freeze", "freezes", "frozen", "nothing be executed", "nothing is executed")
        or _freeze_named(question)
    ):
        told = _freezes(question)
    if told is None and _asks_how_long(question):
        told = _expiry(question)
    if told is None and question.says(*_AUTOMATIC):
        told = _automatic_kind(question, kind) if kind else _automatic(question)
    if told is None and re.search(_FORBIDDEN, text) and not kind:
        told = _forbidden(question)
    if told is None and re.search(_MOST, text):
        told = _most(question)
    if told is None and re.search(_MAY_I, text) and question.asker is not None:
        told = may_i(question, kind)
    if told is None and asks and kind:
        told = _approval(question, kind)
    if told is None and not asks and re.search(GOALS, text):
        told = goals(question)
    return told


def _people(question: Question, asks: bool) -> Answer | None:
    """Who holds which role."""
    text = question.text
    if re.search(r"\bwho (is|are|has|holds?)\b", text) and (told := _role(question)):
        return told
    if re.search(_TEAM, text):
        roles = sorted({role for person in question.model.people for role in person.roles})
        lines = [f"• {people_with(question, role)}" for role in roles]
        return question.answer("\n".join(lines) or "Nobody holds a role yet.", [_cite(question)])
    if re.search(_CONTACT, text):
        role = language.find(text, _TOPICS)
        return question.answer(f"{people_with(question, role)}.", [_cite(question)]) if role else None
    del asks
    return None


def _asks_how_long(question: Question) -> bool:
    text = question.text
    silent = re.search(_SILENCE, text) is not None and re.search(_REACTS, text) is not None
    which = question.says("which", "what expired", "decisions expired") or re.search(r"\bwhen (does|do|will)\b", text)
    return (silent and not which) or re.search(_HOW_LONG, text) is not None


def _freeze_named(question: Question) -> bool:
    return any(question.says(language.plain(one.name)) for one in question.model.freezes)


def _automatic_kind(question: Question, kind: str) -> Answer:
    """Whether one kind of action is done without asking."""
    entry, policy = CATALOGUE[kind], question.model.policy
    title = entry.title.lower()
    if kind in policy.automatic and entry.risk is Risk.ROUTINE:
        return question.answer(f'Yes: "{title}" is automatic, Baton does it without asking.', [_cite(question)])
    if kind in policy.forbidden:
        return question.answer(f'No: the policy forbids "{title}", whoever asks.', [_cite(question)])
    why = f" A person always decides {_RISKS[entry.risk]}." if entry.risk is not Risk.ROUTINE else ""
    text = f'No: "{title}" needs a person, {people_with(question, entry.owner)}.{why}'
    return question.answer(text, [_cite(question)])


def _forbidden(question: Question) -> Answer:
    kinds = sorted(CATALOGUE[kind].title.lower() for kind in question.model.policy.forbidden if kind in CATALOGUE)
    text = f"Never done, whoever asks: {wording.listing(kinds)}." if kinds else "No kind of action is forbidden."
    cap = _per_cent(question.model.policy.max_budget_change)
    return question.answer(f"{text} No budget moves by more than {cap} in a day.", [_cite(question)])


def _most(question: Question) -> Answer:
    cap = _per_cent(question.model.policy.max_budget_change)
    limits = [_limit_words(limit, question) for limit in question.model.policy.limits]
    text = " ".join([f"No budget moves by more than {cap} in a day, whoever approves.", *limits])
    return question.answer(text, [_cite(question)])


def may_i(question: Question, kind: str | None) -> Answer | None:
    """What the asker may approve: their own roles, limits, accounts and platforms count."""
    asker, roles = question.asker, question.roles
    assert asker is not None
    if not roles:
        return question.answer("No: you hold no role here, so nothing is put to you. You may ask.", [_cite(question)])
    held = wording.listing([wording.role(role) for role in sorted(roles)])
    if kind is None:
        return _what_i_may(question, held)
    entry = CATALOGUE[kind]
    general = _approval(question, kind)
    if kind in question.model.policy.forbidden or general.text.startswith("Nobody"):
        return question.answer(f"No. {general.text}", general.citations)
    place = question.scope
    elsewhere = bool(asker.platforms and place.platform and place.platform not in asker.platforms) or bool(
        asker.accounts and place.account_id and place.account_id not in asker.accounts
    )
    refused = (
        "Not by yourself: that place is not yours."
        if elsewhere
        else f"Not by yourself: you are {held}."
        if entry.owner not in roles
        else "Not alone."
        if general.text.startswith("Two people")
        else ""
    )
    if refused:
        return question.answer(f"{refused} {general.text}", general.citations)
    limits = [limit for limit in question.model.policy.limits if _applies(limit, kind, entry)]
    told = " ".join(_limit_words(limit, question, also=False) for limit in limits)
    return question.answer(f"Yes, you may, as {held}. {told}".strip(), [_cite(question)])


def _what_i_may(question: Question, held: str) -> Answer | None:
    """All that the asker decides."""
    if not question.says("approve", "decide", "sign off", "release"):
        return None
    titles = [entry.title.lower() for entry in CATALOGUE.values() if entry.owner in question.roles]
    text = f"As {held} you decide: {wording.listing(titles)}."
    return question.answer(text if titles else f"As {held} you are asked where others' limits end.", [_cite(question)])


def _expiry(question: Question) -> Answer:
    hours = question.model.policy.expires_after_hours
    return question.answer(f"After {hours} hours a question expires. Silence is never an approval.", [_cite(question)])


def _role(question: Question) -> Answer | None:
    roles = {role for person in question.model.people for role in person.roles} | {
        entry.owner for entry in CATALOGUE.values()
    }
    named = {role.replace("_", " "): role for role in roles}
    named |= {"architect": "cmo", "chief marketing officer": "cmo"} if "cmo" in roles else {}
    role = language.find(question.text, named)
    if role is None:
        return None
    people = [person.name for person in question.model.holders(role)]
    if not people:
        return question.answer(f"Nobody holds the role of {wording.role(role)}.", [_cite(question)])
    verb = "is" if len(people) == 1 else "are"
    return question.answer(f"{wording.listing(people)} {verb} the {wording.role(role)}.", [_cite(question)])


def _approval(question: Question, kind: str) -> Answer:
    model, entry = question.model, CATALOGUE[kind]
    share, amount = _share(question.text), _amount(question.text)
    title = entry.title.lower()
    budget = entry.moves_budget
    if kind in model.policy.forbidden:
        return question.answer(f'Nobody: the policy forbids "{title}".', [_cite(question)])
    cap = model.policy.max_budget_change
    if budget and share is not None and share > cap:
        text = f"Nobody: no budget moves by more than {_per_cent(cap)} at once, whoever approves."
        return question.answer(text, [_cite(question)])
    if kind in model.policy.automatic and entry.risk is Risk.ROUTINE:
        return question.answer(f'Baton does it without asking: "{title}" is automatic.', [_cite(question)])
    beyond = [limit for limit in model.policy.limits if _applies(limit, kind, entry) and _exceeds(limit, share, amount)]
    owner = people_with(question, entry.owner)
    if beyond:
        others = wording.listing(sorted({people_with(question, limit.beyond) for limit in beyond}))
        text = f"Two people: {others} must approve as well as {owner}. {_limit_words(beyond[0], question)}"
    else:
        text = f"{owner} alone." if share is not None or amount is not None else f"{owner}."
        text += "".join(
            f" {_limit_words(limit, question)}" for limit in model.policy.limits if _applies(limit, kind, entry)
        )
    if entry.risk is not Risk.ROUTINE:
        text += f" It is never automatic: a person always decides {_RISKS[entry.risk]}."
    if budget:
        text += f" No budget moves by more than {_per_cent(cap)} at once."
    if frozen := next((one for one in model.freezes if one.first_day <= question.present <= one.last_day), None):
        text += f" Nothing is executed before {wording.day(frozen.last_day)} is over ({frozen.name})."
    return question.answer(text, [_cite(question)])


def _freezes(question: Question) -> Answer:
    coming = sorted(
        (one for one in question.model.freezes if one.last_day >= question.present), key=lambda one: one.first_day
    )
    if not coming:
        return question.answer("No freeze is planned: approved actions are executed every day.", [_cite(question)])
    told = [f"{one.name} from {wording.days(one.first_day, one.last_day, question.present)}" for one in coming]
    return question.answer(f"Nothing is executed during {wording.listing(told)}.", [_cite(question)])


def _automatic(question: Question) -> Answer:
    kinds = sorted(
        CATALOGUE[kind].title.lower()
        for kind in question.model.policy.automatic
        if kind in CATALOGUE and CATALOGUE[kind].risk is Risk.ROUTINE
    )
    text = (
        f"Without asking, Baton may {wording.listing(kinds)}. Everything else waits for a person's approval."
        if kinds
        else "Nothing: Baton asks a person every time, and does only what was approved."
    )
    return question.answer(text, [_cite(question)])


def _applies(limit: Limit, kind: str, entry: CatalogueEntry) -> bool:
    return limit.role == entry.owner and (not limit.actions or kind in limit.actions)


def _exceeds(limit: Limit, share: float | None, amount: Decimal | None) -> bool:
    too_far = limit.max_change is not None and share is not None and share > limit.max_change
    too_much = limit.max_per_day is not None and amount is not None and amount > limit.max_per_day
    return too_far or too_much


def _limit_words(limit: Limit, question: Question, *, also: bool = True) -> str:
    bounds: list[str] = []
    if limit.max_change is not None:
        bounds.append(_per_cent(limit.max_change))
    if limit.max_per_day is not None:
        bounds.append(f"{wording.money(limit.max_per_day, question.model.currency)} a day")
    beyond = wording.role(limit.beyond)
    alone = f"The {wording.role(limit.role)} decides alone up to {wording.listing(bounds)}"
    return f"{alone}; beyond that the {beyond} joins." if also else f"{alone}."


def people_with(question: Question, role: str) -> str:
    """Who holds a role, by name; where nobody does, who is asked instead."""
    people = [person.name for person in question.model.holders(role)]
    if not people:
        return f"the {wording.role(role)} (nobody holds that role, so the CMO is asked)"
    return f"{wording.listing(people, 'or')} ({wording.role(role)})"


def _share(text: str) -> float | None:
    found = re.search(r"(\d+(?:\.\d+)?) ?(?:percent|per cent|pct)\b", text)
    if found:
        return float(found[1]) / 100
    return (
        1.0 if re.search(r"\b(double|doubling)\b", text) else 0.5 if re.search(r"\b(halve|halving)\b", text) else None
    )


def _amount(text: str) -> Decimal | None:
    found = re.search(r"€ ?(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?) ?(?:€|eur|euros?|usd|dollars?)\b", text)
    return Decimal(found[1] or found[2]) if found else None


def _per_cent(share: float) -> str:
    return f"{share * 100:.1f}".removesuffix(".0") + " %"


def _cite(question: Question) -> Citation:
    return Citation(table="baton.yaml", window=None, filter=f"policy version {question.model.policy.version}")
