"""Language models over HTTP."""

from typing import Any

import httpx

from meant_it.settings import Settings

TIMEOUT_SECONDS = 60


class ProviderError(Exception):
    """The provider could not be reached, or refused the request."""


class OpenAI:
    """The chat completions of OpenAI, or of a server that speaks the same API."""

    def __init__(self, settings: Settings, transport: httpx.BaseTransport | None = None) -> None:
        self._settings = settings
        self._transport = transport

    def complete(self, prompt: str) -> str:
        """Send one prompt and return the model's answer. Raises `ProviderError`."""
        answer = self._post(
            "/chat/completions",
            headers={"Authorization": f"Bearer {self._settings.api_key}"},
            body={
                "model": self._settings.model,
                "temperature": 0,
                "messages": [{"role": "user", "content": prompt}],
            },
        )
        return str(answer["choices"][0]["message"]["content"])

    def _post(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> Any:
        url = self._settings.base_url + path
        try:
            with httpx.Client(transport=self._transport, timeout=TIMEOUT_SECONDS) as client:
                response = client.post(url, headers=headers, json=body)
        except httpx.TransportError as problem:
            raise ProviderError(f"no answer from {url}: {problem}") from problem
        if response.is_error:
            raise ProviderError(f"{url} answered {response.status_code}: {response.text}")
        return response.json()
