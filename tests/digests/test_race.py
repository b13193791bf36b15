"""Two schedulers, two workers and somebody pressing "send now": one digest each."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from coachhub.accounts.models import Person
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.db import db, now
from coachhub.core.tenancy import scope
from coachhub.digests import jobs
from coachhub.digests.operations import write_digests
from coachhub.firms.models import Membership, Seat
from mail.crash import Relay, Trial, fork

PEOPLE, PROCESSES = 12, 4


def test_four_processes_write_one_digest_for_each_member(
    fresh_database: Callable[..., Any], tmp_path: Path
) -> None:
    relay = Relay(tmp_path / "taken.log")
    trial = Trial.begin(fresh_database(), relay, askable=False)
    _people(trial)
    beaten = tmp_path / "beaten"
    beaten.touch()
    here = {"day": now().date()}

    def race() -> None:
        def always(*_args: Any) -> Any:
            return here["day"], []

        def none_there(*_args: Any) -> set[Any]:
            return set()

        def noted(*args: Any) -> Any:
            made = write_digests(*args)
            with beaten.open("a") as file:
                file.write("x" * made.count(None))
            return made

        # All of them find every member due, and none there yet: the database has to decide.
        jobs.due_at, jobs.write_digests, jobs.written = always, noted, none_there
        with trial.app.app_context():
            jobs.write_due.run(trial.firm_id)

    running = [fork(race) for _ in range(PROCESSES)]
    assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in running] == [0] * PROCESSES
    with psycopg.connect(trial.url) as connection:
        connection.execute("SELECT set_config('coachhub.firm_id', %s, true)", (str(trial.firm_id),))
        [digests] = connection.execute("SELECT count(*) FROM digests_digest").fetchone() or (0,)
        [mails] = connection.execute("SELECT count(*) FROM mail_firm_mail").fetchone() or (0,)
    assert digests == mails == PEOPLE
    assert len(beaten.read_text()) == (PROCESSES - 1) * PEOPLE
    relay.smtp.close()
    relay.http.close()


def _people(trial: Trial) -> None:
    with trial.app.app_context():
        with scope(trial.firm_id):
            cohort = Cohort(name="Spring", slug="spring")
            db.session.add(cohort)
            db.session.flush()
            for number in range(PEOPLE):
                person = Person(
                    email=f"race{number}@example.org",
                    name=f"Race {number}",
                    fs_uniquifier=f"r{number}",
                )
                db.session.add(person)
                db.session.flush()
                db.session.add(Seat(firm_id=trial.firm_id, person_id=person.id))
                db.session.flush()
                member = Membership(person_id=person.id, name=person.name)
                db.session.add(member)
                db.session.flush()
                db.session.add(Enrolment(cohort_id=cohort.id, membership_id=member.id))
            db.session.commit()
        db.session.remove()
        db.engine.dispose()
