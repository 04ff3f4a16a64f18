"""Prints as JSON what a wheel or an sdist holds and what is wrong with it: the file, then paths whose text is wanted."""

import base64
import collections
import csv
import email.parser
import email.policy
import hashlib
import io
import json
import os
import re
import stat
import sys
import tarfile
import zipfile

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

LONGEST_TEXT = 1_000_000
SECRET_NAMES = re.compile(r"^(\.env(\.(?!example$|sample$|template$|dist$).*)?|\.pypirc|\.netrc|id_(rsa|dsa|ecdsa|ed25519))$")
PRIVATE_KEY = re.compile(rb"\s*-----BEGIN [A-Z ]*PRIVATE KEY-----")


def main() -> None:
    file, *wanted = sys.argv[1:]
    found = inspect_wheel(file, wanted) if file.endswith(".whl") else inspect_sdist(file, wanted)
    found["problems"] += path_problems(found["entries"])
    found["entries"].sort(key=lambda entry: entry["path"])
    print(json.dumps({"filename": os.path.basename(file), **found}))


def inspect_wheel(file: str, wanted: list[str]) -> dict:
    found = {"kind": "wheel", "pure": False, "tags": [], "entries": [], "problems": []}
    contents = {}
    try:
        _, _, _, tags = parse_wheel_filename(os.path.basename(file))
        found["tags"] = sorted(str(tag) for tag in tags)
        with zipfile.ZipFile(file) as archive:
            for info in archive.infolist():
                if info.is_dir():
                    continue
                mode = info.external_attr >> 16
                if stat.S_ISLNK(mode):
                    found["problems"].append(f"{info.filename} is a symbolic link")
                contents[info.filename] = archive.read(info)
                found["entries"].append(entry(info.filename, contents[info.filename], mode, wanted))
    except (InvalidWheelFilename, zipfile.BadZipFile) as error:
        found["problems"].append(f"it is not a wheel: {error}")
        return found
    info_folders = {path.split("/")[0] for path in contents if path.split("/")[0].endswith(".dist-info")}
    if len(info_folders) != 1:
        found["problems"].append(f"it holds {len(info_folders)} dist-info folders instead of one")
        return found
    info = info_folders.pop()
    found["infoFolder"] = info
    wheel = headers(contents.get(f"{info}/WHEEL", b""))
    found["pure"] = (wheel["Root-Is-Purelib"] or "").lower() == "true"
    found["generator"] = wheel["Generator"] or ""
    found.update(core_metadata(contents.get(f"{info}/METADATA", b"")))
    found["problems"] += record_problems(contents, info) + name_problems(file, found)
    return found


def inspect_sdist(file: str, wanted: list[str]) -> dict:
    found = {"kind": "sdist", "pure": True, "tags": [], "entries": [], "problems": []}
    contents = {}
    try:
        with tarfile.open(file, "r:gz") as archive:
            for member in archive:
                if member.isdir():
                    continue
                if not member.isreg():
                    found["problems"].append(f"{member.name} is neither a file nor a folder")
                    continue
                contents[member.name] = archive.extractfile(member).read()
                found["entries"].append(entry(member.name, contents[member.name], member.mode, wanted))
    except (tarfile.TarError, OSError, EOFError) as error:
        found["problems"].append(f"it is not a gzipped tar archive: {error}")
        return found
    root = os.path.basename(file).removesuffix(".tar.gz")
    found["infoFolder"] = root
    if any(not path.startswith(f"{root}/") for path in contents):
        found["problems"].append(f"it holds something outside the folder {root}")
    found.update(core_metadata(contents.get(f"{root}/PKG-INFO", b"")))
    found["problems"] += name_problems(file, found)
    return found


def entry(path: str, content: bytes, mode: int, wanted: list[str]) -> dict:
    found = {"path": path, "sha256": hashlib.sha256(content).hexdigest(), "executable": bool(mode & 0o111)}
    if PRIVATE_KEY.match(content):
        found["secret"] = "a private key"
    is_metadata = os.path.basename(path) in ("METADATA", "PKG-INFO")
    is_wanted = any(path == name or path.endswith(f"/{name}") or name.endswith(f"/{path}") for name in wanted)
    if (is_metadata or is_wanted) and len(content) <= LONGEST_TEXT:
        # Nothing is lost, because texts are compared.
        found["text"] = content.decode("utf-8", "surrogateescape")
    return found


def headers(content: bytes):
    return email.parser.BytesParser(policy=email.policy.compat32).parsebytes(content)


def core_metadata(content: bytes) -> dict:
    parsed = headers(content)
    description = parsed["Description"] or parsed.get_payload() or ""
    return {
        "name": parsed["Name"] or "",
        "version": parsed["Version"] or "",
        "describes": description.strip() not in ("", "UNKNOWN"),
        "contentType": parsed["Description-Content-Type"] or "",
    }


def name_problems(file: str, found: dict) -> list[str]:
    parse = parse_wheel_filename if found["kind"] == "wheel" else parse_sdist_filename
    try:
        name, version, *_ = parse(os.path.basename(file))
        inside = (canonicalize_name(found["name"]), Version(found["version"]))
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion) as error:
        return [str(error)]
    if (name, version) != inside:
        return [f"its file name says {name} {version}, its metadata {inside[0]} {inside[1]}"]
    return []


def record_problems(contents: dict, info: str) -> list[str]:
    record = f"{info}/RECORD"
    rows = list(csv.reader(io.StringIO(contents.get(record, b"").decode("utf-8", "replace"))))
    listed = {row[0]: row[1:] for row in rows if len(row) == 3}
    signatures = {record, f"{record}.jws", f"{record}.p7s"}
    problems = [f"RECORD lists {path}, which is not there" for path in listed if path not in contents]
    for path, content in contents.items():
        if path in signatures:
            continue
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        if listed.get(path) != [f"sha256={digest}", str(len(content))]:
            problems.append(f"RECORD does not agree with {path}")
    return problems


def path_problems(entries: list[dict]) -> list[str]:
    known = collections.Counter(item["path"] for item in entries)
    problems = [f"{path} is in it more than once" for path, times in known.items() if times > 1]
    for item in entries:
        path = item["path"]
        parts = re.split(r"[/\\]", path)
        if path.startswith(("/", "\\")) or ".." in parts or re.match(r"[A-Za-z]:", path):
            problems.append(f"{path} leads out of the folder that it is unpacked into")
        if SECRET_NAMES.match(parts[-1]):
            problems.append(f"{path} may hold secrets and must not be published: have the build leave it out")
        if "secret" in item:
            problems.append(f"{path} is {item['secret']} and must not be published")
        if path.endswith(".pyc") and source_of(path) not in known:
            problems.append(f"{path} is compiled code without its source")
    return problems


def source_of(path: str) -> str:
    folder, name = os.path.split(path)
    if os.path.basename(folder) == "__pycache__":
        folder = os.path.dirname(folder)
    return os.path.join(folder, name.split(".")[0] + ".py")


if __name__ == "__main__":
    main()
