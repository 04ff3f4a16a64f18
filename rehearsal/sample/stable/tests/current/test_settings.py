"""Where settings come from."""

import pytest

from meant_it import SettingsError
from meant_it.settings import read_settings


def test_defaults_need_only_a_key(no_settings, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "a-key")

    settings = read_settings()

    assert settings.api_key == "a-key"
    assert settings.base_url.startswith("https://")
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


def test_a_missing_key_is_named(no_settings):
    with pytest.raises(SettingsError, match="OPENAI_API_KEY is not set"):
        read_settings()


def test_the_key_stays_out_of_the_output(no_settings, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "a-key")

    assert "a-key" not in repr(read_settings())
