"""The names of 0.1, with the real model that the settings name."""

import pytest

from meant_it import assert_says, says

REPLY = "Thank you for asking. You may return it within 30 days."


def test_says_what_was_expected():
    with pytest.warns(DeprecationWarning, match="says is deprecated, use Judge") as warned:
        assert says(REPLY, "mentions 30 days")
    assert warned[0].filename == __file__


def test_says_something_else():
    with pytest.warns(DeprecationWarning):
        assert not says(REPLY, "mentions a voucher")


def test_passes_with_a_warning_only():
    with pytest.warns(DeprecationWarning, match="assert_says is deprecated, use assert_meaning"):
        assert_says(REPLY, "is polite")


def test_fails_with_expectation_and_text():
    with (
        pytest.warns(DeprecationWarning),
        pytest.raises(AssertionError, match="expected a text that is a refusal") as failure,
    ):
        assert_says(REPLY, "is a refusal")
    assert REPLY in str(failure.value)
