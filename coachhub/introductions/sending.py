"""A last look before a question leaves: is it still that side's turn?"""

from __future__ import annotations

from sqlalchemy import select

from coachhub.core.db import db
from coachhub.introductions.models import Introduction
from coachhub.mail.delivery import MAY_SEND
from coachhub.mail.models import FirmMail

_ASKED = frozenset({"giver_asked", "receiver_asked", "outsider_asked"})
# letter → the states in which it still makes sense; other letters tell what has happened
WHILE = {
    "giver-asked": frozenset({"giver_asked"}),
    "receiver-asked": frozenset({"receiver_asked"}),
    "outsider-asked": frozenset({"outsider_asked"}),
    "ask-in-person": frozenset({"outsider_asked"}),
    "expired-reminder": _ASKED,
    "promise-reminder": frozenset({"introduced"}),
}


@MAY_SEND.from_room
def question_still_stands(mail: FirmMail) -> str:
    """Hold back a question whose introduction has gone on or ended since it was written."""
    if mail.introduction_id is None or mail.kind not in WHILE:
        return ""
    state = db.session.scalar(
        select(Introduction.state).where(Introduction.id == mail.introduction_id)
    )
    return "" if state in WHILE[mail.kind] else "The introduction has moved on."
