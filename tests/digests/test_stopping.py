"""A run of digests is followed and stopped: what had left stays sent, and nothing else leaves."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from coachhub.board.operations import AskDraft
from coachhub.cohorts.models import Cohort
from coachhub.core.access import Actor
from coachhub.core.audit import AuditEntry
from coachhub.core.db import db
from coachhub.core.tenancy import scope
from coachhub.digests import jobs, operations, readers, run
from coachhub.digests.checks import STOPPED, TAKEN_DOWN, digests_still_hold
from coachhub.digests.models import Digest, DigestPreference
from coachhub.digests.received import standing
from coachhub.firms.models import Firm, Membership
from coachhub.mail import relay
from coachhub.mail.delivery import deliver
from coachhub.mail.models import FirmMail
from digests.test_resume import PEOPLE, in_a_process, people
from fixtures_group import Group
from mail.crash import Relay, Trial, fork

ADMIN = Actor("Ada Admin")
ASK = AskDraft(kind="skill", title="Would you hear my pitch?")
HANDED = 3


@pytest.fixture
def due(group: Group, monkeypatch: pytest.MonkeyPatch) -> Group:
    """Everybody's digest is due, at any hour, and there is something to tell."""
    monkeypatch.setattr(readers, "_waiting", lambda members, _languages: [[] for _ in members])
    with scope(group.firm.id):
        group.session.execute(update(Cohort).values(cadence="daily"))
        for name, member in group.people.items():
            wish = DigestPreference(membership_id=member.id, timezone="UTC", leave_token_hash=name)
            wish.hour = 0
            group.session.add(wish)
        group.post("ada", ASK)
        group.session.commit()
    return group


def states(group: Group) -> list[tuple[str, str]]:
    with scope(group.firm.id):
        rows = group.session.execute(
            select(Digest.skipped, FirmMail.state)
            .outerjoin(FirmMail, FirmMail.id == Digest.mail_id)
            .order_by(FirmMail.state)
        )
        return [(skipped, state) for skipped, state in rows]


def test_nothing_of_what_is_due_is_written_once_it_is_stopped(due: Group) -> None:
    with scope(due.firm.id):
        assert run.run_of() == run.run_of(due.cohort) == run.Run(unwritten=4)
        assert run.stop(ADMIN, due.firm) == 4
        assert run.run_of() == run.Run(stopped=4)
        due.session.commit()
        firm_id = due.firm.id
    jobs.write_due.run(firm_id)
    assert states(due) == [(STOPPED, None)] * 4
    with scope(firm_id):
        stands = standing(due.cohort)
        assert {one.outcome for one in stands.readers} == {"withheld"}
        [entry] = due.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "digests.stopped")
        )
        assert entry.details == {"mails": 0, "unwritten": 4}


def test_what_is_written_is_held_back_and_what_has_left_stays_sent(due: Group) -> None:
    firm_id = due.firm.id
    jobs.write_due.run(firm_id)
    with scope(firm_id):
        gone, leaving, *_ = due.session.scalars(select(FirmMail).order_by(FirmMail.id))
        gone.state, leaving.state = "sent", "sending"
        due.session.flush()
        found = run.run_of()
        assert (found.waiting, found.leaving, found.total) == (1, 1, 4)  # Ada has nothing to read
        assert run.stop(ADMIN, due.firm) == 1
        due.session.commit()
        assert gone.state == "sent"
        assert run.run_of() == run.Run(leaving=1, stopped=1, over=2)
        # Stopped twice, or after its end: nothing more happens.
        with pytest.raises(run.NothingOnItsWayError, match="Nothing was on its way"):
            run.stop(ADMIN, due.firm)
        # The mail server says "later" to the one that was being handed over.
        leaving.state = "waiting"
        due.session.flush()
        assert [one for one in digests_still_hold([leaving, gone]) if one] == [STOPPED]
        [held] = due.session.scalars(select(FirmMail).where(FirmMail.state == "withheld"))
        assert held.reason == STOPPED


def test_the_next_digest_tells_what_the_stopped_one_would_have(
    due: Group, app: Flask, session: Session
) -> None:
    firm_id = due.firm.id
    jobs.write_due.run(firm_id)
    with scope(firm_id):
        [before] = session.scalars(
            select(Digest.period).where(Digest.membership_id == due.id("ben"))
        )
        run.stop(ADMIN, due.firm)
        after = operations.write_digest(
            due.people["ben"], before.replace(year=before.year + 1), app.config["SECRET_KEY"]
        )
        assert after is not None
        assert any(ASK.title in item["title"] for item in after.items)


def test_what_is_being_written_anew_is_stopped_too(due: Group) -> None:
    firm_id = due.firm.id
    jobs.write_due.run(firm_id)
    with scope(firm_id):
        digest = due.session.scalars(
            select(Digest).where(Digest.membership_id == due.id("ben"))
        ).one()
        mail = due.session.get_one(FirmMail, (firm_id, digest.mail_id))
        mail.state, mail.reason = "withheld", TAKEN_DOWN
        due.session.flush()
        run.stop(ADMIN, due.firm)
        due.session.commit()
        jobs.write_again.run(firm_id, str(digest.id))
        assert digest.skipped == STOPPED
        assert due.session.scalar(select(FirmMail).where(FirmMail.state == "waiting")) is None


