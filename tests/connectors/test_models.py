"""Which chat model a name means, and what is said when it means none."""

import sys
from types import ModuleType

import pytest
from langchain_core.language_models.fake_chat_models import FakeListChatModel

from connectors.models import load_chat_model
from domain.errors import ConfigurationError


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch):
    """Pretends that a package is installed."""

    def install(name: str, **content: object) -> None:
        module = ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)

    return install


def test_without_a_name_there_is_no_model():
    assert load_chat_model("") is None


def test_a_provider_gets_the_model_by_its_own_class(installed):
    class ChatOpenAI(FakeListChatModel):
        model: str
        responses: list[str] = []  # noqa: RUF012 - pydantic copies it

    installed("langchain_openai", ChatOpenAI=ChatOpenAI)
    model = load_chat_model("openai:gpt-5:latest")
    assert isinstance(model, ChatOpenAI)
    assert model.model == "gpt-5:latest"


def test_a_factory_of_ones_own_is_called(installed):
    installed("company.models", writer=lambda: FakeListChatModel(responses=["hello"]))
    assert isinstance(load_chat_model("company.models:writer"), FakeListChatModel)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "anthropic:claude",
            'BATON_MODEL "anthropic:claude" needs a package that is not installed: pip install langchain-anthropic',
        ),
        (
            "gpt-5",
            'BATON_MODEL "gpt-5" is not a model. Write anthropic:…, google_genai:…, ollama:…, openai:… or '
            "package.module:factory.",
        ),
        (
            "opnai:gpt-5",
            'BATON_MODEL "opnai:gpt-5": opnai is neither a known provider (anthropic, google_genai, ollama, openai) '
            "nor a module.",
        ),
        ("domain.tables:writer", 'BATON_MODEL "domain.tables:writer": domain.tables has no writer.'),
        ("domain.base:Frozen", 'BATON_MODEL "domain.base:Frozen" made a Frozen, not a chat model.'),
    ],
)
def test_a_name_that_means_no_model_is_refused_with_what_to_write(name, said, monkeypatch):
    monkeypatch.setitem(sys.modules, "langchain_anthropic", None)
    with pytest.raises(ConfigurationError) as refused:
        load_chat_model(name)
    assert str(refused.value) == said


def test_a_providers_own_complaint_is_passed_on(installed):
    def chat(**_: object) -> None:
        raise ValueError("the api key is missing")

    installed("langchain_openai", ChatOpenAI=chat)
    with pytest.raises(ConfigurationError, match="cannot be used: the api key is missing"):
        load_chat_model("openai:gpt-5")
