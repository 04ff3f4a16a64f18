"""What the help desk says, judged by meaning."""

import pytest

from meant_it import assert_meaning, assert_says, says


@pytest.mark.current
def test_it_greets(ask):
    assert_meaning(ask("Good morning!"), "is a greeting", "asks a question")


@pytest.mark.current
def test_it_remembers_the_question_before(ask):
    ask("How many books may adults borrow?")

    assert_meaning(ask("And for how long?"), "mentions three weeks", "does not mention comics")


@pytest.mark.current
def test_it_refuses_what_it_does_not_know(ask):
    assert_meaning(ask("Can you recommend a dentist?"), "is a refusal", "is polite")


@pytest.mark.deprecated
def test_it_knows_the_opening_hours(ask):
    with pytest.warns(DeprecationWarning):
        assert_says(ask("When is the library open on weekdays?"), "mentions weekdays and is polite")


@pytest.mark.deprecated
def test_it_knows_about_sundays(ask):
    with pytest.warns(DeprecationWarning):
        assert says(ask("Is anything open on Sundays?"), "mentions the reading room")
