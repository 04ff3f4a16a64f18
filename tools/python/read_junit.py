"""Prints as JSON what the JUnit files of a folder say together."""

import collections
import json
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

LONGEST = 50_000_000
MOST_FAILURES = 50
TAIL = 4000


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    found = {"files": 0, "broken": [], "tests": 0, "passed": 0, "skipped": 0, "failed": [], "moreFailed": 0}
    markers = collections.Counter()
    for file in sorted(folder.glob("**/*.xml")):
        found["files"] += 1
        try:
            if file.stat().st_size > LONGEST:
                raise ValueError("it is too large")
            cases = list(ElementTree.parse(file).iter("testcase"))
        except (ElementTree.ParseError, ValueError) as error:
            found["broken"].append(f"{file.name}: {error}")
            continue
        for case in cases:
            add(found, markers, case)
    imported = (json.loads(file.read_text("utf-8")) for file in sorted(folder.glob("imported-*.json")))
    print(json.dumps({**found, "markers": markers, "imported": sorted({place for places in imported for place in places})}))


def add(found: dict, markers: collections.Counter, case: ElementTree.Element) -> None:
    found["tests"] += 1
    bad = [child for child in case if child.tag in ("failure", "error")]
    if bad:
        name = "::".join(part for part in (case.get("classname"), case.get("name")) if part)
        text = "\n".join((child.text or child.get("message") or "").strip() for child in bad)
        if len(found["failed"]) < MOST_FAILURES:
            found["failed"].append({"name": name, "message": text[-TAIL:]})
        else:
            found["moreFailed"] += 1
    elif case.find("skipped") is not None:
        found["skipped"] += 1
    else:
        found["passed"] += 1
        names = (entry.get("value") for entry in case.iter("property") if entry.get("name") == "slipway-marker")
        markers.update(names)


if __name__ == "__main__":
    main()
