"""Writes a wheel and an sdist of a tiny package, as the JSON in the only argument says."""

import io
import json
import pathlib
import sys
import tarfile
import zipfile

wanted = json.loads(sys.argv[1])
folder, name, version, body = (wanted[key] for key in ("folder", "name", "version", "body"))
stem = wanted.get("stem", name.lower().replace("-", "_"))
metadata = "\n".join(
    [
        "Metadata-Version: 2.1",
        f"Name: {name}",
        f"Version: {wanted.get('said', version)}",
        "Summary: A tiny package",
        "Requires-Python: >=3.8",
        *(f"Requires-Dist: {requirement}" for requirement in wanted.get("requires", [])),
        "Description-Content-Type: text/plain",
        "",
        "It says <b>hello</b> & goodbye.",
        "",
    ]
)
module = f"BODY = {body!r}\n"

info = f"{stem}-{version}.dist-info"
members = {
    f"{stem}.py": module,
    f"{info}/METADATA": metadata,
    f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
}
members[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*members, f"{info}/RECORD"])
wheel = pathlib.Path(folder, f"{stem}-{version}-py3-none-any.whl")
with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
    for path, text in members.items():
        archive.writestr(zipfile.ZipInfo(path), text)

sdist = pathlib.Path(folder, f"{stem}-{version}.tar.gz")
with tarfile.open(sdist, "w:gz") as archive:
    # A path of more than a hundred characters is spelled out in a header of its own.
    for path, text in {"PKG-INFO": metadata, f"{stem}.py": module, f"{'deep/' * 30}file": body}.items():
        member = tarfile.TarInfo(f"{stem}-{version}/{path}")
        member.size = len(text.encode())
        archive.addfile(member, io.BytesIO(text.encode()))
