"""A chatbot that answers visitors of a public library."""

import os
from collections import defaultdict

import httpx
from dotenv import find_dotenv, load_dotenv
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

INSTRUCTIONS = """\
You answer visitors of a public library. Be polite and brief, and say nothing beyond these facts.
The library is open from 9 to 18 on weekdays.
On Sundays only the reading room is open.
Adults may borrow ten books for three weeks.
Children may borrow five comics for one week.
"""

load_dotenv(find_dotenv(usecwd=True))

app = FastAPI(title="Help desk")
conversations: defaultdict[str, list[dict[str, str]]] = defaultdict(list)


class Message(BaseModel):
    """What a visitor says."""

    conversation: str
    text: str = Field(min_length=1)


class Reply(BaseModel):
    """What the help desk answers."""

    text: str


@app.post("/chat")
def chat(message: Message) -> Reply:
    """Answer one message; the conversation so far is remembered."""
    conversation = conversations[message.conversation]
    asked = [*conversation, {"role": "user", "content": message.text}]
    answer = _complete([{"role": "system", "content": INSTRUCTIONS}, *asked])
    conversations[message.conversation] = [*asked, {"role": "assistant", "content": answer}]
    return Reply(text=answer)


def _complete(messages: list[dict[str, str]]) -> str:
    base_url = os.environ.get("OPENAI_BASE_URL") or "https://api.openai.com/v1"
    try:
        response = httpx.post(
            f"{base_url}/chat/completions",
            headers={"Authorization": f"Bearer {os.environ.get('OPENAI_API_KEY', '')}"},
            json={"model": os.environ.get("OPENAI_MODEL") or "gpt-4o-mini", "messages": messages},
            timeout=60,
        )
        response.raise_for_status()
    except httpx.HTTPError as problem:
        raise HTTPException(503, "The help desk cannot think right now.") from problem
    return response.json()["choices"][0]["message"]["content"]
