"""What a firm's directory does with people: invited, suspended, taken back, seen off.

Everything goes by the same ways as on the admin's pages. Nobody becomes a member without having
accepted an invitation or come by the firm's own sign-in, and nobody becomes coach or admin.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select

from coachhub.accounts.operations import clean_address
from coachhub.api.scim import people
from coachhub.api.scim.errors import ScimError
from coachhub.api.scim.models import SyncedPerson
from coachhub.api.scim.schemas import PERSON_SHAPE
from coachhub.cohorts.models import Cohort
from coachhub.cohorts.operations import enrol
from coachhub.core.access import Actor
from coachhub.core.audit import AuditEntry
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.firms import invitations, operations
from coachhub.firms.models import Firm, Invitation, Membership
from coachhub.firms.roster_sync import reaches_trusted

LONGEST, MOST_EMAILS = 254, 20
REASON = "By the firm's directory."
_NAMES = ("formatted", "givenName", "familyName")
_MAIL_PARTS = ("value", "type", "primary")


@dataclass(frozen=True)
class Wanted:
    """What a directory says of somebody, checked; `said` is its own words."""

    user_name: str
    address: str
    external_id: str
    display_name: str
    active: bool
    said: dict[str, Any]


def wanted(body: Mapping[str, Any]) -> Wanted:
    """Return what a body says; raises ScimError (invalidValue). What we do not keep is dropped."""
    given: dict[str, Any] = {}
    for name, value in body.items():
        known = PERSON_SHAPE.name(name)
        if known is not None and value is not None:
            given[known] = value
    user_name = _text(given, "userName")
    if not user_name:
        raise ScimError("userName is missing.", "invalidValue")
    said: dict[str, Any] = {"userName": user_name}
    for name in ("externalId", "displayName"):
        if _text(given, name):
            said[name] = _text(given, name)
    if given.get("name"):
        said["name"] = _parts(given["name"], _NAMES)
    said["emails"] = _emails(given.get("emails"), user_name)
    names = said.get("name", {})
    whole = " ".join(filter(None, (names.get("givenName"), names.get("familyName"))))
    return Wanted(
        user_name=user_name.lower(),
        address=_address(said["emails"]),
        external_id=said.get("externalId", ""),
        display_name=said.get("displayName") or names.get("formatted") or whole,
        active=_yes(given.get("active", True)),
        said=said,
    )


def create(actor: Actor, asked: Wanted) -> UUID:
    """Put somebody on the roster, and invite them; return their id."""
    _refuse_twice(asked, None)
    made = SyncedPerson()
    _write(made, asked)
    db.session.add(made)
    db.session.flush()
    if asked.active:
        _invite(actor, made)
    return made.id


def change(actor: Actor, firm: Firm, one: Row[Any], asked: Wanted) -> None:
    """Make somebody what the directory says: their details, and whether the firm is open to them.

    It takes back whom it has suspended itself, and nobody whom a moderator or admin has.
    """
    _refuse_twice(asked, one.id)
    row, membership = row_of(one), _membership(one)
    was_active, before = row.active, row.address
    if membership is None:
        moved = before != asked.address
        _write(row, asked)
        if was_active and (moved or not asked.active):
            _withdraw(actor, before)
        if asked.active and (moved or not was_active):
            _invite(actor, row)
        return
    if was_active != asked.active:
        _refuse_trusted(firm, membership)
    _write(row, asked)
    if not asked.active and membership.state == "active":
        operations.suspend(actor, membership, REASON)
    elif asked.active and not was_active and _suspended_by_roster(membership):
        operations.reinstate(actor, membership)
        enrol_waiting(actor, row, membership)


def remove(actor: Actor, firm: Firm, one: Row[Any]) -> None:
    """Take somebody off the roster: their membership ends, or their invitation is taken back."""
    membership = _membership(one)
    if membership is not None:
        _refuse_trusted(firm, membership)
        operations.end_membership(actor, membership, REASON)
    else:
        _withdraw(actor, one.address)
    db.session.execute(delete(SyncedPerson).where(SyncedPerson.id == one.synced_id))
    db.session.flush()


def row_of(one: Row[Any]) -> SyncedPerson:
    """Return what the directory has said of somebody; made from their membership if nothing yet."""
    if one.synced_id is not None:
        return db.session.scalars(
            select(SyncedPerson).where(SyncedPerson.id == one.synced_id)
        ).one()
    made = SyncedPerson(
        id=one.membership_id,
        membership_id=one.membership_id,
        user_name=one.user_name,
        address=one.address,
        display_name=one.display_name,
        said=people.of_member(one.address, one.display_name),
        active=True,
    )
    db.session.add(made)
    db.session.flush()
    return made


def enrol_waiting(actor: Actor, row: SyncedPerson, membership: Membership) -> None:
    """Put somebody who is here now into the cohorts that have waited for them."""
    query = select(Cohort).where(
        Cohort.id.in_(map(UUID, row.cohort_ids)), Cohort.state == "running"
    )
    for cohort in db.session.scalars(query).all() if row.cohort_ids else ():
        enrol(actor, cohort, membership)
    row.cohort_ids = []
    db.session.flush()


def _write(row: SyncedPerson, asked: Wanted) -> None:
    row.user_name, row.address, row.external_id = asked.user_name, asked.address, asked.external_id
    row.display_name, row.active, row.said = asked.display_name, asked.active, asked.said
    row.updated_at = now()
    db.session.flush()


def _membership(one: Row[Any]) -> Membership | None:
    return operations.membership_of(one.membership_id) if one.membership_id else None


def _suspended_by_roster(membership: Membership) -> bool:
    """Say whether it was the directory that closed the firm to somebody: the record tells."""
    if membership.state != "suspended":
        return False
    query = select(AuditEntry.details["reason"].astext).where(
        AuditEntry.subject_id == membership.id, AuditEntry.action == "member.suspended"
    )
    newest = db.session.scalars(query.order_by(AuditEntry.number.desc()).limit(1)).first()
    return newest == REASON


def _invite(actor: Actor, row: SyncedPerson) -> None:
    invitations.invite(actor, invitations.Invitee(row.address, row.display_name[:120]))


def _withdraw(actor: Actor, address: str) -> None:
    for one in db.session.scalars(select(Invitation).where(Invitation.email == address)).all():
        if one.is_open():
            invitations.withdraw(actor, one)


def _refuse_twice(asked: Wanted, but: UUID | None) -> None:
    if people.others_with(asked.user_name, asked.address, but):
        raise ScimError("Somebody in this firm has this user name or address.", "uniqueness", 409)


def _refuse_trusted(firm: Firm, membership: Membership) -> None:
    if membership.role != "member" and not reaches_trusted(firm):
        raise ScimError(
            "Coaches and admins are changed by the firm's admin: on the page “Sign-on and roster”"
            " that can be left to the directory.",
            status=403,
        )


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name, "")
    if not isinstance(value, str) or len(value) > LONGEST or "\0" in value:
        raise ScimError(f"{name} is a text of at most {LONGEST} characters.", "invalidValue")
    return value.strip()


def _parts(value: object, names: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ScimError("An object is missing.", "invalidValue")
    lower = {key.lower(): inner for key, inner in value.items() if isinstance(key, str)}
    found: dict[str, Any] = {}
    for name in names:
        inner = lower.get(name.lower())
        if inner in (None, ""):
            continue
        found[name] = _yes(inner) if name == "primary" else _text({name: inner}, name)
    return found


def _emails(value: object, user_name: str) -> list[dict[str, Any]]:
    if value in (None, []) and "@" in user_name:
        return [{"value": user_name, "type": "work", "primary": True}]
    if not isinstance(value, list) or not value or len(value) > MOST_EMAILS:
        raise ScimError("A mail address is missing: we invite people by it.", "invalidValue")
    found = [_parts(one, _MAIL_PARTS) for one in value]
    if sum(one.get("primary") is True for one in found) > 1:
        raise ScimError("One mail address is the primary one.", "invalidValue")
    return found


def _address(emails: list[dict[str, Any]]) -> str:
    chosen = next((one for one in emails if one.get("primary")), emails[0])
    try:
        return clean_address(str(chosen.get("value", "")))
    except DomainError as error:
        raise ScimError(str(error), "invalidValue") from error


def _yes(value: object) -> bool:
    """Return true or false, as Entra writes it too."""
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise ScimError("This is true or false.", "invalidValue")
    return value
