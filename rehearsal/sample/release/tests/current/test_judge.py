"""How answers of the model are read."""

import pytest

from meant_it import Judge, JudgeError, Verdict


class Parrot:
    """A provider that always gives the same answer."""

    name = "openai"

    def __init__(self, answer):
        self._answer = answer

    def complete(self, prompt):
        return self._answer


@pytest.mark.parametrize(
    "answer",
    [
        '{"meant": true, "reason": "it does"}',
        '```json\n{"meant": true, "reason": "it does"}\n```',
        'Gladly: {"meant": true, "reason": "it does"} Anything else?',
    ],
)
def test_reads_a_judgement(answer):
    assert Judge(Parrot(answer)).verdict("text", "is polite") == Verdict(True, "it does")


@pytest.mark.parametrize(
    "answer", ["Yes.", "{}", '{"meant": true}', '{"meant": "yes", "reason": ""}']
)
def test_refuses_anything_else(answer):
    with pytest.raises(JudgeError):
        Judge(Parrot(answer)).verdict("text", "is polite")
