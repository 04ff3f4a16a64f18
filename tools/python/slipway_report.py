"""Makes every pytest session leave a JUnit file with its tests' markers, and say where the package came from."""

import itertools
import json
import os
import sys

import pytest

FOLDER = os.environ["SLIPWAY_REPORT"]
numbers = itertools.count()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    # Workers of pytest-xdist report through their controller.
    if not hasattr(config, "workerinput"):
        config.option.xmlpath = os.path.join(FOLDER, f"pytest-{os.getpid()}-{next(numbers)}.xml")


def pytest_collection_modifyitems(items):
    for item in items:
        names = {marker.name for marker in item.iter_markers()}
        item.user_properties.extend(("slipway-marker", name) for name in sorted(names))


def pytest_sessionfinish():
    module = sys.modules.get(os.environ.get("SLIPWAY_IMPORT", ""))
    if module is None:
        return
    places = [module.__file__] if getattr(module, "__file__", None) else list(module.__path__)
    with open(os.path.join(FOLDER, f"imported-{os.getpid()}-{next(numbers)}.json"), "w", encoding="utf-8") as file:
        json.dump(places, file)
