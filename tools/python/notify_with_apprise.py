"""Sends one notification with Apprise and writes how it ended as JSON: the answer's file, then the file of what to send."""

import json
import os
import sys

import apprise
from apprise.plugins.email import NotifyEmail


def deliver(job: dict) -> dict:
    # What is kept between runs would be kept in plain files.
    asset = apprise.AppriseAsset(storage_mode="memory", service_timeout=job["seconds"])
    channel = apprise.Apprise.instantiate(job["url"], asset=asset)
    if channel is None:
        return {"why": "its address is none that Apprise takes"}
    if isinstance(channel, NotifyEmail):
        # A mail client shows as one thread what refers to the same message, whether it has that or not.
        channel.headers.update({"References": job["thread"], "In-Reply-To": job["thread"]})
    sender = apprise.Apprise(asset=asset)
    sender.add(channel)
    result = sender.notify(title=job["title"], body=job["body"], body_format=apprise.NotifyFormat.TEXT)
    if result:
        return {"delivered": True}
    said = [entry.message for entry in result.logs() if entry.level in ("WARNING", "ERROR", "CRITICAL")]
    return {"why": "; ".join(said) or f"Apprise says {result.status.name.lower()}"}


def main() -> None:
    answer_file, job_file = sys.argv[1:]
    with open(job_file, encoding="utf-8") as file:
        job = json.load(file)
    os.unlink(job_file)
    answer = deliver(job)
    with open(answer_file, "w", encoding="utf-8") as out:
        json.dump(answer, out)


if __name__ == "__main__":
    main()
