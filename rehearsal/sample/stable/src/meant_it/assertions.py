"""What a test calls."""

from meant_it.judge import Judge


def says(text: str, expectation: str) -> bool:
    """Tell whether `text` meets `expectation`, a sentence without its subject."""
    return Judge().verdict(text, expectation).met


def assert_says(text: str, expectation: str) -> None:
    """Raise `AssertionError`, with the judge's reason, unless `text` meets `expectation`."""
    verdict = Judge().verdict(text, expectation)
    if not verdict.met:
        raise AssertionError(f"expected a text that {expectation}, but {verdict.reason}\n\n{text}")
