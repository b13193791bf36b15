"""Whether cohorts of a firm exchange with each other, and how their members are shown then."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, cast
from uuid import UUID

from sqlalchemy import select

from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError, NotAllowedError
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import gettext
from coachhub.firms.models import Firm, Membership
from coachhub.permissions import Permission

Switch = Literal["off", "unnamed", "named"]
SWITCHES: tuple[Switch, ...] = ("off", "unnamed", "named")
_KEY = "alliances"


def switch() -> Switch:
    """Return what the firm says: off, or how coaches see members of another cohort."""
    firm = db.session.get_one(Firm, current_firm_id())
    found = firm.house.get(_KEY, "off")
    return cast("Switch", found) if found in SWITCHES else "off"


def set_switch(actor: Actor, value: str) -> None:
    """Let the firm's admin say whether cohorts exchange with each other."""
    if not actor.may(Permission.ADMINISTER):
        raise NotAllowedError
    if value not in SWITCHES:
        raise DomainError(gettext("Please pick one of the three."))
    firm = db.session.get_one(Firm, current_firm_id())
    before = firm.house.get(_KEY, "off")
    firm.house = {**firm.house, _KEY: value}
    db.session.flush()
    audit.record(
        actor, "firm.changed", kind="firm", subject=firm.id, label=firm.name, before=before,
        alliances=value,
    )  # fmt: skip


def names_for(cohort_id: UUID, members: Iterable[UUID]) -> dict[UUID, str]:
    """Return members' names as the coach of a cohort may read them.

    Those of another cohort are called by it and a number where the firm wants them unnamed.
    """
    wanted = set(members)
    rows = db.session.execute(
        select(Membership.id, Membership.name).where(Membership.id.in_(wanted))
    )
    names = {row.id: row.name for row in rows}
    if switch() != "unnamed":
        return names
    homes = db.session.execute(
        select(Enrolment.membership_id, Enrolment.cohort_id, Cohort.name)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Enrolment.membership_id.in_(wanted))
        .order_by(Enrolment.created_at, Enrolment.id)
    ).all()
    own = {row.membership_id for row in homes if row.cohort_id == cohort_id}
    numbers: dict[str, int] = {}
    for row in homes:
        if row.membership_id not in own:
            own.add(row.membership_id)
            numbers[row.name] = number = numbers.get(row.name, 0) + 1
            names[row.membership_id] = f"{row.name} {number}"
    return names
