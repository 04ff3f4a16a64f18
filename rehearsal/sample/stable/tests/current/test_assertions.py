"""The assertions, with the real model that the settings name."""

import pytest

from meant_it import assert_says, says

REPLY = "Thank you for asking. You may return it within 30 days."


def test_says_what_was_expected():
    assert says(REPLY, "mentions 30 days")


def test_says_something_else():
    assert not says(REPLY, "mentions a voucher")


def test_passes_in_silence():
    assert_says(REPLY, "is polite")


def test_fails_with_expectation_and_text():
    with pytest.raises(AssertionError, match="expected a text that is a refusal") as failure:
        assert_says(REPLY, "is a refusal")
    assert REPLY in str(failure.value)
