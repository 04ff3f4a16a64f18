"""What the help desk says, judged by meaning."""

from meant_it import assert_says, says


def test_it_greets(ask):
    assert_says(ask("Good morning!"), "is a greeting")


def test_it_knows_the_opening_hours(ask):
    reply = ask("When is the library open on weekdays?")

    assert_says(reply, "mentions weekdays and is polite")


def test_it_remembers_the_question_before(ask):
    ask("How many books may adults borrow?")

    assert says(ask("And for how long?"), "mentions three weeks")


def test_it_refuses_what_it_does_not_know(ask):
    assert_says(ask("Can you recommend a dentist?"), "is a refusal")
