"""Where settings come from."""

import pytest

from meant_it import SettingsError
from meant_it.settings import read_settings


def test_openai_judges_by_default(no_settings, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "a-key")

    assert read_settings().provider == "openai"


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_defaults_need_only_provider_and_key(no_settings, monkeypatch, provider):
    monkeypatch.setenv("LLM_PROVIDER", provider)
    monkeypatch.setenv(f"{provider.upper()}_API_KEY", "a-key")

    settings = read_settings()

    assert settings.provider == provider
    assert settings.api_key == "a-key"
    assert provider in settings.base_url
    assert settings.model


def test_the_environment_wins_over_the_env_file(no_settings, monkeypatch):
    (no_settings / ".env").write_text("OPENAI_API_KEY=from-file\nOPENAI_MODEL=from-file\n")
    monkeypatch.setenv("OPENAI_MODEL", "from-environment")

    settings = read_settings()

    assert (settings.api_key, settings.model) == ("from-file", "from-environment")


def test_the_env_file_is_searched_upward(no_settings, monkeypatch):
    (no_settings / ".env").write_text("OPENAI_API_KEY=a-key\n")
    below = no_settings / "below"
    below.mkdir()
    monkeypatch.chdir(below)

    assert read_settings().api_key == "a-key"


def test_an_unknown_provider_is_refused(no_settings, monkeypatch):
    monkeypatch.setenv("LLM_PROVIDER", "nobody")

    with pytest.raises(SettingsError, match="set it to one of openai, anthropic"):
        read_settings()


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_missing_key_is_named(no_settings, monkeypatch, provider):
    monkeypatch.setenv("LLM_PROVIDER", provider)

    with pytest.raises(SettingsError, match=f"{provider.upper()}_API_KEY is not set"):
        read_settings()


def test_the_key_stays_out_of_the_output(no_settings, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "a-key")

    assert "a-key" not in repr(read_settings())
