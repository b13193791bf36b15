"""Once a month each admin is mailed the seal, and it is the one that the check takes."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import re
from collections.abc import Callable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from coachhub.console import seals
from coachhub.core import audit, chain
from coachhub.core.access import Actor
from coachhub.core.chain import Head
from coachhub.core.db import now
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.mail.models import FirmMail


def test_the_seal_is_mailed_once_a_month(
    firm: Firm, make_member: Callable[..., Membership], session: Session
) -> None:
    ada = make_member("Ada Admin", role="admin")
    make_member("Newly Made", role="admin")
    make_member("Cem Coach", role="coach")
    with scope(firm.id):
        month_ago = now() - dt.timedelta(days=40)
        session.execute(
            update(Membership).where(Membership.id == ada.id).values(created_at=month_ago)
        )
        audit.record(Actor(label="Ida"), "thing.done", kind="thing")
        session.commit()
    for _ in range(3):
        seals.MAIL.run(firm.id)
    with scope(firm.id):
        [mail] = session.scalars(select(FirmMail))
        assert mail.membership_id == ada.id
        message = email.message_from_bytes(mail.raw, policy=email.policy.default)
        text = str(message.get_body(("plain",)).get_content())  # type: ignore[union-attr]
        [seal] = re.findall(r"\d+:[0-9a-f]{64}", text)
        assert chain.check([Head.parse(seal)]).whole
