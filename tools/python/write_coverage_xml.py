"""Writes a data file of coverage.py as XML for a coverage service: the data file, what to take in, what to leave out, the XML.

Files are named from the top of the checkout, which is the working directory. When and where it was measured is left out: a
service would take the one for a report's age and the other for a part of the names. So are branches that the package
itself does not ask for: a service takes a line for half covered whose branches are.
"""

import os
import re
import sys

import coverage


def main() -> None:
    data, include, omit, xml = sys.argv[1:]
    # As `python -m coverage` has it, for the package's own plugins of coverage.py.
    sys.path[0] = os.getcwd()
    measured = coverage.Coverage(data_file=data, source=[os.getcwd()], messages=False)
    measured.load()
    measured.xml_report(outfile=xml, include=[include], omit=[omit])
    with open(xml, encoding="utf-8") as file:
        text = file.read()
    text = re.sub(r' timestamp="\d+"', "", text, count=1)
    text = re.sub(r"<sources>.*?</sources>", "<sources/>", text, count=1, flags=re.DOTALL)
    if not measured.get_option("run:branch"):
        text = re.sub(r' (branch|condition-coverage|missing-branches)="[^"]*"', "", text)
    with open(xml, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
