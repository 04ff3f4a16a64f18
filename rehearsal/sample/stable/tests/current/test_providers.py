"""What is sent over HTTP, and what is made of the answers."""

import json

import httpx
import pytest

from meant_it import ProviderError
from meant_it.providers import OpenAI
from meant_it.settings import Settings

SETTINGS = Settings(api_key="a-key", base_url="http://model.test/v1", model="a-model")


def test_openai_sends_key_model_and_prompt():
    def answer(request):
        assert request.url == "http://model.test/v1/chat/completions"
        assert request.headers["Authorization"] == "Bearer a-key"
        body = json.loads(request.content)
        assert body["model"] == "a-model"
        assert body["messages"] == [{"role": "user", "content": "Hello?"}]
        return httpx.Response(200, json={"choices": [{"message": {"content": "Hello."}}]})

    assert OpenAI(SETTINGS, httpx.MockTransport(answer)).complete("Hello?") == "Hello."


def test_a_refusal_keeps_the_providers_words():
    refusal = httpx.MockTransport(lambda request: httpx.Response(401, text="bad key"))

    with pytest.raises(ProviderError, match="answered 401: bad key"):
        OpenAI(SETTINGS, refusal).complete("Hello?")


def test_an_unreachable_provider_is_named():
    def hang_up(request):
        raise httpx.ConnectError("nobody there")

    with pytest.raises(ProviderError, match="no answer from http://model.test/v1.*nobody there"):
        OpenAI(SETTINGS, httpx.MockTransport(hang_up)).complete("Hello?")
