"""Which invitations still open a door."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from coachhub.core.db import now
from coachhub.core.errors import NotFoundError
from coachhub.core.tenancy import scope
from coachhub.core.tokens import hashed
from coachhub.firms import invitations
from coachhub.firms.models import Firm, Invitation

TOKEN = "a-link-in-a-mail"


@pytest.mark.parametrize(
    "over",
    [{"accepted_at": now()}, {"withdrawn_at": now()}, {"expires_at": now()}],
    ids=lambda one: next(iter(one)),
)
def test_one_that_was_used_taken_back_or_is_old_opens_nothing(
    firm: Firm, session: Session, over: dict[str, Any]
) -> None:
    with scope(firm.id):
        made = Invitation(
            email="ada@example.org",
            name="Ada",
            role="member",
            token_hash=hashed(TOKEN),
            expires_at=now() + dt.timedelta(days=7),
        )
        session.add(made)
        session.flush()
        assert invitations.find(TOKEN).id == made.id
        assert invitations.find(TOKEN, lock=True).id == made.id
        session.execute(update(Invitation).values(**over))
        for lock in (False, True):
            with pytest.raises(NotFoundError):
                invitations.find(TOKEN, lock=lock)
        with pytest.raises(NotFoundError):
            invitations.find("another-link")
