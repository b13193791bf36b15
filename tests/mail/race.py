"""Permission is taken back while mails are on their way out: does anything leave after that?

Each mail hangs on something that can be taken back: a post that a moderator holds, a member who is
suspended or ends their digests, an address that is stopped, an introduction that is withdrawn. One
process takes these back, mail by mail, close to the moment when two workers hand them over. All
write down when, by the clock that processes of one machine share. A mail has leaked if permission
was gone, committed, before the worker looked for the last time, and it left all the same.
"""

from __future__ import annotations

import datetime as dt
import math
import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from uuid_utils.compat import uuid7

from coachhub.accounts.models import Person
from coachhub.board.models import Ask
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.db import db, now
from coachhub.core.tenancy import scope
from coachhub.digests.models import Digest, DigestPreference
from coachhub.firms.models import Membership, Seat
from coachhub.introductions.models import Introduction
from coachhub.mail import delivery
from coachhub.mail.models import FirmMail
from coachhub.mail.suppression import suppress
from mail.crash import Relay, Trial, fork

FAR = dt.date(2100, 1, 1)
WAYS = ("moderation", "membership", "wish", "block list", "consent")
MOST_SECONDS = 60  # between the last look and the content
NEAR = 10  # so many mails may taking back be ahead of the workers, or there would be no race


@dataclass(frozen=True)
class Outcome:
    """What became of the trials; `late` holds the seconds between last look and sending."""

    sent: Counter[str]
    withheld: Counter[str]
    leaked: list[str]
    longest: float


def race(urls: Any, folder: Path, trials: int, seed: int = 5) -> Outcome:
    """Run so many trials, each with one mail, and tell what left."""
    relay = Relay(folder / "taken.log", clock=True)
    relay.start()
    trial = Trial.begin(urls, relay, askable=False, lease=600)
    looked, gone = folder / "looked.log", folder / "gone.log"
    looked.touch()
    gone.touch()
    things = prepared(trial, trials)
    running = [fork(lambda: work(trial, looked, gone, trials)) for _ in range(2)]
    running.append(fork(lambda: take_back(trial, things, gone, looked, seed)))
    try:
        until = time.monotonic() + 600
        while trial.open_mails() and time.monotonic() < until:
            time.sleep(0.1)
    finally:
        stop(running)
        relay.stop()
    return judged(trial, things, looked, gone)


def prepared(trial: Trial, trials: int) -> list[dict[str, Any]]:
    """Write the mails; return for each its id, its way, and what is to be taken back."""
    with trial.app.app_context():
        with scope(trial.firm_id):
            cohort = Cohort(name="Spring", slug="spring")
            db.session.add(cohort)
            db.session.flush()
            giver = member(trial, cohort, "giver")
            things = [one(trial, cohort, giver, number) for number in range(trials)]
            db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return things


def member(trial: Trial, cohort: Cohort, name: str) -> Membership:
    person = Person(email=f"{name}@example.org", name=name, fs_uniquifier=name)
    db.session.add(person)
    db.session.flush()
    db.session.add(Seat(firm_id=trial.firm_id, person_id=person.id))
    db.session.flush()
    made = Membership(person_id=person.id, name=name)
    db.session.add(made)
    db.session.flush()
    db.session.add(Enrolment(cohort_id=cohort.id, membership_id=made.id))
    db.session.flush()
    return made


def one(trial: Trial, cohort: Cohort, giver: Membership, number: int) -> dict[str, Any]:
    """Make one trial: a reader, a mail, and what the mail tells of."""
    way, reader = WAYS[number % len(WAYS)], member(trial, cohort, f"reader{number}")
    row = introduction(cohort, giver, reader) if way == "consent" else None
    name = f"{number}@example.org"
    mail = FirmMail(
        kind="digest" if row is None else "giver-asked",
        once=name,
        to_address=f"reader{name}",
        subject=f"Mail {number}",
        message_id=f"<{name}>",
        raw=f"Subject: Mail\r\nMessage-ID: <{name}>\r\n\r\nHello\r\n".encode(),
        membership_id=reader.id,
        introduction_id=row.id if row else None,
    )
    db.session.add(mail)
    post = Ask(cohort_id=cohort.id, owner_id=giver.id, kind="skill", title="One", expires_on=FAR)
    db.session.add(post)
    db.session.flush()
    if row is None:
        items = [{"key": f"ask/{post.id}"}]
        db.session.add(
            Digest(membership_id=reader.id, period=now().date(), items=items, mail_id=mail.id)
        )
        db.session.add(
            DigestPreference(membership_id=reader.id, timezone="UTC", leave_token_hash=name)
        )
    db.session.flush()
    ids = {"mail": mail.id, "reader": reader.id, "post": post.id, "row": row.id if row else None}
    return {"way": way, "name": name} | ids


