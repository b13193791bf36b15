"""A run of digests that is killed at 37 % goes on where it was, and everybody is accounted for."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.accounts.models import Person
from coachhub.board.models import Ask
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.db import db
from coachhub.core.tenancy import scope
from coachhub.digests import jobs, operations, readers
from coachhub.digests.models import Digest, DigestPreference
from coachhub.digests.operations import NOTHING
from coachhub.digests.preferences import preference_of
from coachhub.digests.received import standing
from coachhub.digests.schedule import Rhythm
from coachhub.digests.watch import MISSED, missed, watched
from coachhub.firms.hooks import HomeItem
from coachhub.firms.models import Firm, Membership, Seat
from coachhub.mail import relay
from coachhub.mail.delivery import deliver
from coachhub.mail.models import FirmMail
from coachhub.mail.suppression import suppress
from mail.crash import Relay, Trial, fork

PEOPLE, WRITTEN, HANDED = 90, 33, 16  # 37 % of them
KILLED = 9
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Relay]:
    made = Relay(tmp_path / "taken.log", refuses="refused")
    made.start()
    yield made
    made.stop()


def nothing(members: Sequence[Membership], _languages: Sequence[str]) -> list[list[HomeItem]]:
    return [[] for _ in members]


def die_after(number: int, real: Callable[..., Any]) -> Callable[..., Any]:
    """Return `real` as something that kills its process in the middle of one call too many."""
    left = [number]

    def counted(*args: Any, **kwargs: Any) -> Any:
        made = real(*args, **kwargs)
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), KILLED)
        return made

    return counted


def test_a_run_killed_at_37_percent_goes_on(
    fresh_database: Callable[..., Any], server: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "_waiting", nothing)  # what a newcomer is told to do
    monkeypatch.setattr(jobs, "AT_A_TIME", 32)
    trial = Trial.begin(fresh_database(), server, askable=False)
    people(trial)

    def written_in_part() -> None:
        operations.content_for = die_after(WRITTEN, operations.content_for)
        with trial.app.app_context():
            jobs.write_due.run(trial.firm_id)

    def handed_in_part() -> None:
        # Killed when the relay has the mail and nobody has written it down.
        relay.send = die_after(HANDED, relay.send)
        with trial.app.app_context():
            deliver.run(trial.firm_id)

    assert died(written_in_part)
    # Some members make one commit: the last of them are written anew.
    # Which batch comes first is chance: a whole one, or the smaller one that is left over.
    assert sum(outcomes(trial).values()) in {jobs.AT_A_TIME, PEOPLE % jobs.AT_A_TIME}
    in_a_process(lambda: run(trial, jobs.write_due))
    assert sum(outcomes(trial).values()) == PEOPLE
    assert died(handed_in_part)
    time.sleep(1.1)  # the lease
    before = {name for name, _ in server.taken()}
    for _ in range(2):
        in_a_process(lambda: run(trial, jobs.write_due))
        in_a_process(lambda: run(trial, deliver))
    found = outcomes(trial)
    copies = Counter(name for name, _ in server.taken())
    assert sum(found.values()) == PEOPLE
    assert found == {
        "sent": PEOPLE - 10 - 6 - 4, "skipped": 10, "withheld": 6, "failed": 4,
    }  # fmt: skip
    assert HANDED + 1 - found["failed"] <= len(before) <= HANDED + 1
    assert len(copies) == found["sent"]
    assert sum(copies.values()) - len(copies) <= 1  # one kill, over a relay that can't be asked
    assert len(set(server.taken())) == len(copies)  # a copy is the same to the byte


def people(trial: Trial) -> None:
    """Ten have read all there is, six have addresses that bounce, four are refused."""
    with trial.app.app_context():
        with scope(trial.firm_id):
            cohort = Cohort(name="Spring", slug="spring", cadence="daily")
            db.session.add(cohort)
            db.session.flush()
            for number in range(PEOPLE):
                bounces, refused = 10 <= number < 16, 16 <= number < 20
                kind = "bounces" if bounces else "refused" if refused else "member"
                person = Person(
                    email=f"{kind}{number}@example.org",
                    name=f"Member {number}",
                    fs_uniquifier=f"r{number}",
                )
                db.session.add(person)
                db.session.flush()
                db.session.add(Seat(firm_id=trial.firm_id, person_id=person.id))
                db.session.flush()
                seen = dt.datetime(2100, 1, 1, tzinfo=dt.UTC) if number < 10 else None
                one = Membership(person_id=person.id, name=person.name, seen_at=seen)
                one.welcomed_at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
                db.session.add(one)
                db.session.flush()
                db.session.add(Enrolment(cohort_id=cohort.id, membership_id=one.id))
                db.session.add(
                    DigestPreference(
                        membership_id=one.id, hour=0, timezone="UTC", leave_token_hash=f"t{number}"
                    )
                )
                if bounces:
                    suppress(person.email, "bounced")
            db.session.add(
                Ask(
                    cohort_id=cohort.id,
                    owner_id=first_owner(cohort),
                    kind="skill",
                    title="Would you hear my pitch?",
                    expires_on=dt.date(2100, 1, 1),
                )
            )
            db.session.commit()
        db.session.remove()
        db.engine.dispose()


def first_owner(cohort: Cohort) -> Any:
    """Return one of the ten: whose ask it is has nothing to read either."""
    rows = select(Membership.id).join(Enrolment, Enrolment.membership_id == Membership.id)
    return db.session.scalars(
        rows.where(Enrolment.cohort_id == cohort.id, Membership.name == "Member 0")
    ).one()


def run(trial: Trial, job: Any) -> None:
    with trial.app.app_context():
        job.run(trial.firm_id)


def died(work: Callable[[], None]) -> bool:
    return os.WTERMSIG(os.waitpid(fork(work), 0)[1]) == KILLED


def in_a_process(work: Callable[[], None]) -> None:
    assert os.waitstatus_to_exitcode(os.waitpid(fork(work), 0)[1]) == 0


def outcomes(trial: Trial) -> Counter[str]:
    """Return what became of every digest, as its coach sees it; what has no reason fails."""
    with trial.app.app_context():
        with scope(trial.firm_id):
            stands = standing(db.session.scalars(select(Cohort)).one())
            mails = db.session.scalars(select(FirmMail)).all()
            assert all(mail.reason for mail in mails if mail.state in {"withheld", "failed"})
        db.session.remove()
        db.engine.dispose()
    found: Counter[str] = sum(stands.runs.values(), Counter())
    not_sent = sum(found[one] for one in ("skipped", "withheld", "failed", "in_doubt"))
    assert len(stands.unsent) == not_sent
    assert all(one.why for one in stands.unsent)
    return found


def test_what_was_due_while_nobody_was_there_is_told_as_missed(
    app: Flask,
    session: Session,
    firm: Firm,
    make_cohort: Callable[..., Cohort],
    make_member: Callable[..., Membership],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mia = make_member("Mia", cohorts=(make_cohort("Spring", cadence="daily"),))
    with scope(firm.id):
        session.add(mia)
        mia.created_at = NOON - dt.timedelta(days=90)
        preference_of(mia, app.config["SECRET_KEY"]).timezone = "UTC"
        watched(NOON - dt.timedelta(days=3))  # since then, nothing ran
        session.commit()
    monkeypatch.setattr(jobs, "now", lambda: NOON)
    monkeypatch.setattr(readers, "_waiting", nothing)
    for _ in range(2):
        jobs.write_due.run(firm.id)
    with scope(firm.id):
        rows = session.execute(select(Digest.period, Digest.skipped).order_by(Digest.period)).all()
    assert [(row.period.day, row.skipped) for row in rows] == [
        (28, MISSED),
        (1, MISSED),
        (2, NOTHING),
    ]


def test_only_a_whole_day_without_a_run_is_missed() -> None:
    daily = Rhythm("daily", 0, 22, "UTC")
    for since, until, days in (
        (NOON, NOON + dt.timedelta(hours=11), []),  # still due
        (NOON, NOON + dt.timedelta(hours=12), [2]),
        (NOON + dt.timedelta(hours=10), NOON + dt.timedelta(hours=13), []),  # there was a run
        (NOON, NOON + dt.timedelta(days=1, hours=12), [2, 3]),
    ):
        assert [day.day for day in missed([daily], since, until)] == days
    assert list(missed([Rhythm("off", 0, 8, "UTC")], NOON, NOON + dt.timedelta(days=9))) == []
