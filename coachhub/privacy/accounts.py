"""An account without a firm: which firms still have one, and erasing it."""

from __future__ import annotations

from sqlalchemy import select

from coachhub.accounts.models import Person
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.tenancy import scope
from coachhub.core.words import gettext
from coachhub.firms.models import Firm, Membership, Seat
from coachhub.privacy.erasure import erase_everywhere
from coachhub.privacy.wishes import WrongNameError


def active_in(person: Person) -> list[Firm]:
    """Return the firms that a person has not left: there they erase themselves first."""
    firms = db.session.scalars(
        select(Firm).join(Seat, Seat.firm_id == Firm.id).where(Seat.person_id == person.id)
    ).all()
    found = []
    for firm in firms:
        with scope(firm.id):
            state = db.session.scalar(
                select(Membership.state).where(Membership.person_id == person.id)
            )
        if state not in {None, "left"}:
            found.append(firm)
    return found


def erase(person: Person, typed: str) -> None:
    """Erase a person who has left every firm, with what those firms still hold.

    Raises WrongNameError for another name than theirs, DomainError for somebody who is in a firm,
    and for the platform's own staff.
    """
    if " ".join(typed.split()).casefold() != " ".join(person.name.split()).casefold():
        raise WrongNameError(
            gettext("Please type the name as it stands here: %(name)s", name=person.name)
        )
    if person.is_staff:
        raise DomainError(gettext("This account belongs to CoachHub's own desk."))
    if active_in(person):
        raise DomainError(gettext("You are still in a firm: erase your data there first."))
    erase_everywhere(Actor(label=person.name, person_id=person.id), person)
