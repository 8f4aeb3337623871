"""How governance names roles, people and actions in its sentences."""

from collections.abc import Sequence
from decimal import Decimal

from domain.action import Action
from domain.catalogue import CATALOGUE
from domain.operating_model import OperatingModel
from domain.proposal import Proposal
from domain.verdict import Ask, Automatic, Verdict

_ACRONYMS = {"cmo": "CMO", "crm": "CRM", "seo": "SEO"}


def role(name: str) -> str:
    """A role in words: "CRM lead"."""
    return " ".join(_ACRONYMS.get(word, word) for word in name.split("_"))


def action(kind: str) -> str:
    """An action kind in a sentence: "shift budget"."""
    title = CATALOGUE[kind].title if kind in CATALOGUE else kind
    return title[0].lower() + title[1:]


def agent(name: str) -> str:
    """An agent in a sentence: "the performance agent"."""
    return f"the {name.replace('_', ' ')} agent"


def place(action: Action) -> str:
    """Where an action takes place, as far as it says: "account a1 on meta"."""
    account = f"account {action.account_id}" if action.account_id else ""
    where = f" on {action.platform}" if account and action.platform else action.platform or ""
    return f"{account}{where}" or "what belongs to no single account"


def title(proposal: Proposal) -> str:
    """A proposal as people call it: "Shift budget: Trail shoes to Run Club"."""
    ids = [value for _, value in proposal.action if isinstance(value, str) and value in proposal.names]
    called = " to ".join(dict.fromkeys(proposal.names[one] for one in ids))
    kind = CATALOGUE[proposal.action.kind].title
    return f"{kind}: {called}" if called else kind


def verdict(said: Verdict) -> str:
    """A verdict in words: "asks the media lead", "asks 2 people, one of them the CMO"."""
    if isinstance(said, Automatic):
        return "happens without asking"
    if not isinstance(said, Ask):
        return "is not allowed"
    who = f"the {role(said.role)}"
    return f"asks {who}" if said.quorum == 1 else f"asks {said.quorum} people, one of them {who}"


def share(value: float | Decimal) -> str:
    """A share in words: 0.3 is "30 %", 0.504 is "50.4 %"."""
    return f"{float(value) * 100:.1f}".removesuffix(".0") + " %"


def listing(words: Sequence[str], last: str = "or") -> str:
    """Words as a person lists them: "a, b or c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


def holders(model: OperatingModel, name: str) -> str:
    """Who holds a role, with the role: "Mara Lind (media lead)"; the role alone where nobody does."""
    people = [person.name for person in model.holders(name)]
    return f"{listing(people)} ({role(name)})" if people else f"the {role(name)}"
