"""A chatbot that answers visitors of a public library."""

import os

from dotenv import find_dotenv, load_dotenv
from fastapi import FastAPI
from langchain.chat_models import init_chat_model
from langchain.messages import HumanMessage, SystemMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from pydantic import BaseModel, Field

INSTRUCTIONS = """\
You answer visitors of a public library. Be polite and brief, and say nothing beyond these facts.
The library is open from 9 to 18 on weekdays.
On Sundays only the reading room is open.
Adults may borrow ten books for three weeks.
Children may borrow five comics for one week.
"""

MODELS = {"openai": "gpt-4o-mini", "anthropic": "claude-haiku-4-5"}

load_dotenv(find_dotenv(usecwd=True))

provider = os.environ.get("LLM_PROVIDER") or "openai"
model = init_chat_model(
    os.environ.get(f"{provider.upper()}_MODEL") or MODELS[provider],
    model_provider=provider,
    temperature=0,
)


def answer(state: MessagesState) -> MessagesState:
    """Let the model answer the conversation so far."""
    return {"messages": [model.invoke([SystemMessage(INSTRUCTIONS), *state["messages"]])]}


graph = StateGraph(MessagesState)
graph.add_node(answer)
graph.add_edge(START, "answer")
# The saver remembers every conversation by its name.
help_desk = graph.compile(checkpointer=InMemorySaver())

app = FastAPI(title="Help desk")


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
    state = help_desk.invoke(
        {"messages": [HumanMessage(message.text)]},
        {"configurable": {"thread_id": message.conversation}},
    )
    return Reply(text=state["messages"][-1].text)
