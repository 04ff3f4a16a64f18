"""Settings that a test can change without leaving a trace."""

import os

import pytest


@pytest.fixture
def no_settings(monkeypatch, tmp_path):
    """A working directory whose `.env` is empty, and an environment without any of our settings."""
    for name in os.environ:
        if name.startswith(("LLM_", "OPENAI_", "ANTHROPIC_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").touch()
    return tmp_path
