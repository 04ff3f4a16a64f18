"""Assertions on text that a language model wrote, judged by a language model."""

from meant_it.assertions import assert_says, says
from meant_it.judge import JudgeError
from meant_it.providers import ProviderError
from meant_it.settings import SettingsError

__version__ = "0.1.0"

__all__ = ["JudgeError", "ProviderError", "SettingsError", "assert_says", "says"]
