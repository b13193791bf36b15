"""What a coach sees of the cohort's mails, and who may see it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from coachhub.accounts.models import Person
from coachhub.cohorts.queries import needing
from coachhub.core.db import db, now
from coachhub.core.tenancy import scope
from coachhub.digests.models import Digest, DigestPreference
from coachhub.digests.received import OUTCOMES, standing
from coachhub.introductions.models import Introduction
from coachhub.mail.models import FirmMail
from coachhub.mail.suppression import suppress
from fixtures_group import Group


def today() -> dt.date:
    return now().date()


def mail_to(group: Group, name: str, state: str, kind: str = "digest", **columns: Any) -> FirmMail:
    made = FirmMail(
        kind=kind,
        once=f"{kind}/{uuid7()}",
        to_address=db.session.get_one(Person, group.people[name].person_id).email,
        subject="Three things only Ada should read",
        message_id=f"<{uuid7()}@example.org>",
        raw=b"Subject: x\r\n\r\nFor Ada's eyes alone\r\n",
        state=state,
        membership_id=group.people[name].id,
        **columns,
    )
    db.session.add(made)
    db.session.flush()
    return made


def digest(
    group: Group, name: str, mail: FirmMail | None, skipped: str = "", days: int = 0
) -> None:
    db.session.add(
        Digest(
            membership_id=group.people[name].id,
            period=today() - dt.timedelta(days=days),
            mail_id=mail.id if mail else None,
            skipped=skipped,
        )
    )
    db.session.flush()


def test_every_member_is_counted_once_and_told_about_in_words(
    group: Group, session: Session
) -> None:
    with scope(group.firm.id):
        digest(group, "ada", mail_to(group, "ada", "sent"))
        digest(group, "ben", None, "Nothing to say this time.")
        digest(group, "chiara", mail_to(group, "chiara", "withheld", reason="bounced"))
        digest(group, "ada", mail_to(group, "ada", "sent", bounced="hard"), days=7)
        digest(group, "ben", mail_to(group, "ben", "in_doubt"), days=7)
        session.add(
            DigestPreference(
                membership_id=group.id("ben"),
                cadence="off",
                timezone="UTC",
                leave_token_hash=str(uuid7()),
            )
        )
        session.commit()
        stands = standing(group.cohort)
        runs = {day: dict(run) for day, run in stands.runs.items()}
    assert list(runs.values()) == [
        {"sent": 1, "skipped": 1, "withheld": 1},
        {"failed": 1, "in_doubt": 1},
    ]
    assert {outcome for run in runs.values() for outcome in run} <= set(OUTCOMES)
    why = {(one.name, one.day): one.why for one in stands.unsent}
    assert why == {
        ("Ben Liang", today()): "Nothing to say this time.",
        ("Chiara Rossi", today()): "Mails to their address come back.",
        ("Ada Osei", today() - dt.timedelta(days=7)): "It came back: the mailbox does not exist.",
        ("Ben Liang", today() - dt.timedelta(days=7)): (
            "Nobody knows whether it arrived. A firm admin decides whether it goes again."
        ),
    }
    page = group.client("ida").get(f"{group.base}/mails").get_data(as_text=True)
    assert "They have ended their digests" in page
    assert "Every week, Monday, 08:00" in page
    for private in ("Three things only Ada", "eyes alone", "@example.org"):
        assert private not in page


def test_an_address_that_does_not_work_is_on_the_dashboard_until_it_is_another(
    group: Group, session: Session
) -> None:
    with scope(group.firm.id):
        ada = session.get_one(Person, group.people["ada"].person_id)
        suppress(ada.email, "bounced")
        mail_to(group, "ben", "failed", reason="550 5.7.1 No")
        mail_to(group, "chiara", "sent", bounced="soft")
        session.commit()
        wrong = {
            one.membership.name: signal.text
            for one in needing(group.cohort)
            for signal in one.signals
            if signal.kind == "address"
        }
    assert wrong == {
        "Ada Osei": "Mails to their address come back",
        "Ben Liang": "The last mail to them was not taken by the mail server",
        "Chiara Rossi": "The last mail to them came back for now: a full mailbox, or a slow server",
    }
    page = group.client("ida").get(f"{group.base}/mails").get_data(as_text=True)
    assert page.index("Ada Osei") < page.index("Ben Liang") < page.index("Chiara Rossi")
    assert "Ask for another address" in page
    with scope(group.firm.id):
        ada.email = "ada.new@example.org"
        mail_to(group, "ben", "sent")
        session.commit()
        assert [one.membership.name for one in standing(group.cohort).troubled] == ["Chiara Rossi"]


def test_mails_of_other_rooms_other_cohorts_and_people_outside_are_not_told_of(
    group: Group, session: Session, make_cohort: Any
) -> None:
    with scope(group.firm.id):
        mail_to(group, "ada", "withheld", "case-reporter", reason="A moderator's own words")
        for cohort, name in ((group.cohort, "ada"), (make_cohort("Autumn"), "ben")):
            row = Introduction(
                cohort_id=cohort.id,
                giver_id=group.id("ada"),
                receiver_id=group.id("ben"),
                asset="offer",
                asset_id=uuid7(),
                need="ask",
                need_id=uuid7(),
                reason="It fits",
                key=str(uuid7()),
                state="proposed",
                state_since=now(),
            )
            session.add(row)
            session.flush()
            mail_to(group, name, "withheld", "giver-asked", reason="Why", introduction_id=row.id)
            outside = mail_to(group, name, "failed", "outsider-asked", introduction_id=row.id)
            outside.membership_id = None
        session.commit()
        stands = standing(group.cohort)
    assert [(one.name, one.kind) for one in stands.unsent] == [("Ada Osei", "giver-asked")]
    assert stands.mails.total() == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [("coach", 200), ("admin", 200), ("member", 403), ("another's coach", 404), ("nobody", 302)],
)
def test_who_may_see_the_cohorts_mails(
    group: Group, make_member: Any, make_cohort: Any, make_firm: Any, who: str, status: int
) -> None:
    others = make_cohort("Autumn")
    group.people |= {
        "admin": make_member("Adam Admin", role="admin"),
        "another's coach": make_member("Olga", role="coach", cohorts=(others,)),
        "coach": group.people["ida"],
        "member": group.people["ada"],
    }
    client = group.clients() if who == "nobody" else group.client(who)
    assert client.get(f"{group.base}/mails").status_code == status
    stranger = make_firm()
    assert client.get(f"/f/{stranger.slug}/c/spring/mails").status_code in {404, 302}
