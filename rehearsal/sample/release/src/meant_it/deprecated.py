"""The names of 0.1. They warn, and go in 1.0."""

import warnings

from meant_it.assertions import assert_meaning
from meant_it.judge import Judge


def says(text: str, expectation: str) -> bool:
    """Deprecated: use `Judge().verdict(text, expectation).met`."""
    _warn("says", "Judge().verdict")
    return Judge().verdict(text, expectation).met


def assert_says(text: str, expectation: str) -> None:
    """Deprecated: use `assert_meaning(text, expectation)`."""
    _warn("assert_says", "assert_meaning")
    assert_meaning(text, expectation)


def _warn(old: str, new: str) -> None:
    # Level 3 is the line that called the old name: only then does pytest show it.
    warnings.warn(f"{old} is deprecated, use {new}", DeprecationWarning, stacklevel=3)
