"""What two real processes count together: tries to sign in, and tries at what is not there."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
from flask import Flask

from coachhub.app import create_app
from coachhub.core.db import db
from coachhub.firms.models import Firm
from fixtures_app import config_for
from fixtures_database import DatabaseUrls
from security.processes import both_say

TRIES = """
typed = {"email": "ana@example.org", "password": "not the right one"}
for _ in range(8):
    print(client.post("/account/login", data=typed).status_code)
with client.session_transaction(base_url="http://localhost") as cookie:
    cookie["_user_id"], cookie["_fresh"] = "mia", True
for _ in range(10):
    print(client.get(f"/f/harbour/contacts/{uuid4()}").status_code)
"""


def test_ten_tries_are_ten_and_twenty_from_two_raise_one_alert(
    app: Flask, fresh_database: Callable[..., DatabaseUrls]
) -> None:
    del app
    urls = fresh_database()
    made = create_app(config_for(urls))
    with made.app_context():
        db.session.add(Firm(name="Harbour", slug="harbour"))
        db.session.commit()
        db.engine.dispose()
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        for name in ("mia", "stella"):
            owner.execute(
                "INSERT INTO accounts_person (id, created_at, email, name, active, is_staff,"
                " language, timezone, fs_uniquifier) VALUES (gen_random_uuid(), now(), %s, %s,"
                " true, %s, 'en', 'UTC', %s)",
                (f"{name}@example.org", name, name == "stella", name),
            )
    said = both_say(TRIES, urls)
    assert sorted(said[0][:8] + said[1][:8]) == ["200"] * 10 + ["429"] * 6
    assert [one[8:] for one in said] == [["404"] * 10] * 2
    with psycopg.connect(urls.owner) as owner:
        assert owner.execute("SELECT count(*) FROM accounts_try").fetchone() == (20,)
        assert owner.execute("SELECT tries FROM accounts_alert").fetchall() == [(20,)]
        told = "SELECT to_address FROM mail_account_mail WHERE kind = 'many-tries'"
        assert owner.execute(told).fetchall() == [("stella@example.org",)]