def introduction(cohort: Cohort, giver: Membership, receiver: Membership) -> Introduction:
    row = Introduction(
        cohort_id=cohort.id,
        giver_id=giver.id,
        receiver_id=receiver.id,
        need="target",
        need_id=uuid7(),
        asset="offer",
        asset_id=uuid7(),
        reason="It fits.",
        key=str(uuid7()),
        state_since=now(),
    )
    db.session.add(row)
    db.session.flush()
    row.state, row.giver_asked_at = "giver_asked", now()
    db.session.flush()
    return row


def work(trial: Trial, looked: Path, gone: Path, trials: int) -> None:
    """Deliver, and write down when each last look began."""
    real = delivery._reasons_not_to
    # Few at a time: each look is a race of its own.
    delivery.AT_A_TIME = NEAR

    def noted(mails: Any) -> list[str]:
        wait_for(gone, min(lines(looked) + NEAR // 2, trials))
        with looked.open("a") as file:
            for mail in mails:
                file.write(f"{mail.message_id.strip('<>')} {time.monotonic()}\n")
        return real(mails)

    delivery._reasons_not_to = noted
    trial.work()


def take_back(
    trial: Trial, things: list[dict[str, Any]], gone: Path, looked: Path, seed: int
) -> None:
    """Take each permission back, in about the order in which the mails leave."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    order = sorted(range(len(things)), key=lambda place: place + chance.uniform(-20, 20))
    with trial.app.app_context():
        for done, place in enumerate(order):
            wait_for(looked, done - NEAR)
            thing = things[place]
            with scope(trial.firm_id):
                take_one_back(thing)
                db.session.commit()
            with gone.open("a") as file:
                file.write(f"{thing['name']} {time.monotonic()}\n")


def wait_for(file: Path, count: int) -> None:
    """Wait, not for ever, until the other side has written so many lines."""
    until = time.monotonic() + 10
    while lines(file) < count and time.monotonic() < until:
        time.sleep(0.001)


def lines(file: Path) -> int:
    return file.read_bytes().count(b"\n")


def take_one_back(thing: dict[str, Any]) -> None:
    way = thing["way"]
    if way == "moderation":
        held = update(Ask).where(Ask.id == thing["post"])
        db.session.execute(held.values(moderation="quarantined"))
    elif way == "membership":
        out = update(Membership).where(Membership.id == thing["reader"])
        db.session.execute(out.values(state="suspended"))
    elif way == "wish":
        ended = update(DigestPreference).where(DigestPreference.membership_id == thing["reader"])
        db.session.execute(ended.values(cadence="off"))
    elif way == "block list":
        suppress(f"reader{thing['name']}", "complained")
    else:
        row = db.session.scalars(select(Introduction).where(Introduction.id == thing["row"])).one()
        row.state, row.state_since = "withdrawn", now()


def judged(trial: Trial, things: list[dict[str, Any]], looked: Path, gone: Path) -> Outcome:
    """Compare the three clocks."""
    last_look, taken_back = clock(looked), clock(gone)
    arrived = clock(trial.relay.log)
    sent, withheld = trial.names("sent"), trial.names("withheld")
    # What left before its turn came was never taken back.
    leaked = [
        f"{thing['way']} {thing['name']}"
        for thing in things
        if thing["name"] in arrived
        and taken_back.get(thing["name"], math.inf) < last_look[thing["name"]]
    ]
    ways = {f"<{thing['name']}>": thing["way"] for thing in things}
    assert {f"<{name}>" for name in arrived} == sent
    return Outcome(
        sent=Counter(ways[name] for name in sent),
        withheld=Counter(ways[name] for name in withheld),
        leaked=leaked,
        longest=max((at - last_look[name] for name, at in arrived.items()), default=0),
    )


def clock(file: Path) -> dict[str, float]:
    """Return the last moment that a log has for each name."""
    read = [line.split() for line in file.read_text().splitlines()]
    return {name.strip("<>"): float(moment) for name, *_more, moment in read}


def stop(running: list[int]) -> None:
    for pid in running:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
