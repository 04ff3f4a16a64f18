"""Uploads one file with twine and writes what the index answered as JSON: the answer's file, then the file to upload."""

import json
import sys

import requests
from twine import cli


def main() -> None:
    answer_file, file = sys.argv[1:]
    try:
        cli.dispatch(["--no-color", "upload", "--non-interactive", "--disable-progress-bar", file])
        answer = {"status": 200}
    except requests.HTTPError as error:
        response = error.response
        answer = {
            "status": response.status_code,
            "reason": response.reason or "",
            "retryAfter": response.headers.get("Retry-After"),
        }
    except (requests.RequestException, OSError) as error:
        answer = {"lost": f"{type(error).__name__}: {error}"}
    except Exception as error:  # twine has an error of its own for much of a file's being wrong, but not for all
        answer = {"refused": f"{type(error).__name__}: {error}"}
    with open(answer_file, "w", encoding="utf-8") as out:
        json.dump(answer, out)


if __name__ == "__main__":
    main()
