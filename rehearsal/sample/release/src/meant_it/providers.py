"""Language models over HTTP."""

from typing import Any, Protocol

import httpx

from meant_it.settings import Settings

TIMEOUT_SECONDS = 60
# A judgement is one short JSON object.
MOST_TOKENS = 300


class ProviderError(Exception):
    """The provider could not be reached, or refused the request."""


class Provider(Protocol):
    """Whatever can answer a prompt; the name chooses the prompt's file."""

    name: str

    def complete(self, prompt: str) -> str:
        """Send one prompt and return the model's answer."""


class OpenAI:
    """The chat completions of OpenAI, or of a server that speaks the same API."""

    name = "openai"

    def __init__(self, settings: Settings, transport: httpx.BaseTransport | None = None) -> None:
        self._settings = settings
        self._transport = transport

    def complete(self, prompt: str) -> str:
        """Send one prompt and return the model's answer. Raises `ProviderError`."""
        answer = _post(
            self._settings.base_url + "/chat/completions",
            headers={"Authorization": f"Bearer {self._settings.api_key}"},
            body={
                "model": self._settings.model,
                "temperature": 0,
                "messages": [{"role": "user", "content": prompt}],
            },
            transport=self._transport,
        )
        return str(answer["choices"][0]["message"]["content"])


class Anthropic:
    """The messages of Anthropic, or of a server that speaks the same API."""

    name = "anthropic"

    def __init__(self, settings: Settings, transport: httpx.BaseTransport | None = None) -> None:
        self._settings = settings
        self._transport = transport

    def complete(self, prompt: str) -> str:
        """Send one prompt and return the model's answer. Raises `ProviderError`."""
        answer = _post(
            self._settings.base_url + "/v1/messages",
            headers={"x-api-key": self._settings.api_key, "anthropic-version": "2023-06-01"},
            body={
                "model": self._settings.model,
                "temperature": 0,
                "max_tokens": MOST_TOKENS,
                "messages": [{"role": "user", "content": prompt}],
            },
            transport=self._transport,
        )
        return "".join(part["text"] for part in answer["content"] if part["type"] == "text")


def connect(settings: Settings) -> Provider:
    """Return the provider that the settings name."""
    kinds: dict[str, type[OpenAI | Anthropic]] = {"openai": OpenAI, "anthropic": Anthropic}
    return kinds[settings.provider](settings)


def _post(
    url: str, headers: dict[str, str], body: dict[str, Any], transport: httpx.BaseTransport | None
) -> Any:
    try:
        with httpx.Client(transport=transport, timeout=TIMEOUT_SECONDS) as client:
            response = client.post(url, headers=headers, json=body)
    except httpx.TransportError as problem:
        raise ProviderError(f"no answer from {url}: {problem}") from problem
    if response.is_error:
        raise ProviderError(f"{url} answered {response.status_code}: {response.text}")
    return response.json()
