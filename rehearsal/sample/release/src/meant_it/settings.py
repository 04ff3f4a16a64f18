"""Settings from the environment and the nearest `.env` file."""

import os
from dataclasses import dataclass, field

from dotenv import dotenv_values, find_dotenv

# For each provider its own address and the model that judges.
DEFAULTS = {
    "openai": ("https://api.openai.com/v1", "gpt-4o-mini"),
    "anthropic": ("https://api.anthropic.com", "claude-haiku-4-5"),
}


class SettingsError(Exception):
    """A setting is missing or wrong."""


@dataclass(frozen=True)
class Settings:
    """Which provider judges, and how to reach it."""

    provider: str
    api_key: str = field(repr=False)
    base_url: str
    model: str


def read_settings() -> Settings:
    """Read the settings; the environment wins over `.env`. Raises `SettingsError`."""
    values = {**dotenv_values(find_dotenv(usecwd=True)), **os.environ}
    provider = values.get("LLM_PROVIDER") or "openai"
    if provider not in DEFAULTS:
        raise SettingsError(f"LLM_PROVIDER is {provider!r}: set it to one of {', '.join(DEFAULTS)}")
    prefix = provider.upper()
    api_key = values.get(f"{prefix}_API_KEY")
    if not api_key:
        raise SettingsError(f"{prefix}_API_KEY is not set: export it, or write it into a .env file")
    default_url, default_model = DEFAULTS[provider]
    base_url = values.get(f"{prefix}_BASE_URL") or default_url
    return Settings(
        provider, api_key, base_url.rstrip("/"), values.get(f"{prefix}_MODEL") or default_model
    )
