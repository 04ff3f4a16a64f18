"""Asking a language model whether a text meets an expectation."""

import json
from dataclasses import dataclass
from importlib import resources
from string import Template

from meant_it.providers import OpenAI
from meant_it.settings import read_settings


class JudgeError(Exception):
    """The model answered, but not with a judgement."""


@dataclass(frozen=True)
class Verdict:
    """Whether a text met an expectation, and one sentence that says why."""

    met: bool
    reason: str


class Judge:
    """Judges texts through the model that the settings name."""

    def __init__(self, provider: OpenAI | None = None) -> None:
        self._provider = provider or OpenAI(read_settings())
        template = resources.files("meant_it") / "prompts" / "openai.txt"
        self._prompt = Template(template.read_text(encoding="utf-8"))

    def verdict(self, text: str, expectation: str) -> Verdict:
        """Judge one text by one expectation. Raises `JudgeError` or `ProviderError`."""
        answer = self._provider.complete(
            self._prompt.substitute(text=text, expectation=expectation)
        )
        return _read_verdict(answer)


def _read_verdict(answer: str) -> Verdict:
    # Models like to wrap JSON in a code fence or a polite sentence.
    found = answer[answer.find("{") : answer.rfind("}") + 1]
    try:
        judgement = json.loads(found)
        met, reason = judgement["meant"], judgement["reason"]
    except (ValueError, KeyError) as problem:
        raise JudgeError(f"the model did not answer with a judgement: {answer}") from problem
    if not isinstance(met, bool):
        raise JudgeError(f"the model answered neither true nor false: {answer}")
    return Verdict(met, str(reason))
