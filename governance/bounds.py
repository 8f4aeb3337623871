"""How a limit is said, and which limits limit nothing: the hard cap holds for everybody and comes first."""

from domain.money import written
from domain.operating_model import Limit, Person, Policy
from governance import terms


def limit_words(one: Limit, currency: str) -> str:
    """A limit as a sentence's end: "a media lead decides alone up to 30 % a day; beyond that the CMO must …"."""
    bounds = [terms.share(one.max_change)] if one.max_change is not None else []
    bounds += [written(one.max_per_day, currency)] if one.max_per_day is not None else []
    what = f" to {terms.listing([terms.action(kind) for kind in sorted(one.actions)])}" if one.actions else ""
    return (
        f"a {terms.role(one.role)} decides alone up to {terms.listing(bounds, 'and') or 'any amount'} a day"
        f"{what}{where(one)}; beyond that the {terms.role(one.beyond)} must approve as well."
    )


def where(one: Person | Limit) -> str:
    """Where somebody answers, or a limit holds: " for ad account a1 and platform meta"; empty for everywhere."""
    places = [
        f"{word} {terms.listing(sorted(named), 'and')}"
        for word, named in (("ad account", one.accounts), ("platform", one.platforms))
        if named
    ]
    return f" for {terms.listing(places, 'and')}" if places else ""


def moot(policy: Policy) -> tuple[Limit, ...]:
    """Limits above the hard cap. They still say who approves, and never how much."""
    cap = policy.max_budget_change
    return tuple(one for one in policy.limits if one.max_change is not None and one.max_change > cap)


def moot_words(limit: Limit, policy: Policy) -> str:
    """That a limit is above the hard cap, in a sentence."""
    share = terms.share(limit.max_change or 0)
    return (
        f"The limit of the {terms.role(limit.role)}, {share} a day, limits no budget: none moves by more than "
        f"{terms.share(policy.max_budget_change)} in a day, whoever approves (max_budget_change)."
    )
