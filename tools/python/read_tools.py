"""Prints as JSON the versions of the tools and the addresses that twine and codecovcli know."""

import importlib.metadata
import json
import os
import platform

from codecov_cli.helpers import config as codecov
from twine.utils import get_config

tools = ("build", "coverage", "pip", "twine", "uv")
json_line = {
    "python": platform.python_version(),
    "versions": {name: importlib.metadata.version(name) for name in tools},
    "uploads": {name: entry["repository"] for name, entry in get_config(os.devnull).items()},
    "codecov": {"upload": codecov.CODECOV_INGEST_URL, "api": codecov.CODECOV_API_URL},
}
print(json.dumps(json_line))
