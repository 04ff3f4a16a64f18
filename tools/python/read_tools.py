"""Prints as JSON the versions of the tools and the upload addresses that twine knows by name."""

import importlib.metadata
import json
import os
import platform

from twine.utils import get_config

tools = ("build", "coverage", "pip", "twine", "uv")
json_line = {
    "python": platform.python_version(),
    "versions": {name: importlib.metadata.version(name) for name in tools},
    "uploads": {name: entry["repository"] for name, entry in get_config(os.devnull).items()},
}
print(json.dumps(json_line))
