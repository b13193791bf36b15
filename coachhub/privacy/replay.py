"""After an older backup was brought back: whoever was erased since is erased again."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sqlalchemy import select

from coachhub.accounts.models import Person
from coachhub.core.access import platform
from coachhub.core.db import db
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.mail.models import FirmMail, Suppression
from coachhub.privacy import ledger, strangers
from coachhub.privacy.erasure import erase, erase_everywhere
from coachhub.privacy.hooks import STRANGERS, Stranger

log = logging.getLogger(__name__)
_DESK = platform("restore")


@dataclass
class Replayed:
    """How many were erased again, and how many lines of the ledger the database did not know."""

    lines: int = 0
    members: int = 0
    people: int = 0
    strangers: int = 0


def replay() -> Replayed:
    """Erase again what the ledger's files list and the database does not know; commits each one.

    Doing it twice is fine: a line is taken into the table only once it has been done.
    """
    lines = ledger.missing()
    done = Replayed(lines=len(lines))
    if not lines:
        return done
    log.warning("A backup was brought back: %s erasures are done again.", len(lines))
    marks: dict[str, set[str]] = {}
    for line in lines:
        marks.setdefault(line.kind, set()).add(line.mark)
    for mark in marks.get("address", ()):
        if db.session.get(Suppression, mark) is None:
            db.session.add(Suppression(address_hash=mark, reason="never"))
    db.session.commit()
    firms = list(db.session.scalars(select(Firm.id).order_by(Firm.id)))
    for firm_id in firms:
        with scope(firm_id):
            # Strangers first: they are found again in the books of members who go too.
            done.strangers += _strangers(marks.get("address", set()), marks.get("name", set()))
            done.members += _members(marks.get("membership", set()))
    done.people = _people(marks.get("person", set()))
    for line in lines:
        ledger.take_in(line)
    db.session.commit()
    return done


@STRANGERS.from_room
def written_to() -> list[Stranger]:
    """Tell to whom outside the firm has written."""
    addresses = select(FirmMail.to_address).where(
        FirmMail.membership_id.is_(None), FirmMail.to_address != ""
    )
    return [Stranger(one.casefold()) for one in set(db.session.scalars(addresses))]


def _members(marks: set[str]) -> int:
    if not marks:
        return 0
    rows = db.session.scalars(select(Membership).where(Membership.person_id.is_not(None))).all()
    found = [one.id for one in rows if ledger.mark("membership", str(one.id)) in marks]
    for member_id in found:
        membership = db.session.scalars(select(Membership).where(Membership.id == member_id)).one()
        erase(_DESK, membership)
        db.session.commit()
    return len(found)


def _people(marks: set[str]) -> int:
    if not marks:
        return 0
    found = [
        one.id
        for one in db.session.scalars(select(Person)).all()
        if ledger.mark("person", str(one.id)) in marks
    ]
    for person_id in found:
        erase_everywhere(_DESK, db.session.get_one(Person, person_id))
        db.session.commit()
    return len(found)


def _strangers(addresses: set[str], names: set[str]) -> int:
    if not addresses | names:
        return 0
    found = {one for given in STRANGERS.ask_everybody() for one in given}
    asked = [
        one
        for one in sorted(found, key=str)
        if (one.address and ledger.mark("address", one.address) in addresses)
        or ledger.mark("name", strangers.name_told(one.name, one.company)) in names
    ]
    for one in asked:
        strangers.forget_here(one)
        db.session.commit()
    return len(asked)
