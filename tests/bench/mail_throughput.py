"""A firm whose members are all due a digest, written and handed over by two workers."""

import datetime as dt
import os
import smtplib
import time
from typing import Any

import psycopg
from sqlalchemy import insert
from uuid_utils.compat import uuid7

from coachhub.accounts.models import Person
from coachhub.board.models import Ask, Lead, Offer
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.db import db, now
from coachhub.core.tenancy import scope
from coachhub.digests.jobs import write_due
from coachhub.digests.models import DigestPreference
from coachhub.firms.models import Membership, Seat
from coachhub.mail.delivery import deliver
from mail.crash import Trial, fork

A_COHORT = 25
POSTS = {Ask: "skill", Offer: "skill", Lead: "opening"}
TITLES = (
    "Would you read my letter to the harbour authority?",
    "Ten years of planning shifts in a hospital",
    "A planner is wanted at the new terminal, until May",
)


def prepared(urls: Any, server: Any, members: int) -> Trial:
    """Return a trial whose firm has so many members, in cohorts of 25, with posts to tell of.

    `server` takes the mails at its `port`.
    """
    trial = Trial.begin(urls, server, askable=False, lease=600)
    with trial.app.app_context():
        with scope(trial.firm_id):
            for first in range(0, members, A_COHORT):
                _cohort(trial, range(first, min(first + A_COHORT, members)))
            db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return trial


def two_workers(trial: Trial, members: int) -> float:
    """Write and hand over every digest with two workers; return the seconds it took."""
    begun = time.monotonic()
    running = [fork(lambda: _work(trial)) for _ in range(2)]
    while trial.states()[("digest", "sent")] < members:
        time.sleep(0.05)
        for pid in running:
            if os.waitpid(pid, os.WNOHANG)[0]:
                raise RuntimeError("A worker has stopped.")
    seconds = time.monotonic() - begun
    for pid in running:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    return seconds


def bare_loop(trial: Trial) -> float:
    """Send the same bytes over one connection with `smtplib` alone; return the seconds it took."""
    with psycopg.connect(trial.url) as connection:
        connection.execute("SELECT set_config('coachhub.firm_id', %s, true)", (str(trial.firm_id),))
        rows = connection.execute("SELECT to_address, raw FROM mail_firm_mail ORDER BY id")
        mails = [(to, bytes(raw)) for to, raw in rows]
    begun = time.monotonic()
    with smtplib.SMTP("127.0.0.1", trial.relay.port) as server:
        for to, raw in mails:
            server.sendmail("hub@example.org", [to], raw)
    return time.monotonic() - begun


def _work(trial: Trial) -> None:
    with trial.app.app_context():
        while True:
            write_due.run(trial.firm_id)
            deliver.run(trial.firm_id)
            time.sleep(0.02)


def _cohort(trial: Trial, numbers: range) -> None:
    """Make one cohort with its people, how they want their digest, and what they posted."""
    cohort = Cohort(name=f"Group {numbers[0]}", slug=f"group-{numbers[0]}", cadence="daily")
    db.session.add(cohort)
    db.session.flush()
    people = [
        {
            "id": uuid7(),
            "created_at": now(),
            "email": f"member{number}@example.org",
            "name": f"Member {number}",
            "fs_uniquifier": f"m{number}",
        }
        for number in numbers
    ]
    members = [
        {
            "id": uuid7(),
            "firm_id": trial.firm_id,
            "created_at": now(),
            "person_id": one["id"],
            "name": one["name"],
            "welcomed_at": now(),
        }
        for one in people
    ]
    of_firm = {"firm_id": trial.firm_id, "created_at": now()}
    db.session.execute(insert(Person), people)
    seats = [{"firm_id": trial.firm_id, "person_id": one["id"]} for one in people]
    db.session.execute(insert(Seat), seats)
    db.session.execute(insert(Membership), members)
    for table, values in (
        (Enrolment, {"cohort_id": cohort.id, "role": "member"}),
        (DigestPreference, {"timezone": "UTC", "hour": 0, "cadence": "cohort"}),
    ):
        rows = [{"id": uuid7(), "membership_id": one["id"], **of_firm, **values} for one in members]
        if table is DigestPreference:
            rows = [row | {"leave_token_hash": str(row["id"])} for row in rows]
        db.session.execute(insert(table), rows)
    for place, (table, kind) in enumerate(POSTS.items()):
        posts = [
            {
                **of_firm,
                "id": uuid7(),
                "cohort_id": cohort.id,
                "owner_id": one["id"],
                "kind": kind,
                "title": TITLES[place],
                "expires_on": dt.date(2100, 1, 1),
            }
            for one in members[place::5]
        ]
        db.session.execute(insert(table), posts)
