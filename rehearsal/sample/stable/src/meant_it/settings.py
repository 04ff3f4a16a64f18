"""Settings from the environment and the nearest `.env` file."""

import os
from dataclasses import dataclass, field

from dotenv import dotenv_values, find_dotenv


class SettingsError(Exception):
    """A setting is missing or wrong."""


@dataclass(frozen=True)
class Settings:
    """How to reach the model that judges."""

    api_key: str = field(repr=False)
    base_url: str
    model: str


def read_settings() -> Settings:
    """Read the settings; the environment wins over `.env`. Raises `SettingsError`."""
    values = {**dotenv_values(find_dotenv(usecwd=True)), **os.environ}
    api_key = values.get("OPENAI_API_KEY")
    if not api_key:
        raise SettingsError("OPENAI_API_KEY is not set: export it, or write it into a .env file")
    base_url = values.get("OPENAI_BASE_URL") or "https://api.openai.com/v1"
    return Settings(api_key, base_url.rstrip("/"), values.get("OPENAI_MODEL") or "gpt-4o-mini")
