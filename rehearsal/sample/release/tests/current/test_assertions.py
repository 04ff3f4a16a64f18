"""The assertions, with the real model that the settings name."""

import pytest

from meant_it import Judge, assert_meaning

REPLY = "Thank you for asking. You may return it within 30 days."


def test_passes_in_silence():
    assert_meaning(REPLY, "mentions 30 days")


def test_checks_every_expectation():
    assert_meaning(REPLY, "is polite", "mentions 30 days", "does not mention a voucher")


def test_fails_with_each_unmet_expectation():
    with pytest.raises(AssertionError) as failure:
        assert_meaning(REPLY, "is a refusal", "is polite", "mentions a voucher")

    message = str(failure.value)
    assert "expected a text that is a refusal" in message
    assert "expected a text that mentions a voucher" in message
    assert "is polite" not in message
    assert message.endswith(REPLY)


def test_the_verdict_has_a_reason():
    verdict = Judge().verdict(REPLY, "mentions 30 days")

    assert verdict.met
    assert verdict.reason


def test_a_judge_can_be_given():
    with pytest.raises(AssertionError, match="expected a text that asks a question"):
        assert_meaning(REPLY, "asks a question", judge=Judge())
