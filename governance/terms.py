"""How governance names roles, people and actions in its sentences."""

from collections.abc import Sequence
from decimal import Decimal

from domain.catalogue import CATALOGUE
from domain.operating_model import OperatingModel

ARCHITECT = "cmo"
"""The role that designs the system and may decide where nobody else can."""
_ACRONYMS = {"cmo": "CMO", "crm": "CRM", "seo": "SEO"}


def role(name: str) -> str:
    """A role in words: "CRM lead"."""
    return " ".join(_ACRONYMS.get(word, word) for word in name.split("_"))


def action(kind: str) -> str:
    """An action kind in a sentence: "shift budget"."""
    title = CATALOGUE[kind].title if kind in CATALOGUE else kind
    return title[0].lower() + title[1:]


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
