"""One visitor for each test."""

import pytest
from fastapi.testclient import TestClient

from app import app


@pytest.fixture
def ask(request):
    """Say something to the help desk; every test is a conversation of its own."""
    client = TestClient(app)

    def say(text):
        response = client.post("/chat", json={"conversation": request.node.nodeid, "text": text})
        assert response.status_code == 200, response.text
        return response.json()["text"]

    return say
