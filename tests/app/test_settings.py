"""The environment is read once, and a typo in it is refused."""

from pathlib import Path

import pytest

from app.settings import from_environment
from domain.errors import ConfigurationError


def test_an_unknown_setting_is_refused_with_the_nearest_known_one():
    with pytest.raises(ConfigurationError, match="BATON_MODLE is not a setting Baton knows; did you mean BATON_MODEL"):
        from_environment({"BATON_MODLE": "openai:x"})


def test_secrets_never_appear_in_what_settings_print():
    settings = from_environment({"SLACK_BOT_TOKEN": "xoxb-secret", "DATABASE_URL": "postgresql://u:pw@h/db"})
    assert "xoxb-secret" not in repr(settings)
    assert "pw" not in repr(settings)
    assert settings.slack_bot_token.get_secret_value() == "xoxb-secret"


@pytest.mark.parametrize("name", ["SLACK_API_URL", "CHROMA_URL"])
def test_a_password_in_an_address_is_refused_without_repeating_it(name: str):
    with pytest.raises(ConfigurationError) as refused:
        from_environment({name: "http://user:s3cret@127.0.0.1:8000"})
    assert name in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_a_file_named_env_fills_in_what_the_environment_leaves_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN=xoxb-file\nBATON_HOME=elsewhere\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "")
    monkeypatch.delenv("SLACK_BOT_TOKEN")
    monkeypatch.setenv("BATON_HOME", "here")
    settings = from_environment()
    assert (settings.slack_bot_token.get_secret_value(), settings.home) == ("xoxb-file", Path("here"))


def test_the_ledgers_key_is_a_file_named_in_the_environment_or_one_of_our_own():
    assert from_environment({}).ledger_key is None
    assert from_environment({"BATON_LEDGER_KEY": ""}).ledger_key is None
    assert from_environment({"BATON_LEDGER_KEY": "/run/secrets/ledger.pem"}).ledger_key == Path(
        "/run/secrets/ledger.pem"
    )
