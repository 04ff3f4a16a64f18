"""Writes as JSON what an environment holds of a distribution: the output's file, the distribution, the import name."""

import importlib
import importlib.metadata
import json
import sys


def main() -> None:
    out, distribution, import_name = sys.argv[1:]
    found = {"distributions": {d.name.lower().replace("_", "-"): d.version for d in importlib.metadata.distributions()}}
    try:
        found["version"] = importlib.metadata.version(distribution)
        module = importlib.import_module(import_name)
        places = [module.__file__] if getattr(module, "__file__", None) else list(module.__path__)
        found["place"] = places[0]
        if isinstance(getattr(module, "__version__", None), str):
            found["moduleVersion"] = module.__version__
    except importlib.metadata.PackageNotFoundError:
        pass
    except BaseException as error:  # an import runs the package's code, which may raise anything
        found["importError"] = f"{type(error).__name__}: {error}"
    with open(out, "w", encoding="utf-8") as file:
        json.dump(found, file)


if __name__ == "__main__":
    main()
