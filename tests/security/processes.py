"""Two real processes on one database, that begin at one moment."""

from __future__ import annotations

import os
import subprocess
import sys

from fixtures_app import config_for
from fixtures_database import ROOT, DatabaseUrls

BEGIN = """
import os, sys
from uuid import uuid4
from coachhub.app import create_app
from coachhub.config import Config
class Counting(Config):
    def flask(self):
        return super().flask() | {"RATELIMIT_ENABLED": True}
app = create_app(Counting.from_env(os.environ))
app.config["WTF_CSRF_ENABLED"] = False
client = app.test_client()
print("ready", flush=True)
sys.stdin.readline()
"""


def both_say(code: str, urls: DatabaseUrls) -> list[list[str]]:
    """Run `code` in two processes, each with an `app` and a `client`; return what each printed."""
    here = [
        subprocess.Popen(  # noqa: S603 - our own words
            [sys.executable, "-c", BEGIN + code],
            env=environment(urls),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for one in here:
        assert one.stdout.readline() == "ready\n"
    for one in here:
        one.stdin.write("\n")
        one.stdin.flush()
    return [one.communicate(timeout=60)[0].split() for one in here]


def environment(urls: DatabaseUrls) -> dict[str, str]:
    """Return the settings of a test on a database."""
    config = config_for(urls)
    given = {
        "COACHHUB_MODE": "test",
        "SECRET_KEY": config.secret_key,
        "ENCRYPTION_KEYS": config.encryption_keys,
        "DATABASE_URL": config.database_url,
        "BASE_URL": "http://localhost",
        "HUEY_URL": "memory:",
        "MAIL_FROM": config.mail_from,
    }
    return {**os.environ, **given, "PYTHONPATH": str(ROOT)}
