"""What is over goes after its time: shown before, removed daily, told in the record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select

from coachhub.board.models import Offer
from coachhub.board.operations import OfferDraft
from coachhub.core import audit
from coachhub.core.access import platform
from coachhub.core.db import now
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.firms.operations import end_membership
from coachhub.mail.models import FirmMail
from coachhub.mail.outbox import Letter, queue_letter
from coachhub.privacy import jobs, retention
from coachhub.privacy.erasure import NAME
from fixtures_group import Group

DESK = platform("test")
OLD = dt.timedelta(days=800)


@pytest.fixture
def lived(group: Group) -> Group:
    """Let each kind of thing be 800 days old once, and fresh once."""
    with scope(group.firm.id):
        for number, ago in enumerate((OLD, dt.timedelta(days=1))):
            with time_machine.travel(now() - ago, tick=False):
                for once, member_id in (("member", group.id("ben")), ("outside", None)):
                    mail = queue_letter(
                        Letter(
                            kind="test", to_address=f"{once}@example.com", once=f"{once}{number}",
                            membership_id=member_id, context={"firm": group.firm, "name": "Ben"},
                        )
                    )  # fmt: skip
                    assert mail is not None
                    mail.state = "sent"
                offer = group.post("ben", OfferDraft(kind="skill", title="Rotas read with you"))
                offer.closed_at = now()
                leaver = group.people["ada" if number == 0 else "chiara"]
                end_membership(DESK, group.session.merge(leaver))
        group.session.commit()
    return group


@pytest.fixture
def desk(
    lived: Group, make_member: Callable[..., Membership], sign_in: Any
) -> tuple[FlaskClient, str]:
    with scope(lived.firm.id):
        client = lived.clients()
        sign_in(client, make_member("Max Admin", role="admin"))
    return client, f"/f/{lived.firm.slug}/console/retention"


def test_it_goes_after_its_time_and_the_record_says_so(lived: Group) -> None:
    for _ in range(2):
        jobs.RETAIN_NO_LONGER.run(lived.firm.id)
    with scope(lived.firm.id):
        said = {
            one.once: (len(one.raw) > 0, one.to_address)
            for one in lived.session.scalars(select(FirmMail))
        }
        assert said == {
            "member0": (False, "member@example.com"),
            "member1": (True, "member@example.com"),
            "outside0": (False, ""),
            "outside1": (True, "outside@example.com"),
        }
        assert lived.session.scalar(select(func.count()).select_from(Offer)) == 1
        names = set(lived.session.scalars(select(Membership.name)))
        assert NAME in names
        assert "Ada Osei" not in names
        assert "Chiara Rossi" in names
        told = audit.entries(action="retention.removed")
        assert [one.details["gone"] for one in told] == [
            {"mail_bodies": 2, "left_members": 1, "closed_posts": 1, "outside_mails": 1}
        ]
        assert audit.first_broken() is None


def test_an_address_outside_stays_where_mail_came_back(lived: Group) -> None:
    with scope(lived.firm.id):
        mail = lived.session.scalars(select(FirmMail).where(FirmMail.once == "outside0")).one()
        mail.bounced = "hard"
        lived.session.commit()
    jobs.RETAIN_NO_LONGER.run(lived.firm.id)
    with scope(lived.firm.id):
        mail = lived.session.scalars(select(FirmMail).where(FirmMail.once == "outside0")).one()
        assert (mail.raw, mail.to_address) == (b"", "outside@example.com")


def test_a_firm_looks_before_it_saves(desk: tuple[FlaskClient, str], lived: Group) -> None:
    client, page = desk
    assert "Closed posts" in client.get(page).text
    with scope(lived.firm.id):
        firm = lived.session.get_one(Firm, lived.firm.id)
        days = {kind: str(number) for kind, number in retention.days_of(firm).items()}
    looked = client.post(page, data=days | {"closed_posts": "0", "look": "yes"})
    assert looked.status_code == 200
    assert "What would go with these times" in looked.text
    with scope(lived.firm.id):
        assert not audit.entries(action="retention")
    assert client.post(page, data=days | {"closed_posts": "7"}).status_code == 422
    assert client.post(page, data=days | {"closed_posts": "0"}).status_code == 303
    jobs.RETAIN_NO_LONGER.run(lived.firm.id)
    with scope(lived.firm.id):
        assert lived.session.scalar(select(func.count()).select_from(Offer)) == 2
        changed = audit.entries(action="retention.changed")[0]
        assert changed.details["days"] == {"closed_posts": [730, 0]}


def test_members_do_not_decide_it(desk: tuple[FlaskClient, str], lived: Group) -> None:
    assert lived.client("ben").get(desk[1]).status_code == 403
