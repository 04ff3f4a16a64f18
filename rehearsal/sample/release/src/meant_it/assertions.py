"""What a test calls."""

from meant_it.judge import Judge


def assert_meaning(text: str, expectation: str, *more: str, judge: Judge | None = None) -> None:
    """Raise `AssertionError` unless `text` meets every expectation, a sentence without its subject."""
    judge = judge or Judge()
    unmet = []
    for each in (expectation, *more):
        verdict = judge.verdict(text, each)
        if not verdict.met:
            unmet.append(f"expected a text that {each}, but {verdict.reason}")
    if unmet:
        raise AssertionError("\n".join([*unmet, "", text]))
