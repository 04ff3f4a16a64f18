"""What is sent over HTTP, and what is made of the answers."""

import json

import httpx
import pytest

from meant_it import ProviderError
from meant_it.providers import Anthropic, OpenAI, connect
from meant_it.settings import Settings


def settings(provider, base_url):
    return Settings(provider, api_key="a-key", base_url=base_url, model="a-model")


OPENAI = settings("openai", "http://model.test/v1")
ANTHROPIC = settings("anthropic", "http://model.test")


def test_openai_sends_key_model_and_prompt():
    def answer(request):
        assert request.url == "http://model.test/v1/chat/completions"
        assert request.headers["Authorization"] == "Bearer a-key"
        body = json.loads(request.content)
        assert body["model"] == "a-model"
        assert body["messages"] == [{"role": "user", "content": "Hello?"}]
        return httpx.Response(200, json={"choices": [{"message": {"content": "Hello."}}]})

    assert OpenAI(OPENAI, httpx.MockTransport(answer)).complete("Hello?") == "Hello."


def test_anthropic_sends_key_model_and_prompt():
    def answer(request):
        assert request.url == "http://model.test/v1/messages"
        assert request.headers["x-api-key"] == "a-key"
        assert request.headers["anthropic-version"]
        body = json.loads(request.content)
        assert body["model"] == "a-model"
        assert body["max_tokens"] > 0
        assert body["messages"] == [{"role": "user", "content": "Hello?"}]
        parts = [{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "Hello."}]
        return httpx.Response(200, json={"content": parts})

    assert Anthropic(ANTHROPIC, httpx.MockTransport(answer)).complete("Hello?") == "Hello."


@pytest.mark.parametrize(("chosen", "kind"), [(OPENAI, OpenAI), (ANTHROPIC, Anthropic)])
def test_the_settings_choose_the_provider(chosen, kind):
    provider = connect(chosen)

    assert isinstance(provider, kind)
    assert provider.name == chosen.provider


def test_a_refusal_keeps_the_providers_words():
    refusal = httpx.MockTransport(lambda request: httpx.Response(401, text="bad key"))

    with pytest.raises(ProviderError, match="answered 401: bad key"):
        Anthropic(ANTHROPIC, refusal).complete("Hello?")


def test_an_unreachable_provider_is_named():
    def hang_up(request):
        raise httpx.ConnectError("nobody there")

    with pytest.raises(ProviderError, match="no answer from http://model.test/v1.*nobody there"):
        OpenAI(OPENAI, httpx.MockTransport(hang_up)).complete("Hello?")