def test_a_coach_stops_those_of_the_cohort_alone(
    due: Group, make_cohort: Callable[..., Cohort], make_member: Callable[..., Membership]
) -> None:
    with scope(due.firm.id):
        other = make_cohort("Autumn", cadence="daily")
        make_member("Otto", cohorts=(other,))
        due.session.execute(update(DigestPreference).values(hour=0))
        preferences = due.session.scalars(select(Membership).where(Membership.name == "Otto"))
        wish = DigestPreference(
            membership_id=preferences.one().id, hour=0, timezone="UTC", leave_token_hash="otto"
        )
        due.session.add(wish)
        due.session.commit()
    client = due.client("ida")
    page = client.get(f"{due.base}/mails")
    assert "Digests are on their way" in page.text
    followed = client.get(f"{due.base}/mails/run")
    assert "4 are still to be written." in followed.text
    assert "HX-Refresh" not in followed.headers
    assert client.post(f"{due.base}/mails/stop").status_code == 303
    assert "4 digests will not go out" in client.get(f"{due.base}/mails").text
    ended = client.get(f"{due.base}/mails/run", headers={"HX-Target": "div#followed"})
    assert ended.headers["HX-Refresh"] == "true"
    assert "4 digests were stopped" in ended.text
    # Once more: said plainly, and nothing is written down a second time.
    client.post(f"{due.base}/mails/stop")
    assert "Nothing was on its way any more." in client.get(f"{due.base}/mails").text
    with scope(due.firm.id):
        assert run.run_of() == run.Run(unwritten=1, stopped=4)
        stops = select(AuditEntry.subject_label).where(AuditEntry.action == "digests.stopped")
        assert due.session.scalars(stops).all() == ["Spring"]
    assert due.client("ben").post(f"{due.base}/mails/stop").status_code == 403


def test_an_admin_follows_and_stops_them(
    due: Group, make_member: Callable[..., Membership], sign_in: Any, client: Any
) -> None:
    sign_in(client, make_member("Ada Admin", role="admin"))
    console = f"/f/{due.base.split('/')[2]}/console/mails"
    assert "Digests are on their way" in client.get(f"{console}/").text
    assert "Stop the rest" in client.get(f"{console}/digests").text
    assert client.post(f"{console}/digests/stop").headers["Location"].endswith("/console/mails/")
    page = client.get(f"{console}/").text
    assert "4 digests will not go out. What had left stays sent." in page
    assert "Digests are on their way" not in page


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Relay]:
    made = Relay(tmp_path / "taken.log")
    made.start()
    yield made
    made.stop()


def test_stopping_races_with_a_writer_and_with_a_worker(
    fresh_database: Callable[..., Any], server: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "_waiting", lambda members, _languages: [[] for _ in members])
    monkeypatch.setattr(jobs, "AT_A_TIME", 32)
    trial = Trial.begin(fresh_database(), server, askable=False)
    people(trial)
    stops: list[int] = []

    def write_while_somebody_stops() -> None:
        real = operations.content_for

        def slow(*args: Any) -> Any:
            if not stops:  # some are claimed and not committed: whoever stops has to wait for us
                stops.append(fork(lambda: stopped(trial)))
                wait_for_a_lock(trial.url)
            return real(*args)

        operations.content_for = slow
        with trial.app.app_context():
            jobs.write_due.run(trial.firm_id)
        os.waitpid(stops[0], 0)

    in_a_process(write_while_somebody_stops)
    found = outcomes(trial)
    assert found.pop("waiting", 0) == 0
    assert sum(found.values()) == PEOPLE
    assert found["stopped unwritten"] > 0
    assert found["stopped"] > 0

    with psycopg.connect(trial.url) as connection:  # the next day
        told(connection, trial)
        connection.execute("UPDATE digests_digest SET period = period - 7")
        connection.execute("UPDATE mail_firm_mail SET once = once || '/before'")

    def hand_over_while_somebody_stops() -> None:
        real, handed = relay.send, [0]

        def slow(*args: Any) -> Any:
            handed[0] += 1
            if handed[0] == HANDED:
                in_a_process(lambda: stopped(trial))
            return real(*args)

        relay.send = slow
        with trial.app.app_context():
            deliver.run(trial.firm_id)

    in_a_process(lambda: written(trial))
    in_a_process(hand_over_while_somebody_stops)
    for _ in range(2):  # and the next runs find nothing to do
        in_a_process(lambda: written(trial))
        in_a_process(lambda: handed_over(trial))
    assert len(server.taken()) == HANDED
    assert trial.open_mails() == 0


def stopped(trial: Trial) -> None:
    with trial.app.app_context():
        db.engine.dispose(close=False)  # what the process before us has open is its own
    with trial.app.app_context(), scope(trial.firm_id):
        run.stop(ADMIN, db.session.scalars(select(Firm).where(Firm.id == trial.firm_id)).one())
        db.session.commit()


def written(trial: Trial) -> None:
    with trial.app.app_context():
        jobs.write_due.run(trial.firm_id)


def handed_over(trial: Trial) -> None:
    with trial.app.app_context():
        deliver.run(trial.firm_id)


def told(connection: Any, trial: Trial) -> None:
    connection.execute("SELECT set_config('coachhub.firm_id', %s, false)", (str(trial.firm_id),))


def wait_for_a_lock(url: str) -> None:
    """Wait until another process stands before what we have not committed."""
    with psycopg.connect(url, autocommit=True) as connection:
        asked = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        while connection.execute(asked).fetchone() == (0,):
            time.sleep(0.01)


def outcomes(trial: Trial) -> dict[str, int]:
    """Count the digests by what became of them."""
    query = """
        SELECT CASE WHEN skipped = %s AND mail_id IS NULL THEN 'stopped unwritten'
            WHEN skipped = %s THEN 'stopped' ELSE coalesce(state, 'nothing') END, count(*)
        FROM digests_digest LEFT JOIN mail_firm_mail
            ON (mail_firm_mail.firm_id, mail_firm_mail.id) = (digests_digest.firm_id, mail_id)
        GROUP BY 1"""
    with psycopg.connect(trial.url) as connection:
        told(connection, trial)
        return dict(connection.execute(query, (STOPPED, STOPPED)).fetchall())
