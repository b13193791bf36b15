"""Cohorts as a firm's directory sees them: a name, and who is in them as a member."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, false, func, or_, select

from coachhub.api.scim import people, roster
from coachhub.api.scim.errors import ScimError
from coachhub.api.scim.filters import Field, condition, read
from coachhub.api.scim.models import SyncedGroup, SyncedPerson
from coachhub.api.scim.people import Page
from coachhub.api.scim.schemas import GROUP, GROUP_SHAPE, location
from coachhub.cohorts import operations
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.firms.models import Membership
from coachhub.firms.operations import membership_of

LONGEST, MOST_MEMBERS = 120, 5000


@dataclass(frozen=True)
class Wanted:
    """What a directory says of a cohort; members None where it says nothing of them."""

    name: str
    external_id: str
    members: tuple[str, ...] | None


def wanted(body: Mapping[str, Any]) -> Wanted:
    """Return what a body says; raises ScimError (invalidValue)."""
    given: dict[str, Any] = {}
    for key, value in body.items():
        known = GROUP_SHAPE.name(key)
        if known is not None:
            given[known] = value
    name = given.get("displayName")
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST or "\0" in name:
        raise ScimError(f"displayName is a text of 1 to {LONGEST} characters.", "invalidValue")
    external = given.get("externalId") or ""
    if not isinstance(external, str) or len(external) > LONGEST or "\0" in external:
        raise ScimError("externalId is a short text.", "invalidValue")
    return Wanted(" ".join(name.split()), external, _ids(given.get("members")))


def found(text: str, start: int, count: int) -> Page:
    """Return the cohorts for which a filter holds, oldest first, from number `start`."""
    groups = _all()
    query = select(groups)
    if text:
        query = query.where(condition(read(text), _fields(groups)))
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    if not count:
        return Page(total, [])
    ordered = query.order_by(groups.c.created_at, groups.c.id).offset(start - 1).limit(count)
    return Page(total, db.session.execute(ordered).all())


def find(group_id: str) -> Cohort:
    """Return a running cohort of the firm; raises ScimError (404)."""
    query = select(Cohort).where(Cohort.id == people.as_id(group_id), Cohort.state == "running")
    one = db.session.scalar(query)
    if one is None:
        raise ScimError("There is no group with this id.", status=404)
    return one


def create(actor: Actor, asked: Wanted) -> Cohort:
    """Make a cohort, and put its members into it."""
    try:
        cohort = operations.create_cohort(actor, operations.CohortDraft(asked.name))
    except DomainError as error:
        raise ScimError(str(error), "uniqueness", 409) from error
    _note(cohort, asked)
    _set_members(actor, cohort, asked.members or ())
    return cohort


def change(actor: Actor, cohort: Cohort, asked: Wanted) -> None:
    """Make a cohort what the directory says. Who leads it stays as it is."""
    if asked.name != cohort.name:
        try:
            draft = operations.CohortDraft(asked.name, cohort.about)
            operations.edit_cohort(actor, cohort, draft)
        except DomainError as error:
            raise ScimError(str(error), "uniqueness", 409) from error
    _note(cohort, asked)
    _set_members(actor, cohort, asked.members or ())


def remove(actor: Actor, cohort: Cohort) -> None:
    """Close a cohort: it can be read on, and an admin can open it again."""
    operations.close_cohort(actor, cohort)


def shown(cohort_ids: Iterable[UUID], *, with_members: bool = True) -> list[dict[str, Any]]:
    """Return cohorts as SCIM tells of them, in the same order."""
    ids = list(cohort_ids)
    groups = _all()
    rows = {row.id: row for row in db.session.execute(select(groups).where(groups.c.id.in_(ids)))}
    members = {one: _members(one) if with_members else {} for one in ids}
    return [_shown(rows[one], members[one]) for one in ids if one in rows]


def _shown(row: Any, members: Mapping[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {"schemas": [GROUP], "id": str(row.id), "displayName": row.name}
    if row.external_id:
        told["externalId"] = row.external_id
    if members:
        told["members"] = [
            {"value": one, "$ref": location("Users", one), "type": "User"}
            | ({"display": name} if name else {})
            for one, name in members.items()
        ]
    told["meta"] = {
        "resourceType": "Group",
        "created": people.moment(row.created_at),
        "lastModified": people.moment(row.updated_at),
        "location": location("Groups", str(row.id)),
    }
    return told


def _members(cohort_id: UUID) -> dict[str, str]:
    """Return id and name of who is in a cohort as a member, or waits to be."""
    everybody = people.everybody()
    here = (
        select(everybody.c.id, everybody.c.display_name)
        .join(Enrolment, Enrolment.membership_id == everybody.c.membership_id)
        .where(
            Enrolment.cohort_id == cohort_id,
            Enrolment.state == "active",
            Enrolment.role == "member",
        )
    )
    waiting = select(SyncedPerson.id, SyncedPerson.display_name).where(
        SyncedPerson.cohort_ids.contains([str(cohort_id)])
    )
    rows = [*db.session.execute(here), *db.session.execute(waiting)]
    return {str(row.id): row.display_name for row in sorted(rows, key=lambda row: str(row.id))}


def _set_members(actor: Actor, cohort: Cohort, ids: Collection[str]) -> None:
    before, after = set(_members(cohort.id)), set(ids)
    for one in sorted(after - before):
        _add(actor, cohort, one)
    for one in sorted(before - after):
        _take_out(actor, cohort, one)


def _add(actor: Actor, cohort: Cohort, person_id: str) -> None:
    try:
        one = people.find(person_id)
    except ScimError as error:
        raise ScimError("A member's id is nobody's here.", "invalidValue") from error
    membership: Membership | None = membership_of(one.membership_id) if one.membership_id else None
    if membership is not None and membership.role != "member":
        return  # who leads is the firm's to say, on its pages
    if membership is not None and membership.state == "active":
        operations.enrol(actor, cohort, membership)
        return
    row = roster.row_of(one)
    row.cohort_ids = [*row.cohort_ids, str(cohort.id)]
    db.session.flush()


def _take_out(actor: Actor, cohort: Cohort, person_id: str) -> None:
    one = people.find(person_id)
    enrolment = db.session.scalar(
        select(Enrolment).where(
            Enrolment.cohort_id == cohort.id, Enrolment.membership_id == one.membership_id
        )
    )
    if enrolment is not None:
        operations.end_enrolment(actor, cohort, enrolment)
    if one.synced_id is not None:
        row = roster.row_of(one)
        row.cohort_ids = [other for other in row.cohort_ids if other != str(cohort.id)]
        db.session.flush()


def _note(cohort: Cohort, asked: Wanted) -> None:
    row = db.session.scalar(select(SyncedGroup).where(SyncedGroup.cohort_id == cohort.id))
    if row is None:
        row = SyncedGroup(cohort_id=cohort.id)
        db.session.add(row)
    row.external_id, row.updated_at = asked.external_id, now()
    db.session.flush()


def _ids(value: object) -> tuple[str, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) > MOST_MEMBERS:
        raise ScimError("members is a list of objects.", "invalidValue")
    ids = []
    for one in value:
        inner = one.get("value") if isinstance(one, dict) else None
        if not isinstance(inner, str):
            raise ScimError("Each of the members has a value, which is an id.", "invalidValue")
        ids.append(inner.lower())
    return tuple(ids)


def _all() -> Subquery:
    note = SyncedGroup
    return (
        select(
            Cohort.id,
            Cohort.name,
            Cohort.created_at,
            func.coalesce(note.external_id, "").label("external_id"),
            func.coalesce(note.updated_at, Cohort.created_at).label("updated_at"),
        )
        .select_from(Cohort)
        .outerjoin(note, note.cohort_id == Cohort.id)
        .where(Cohort.state == "running")
        .subquery("groups")
    )


def _fields(groups: Subquery) -> dict[str, Field]:
    columns = groups.c
    return {
        "id": Field(columns.id.cast(db.Text), "exact"),
        "displayname": Field(columns.name),
        "externalid": Field(columns.external_id, "exact"),
        "meta.created": Field(columns.created_at, "moment"),
        "meta.lastmodified": Field(columns.updated_at, "moment"),
        "members": Field(columns.id, "among", _has(groups)),
        "members.value": Field(columns.id, "among", _has(groups)),
    }


def _has(groups: Subquery) -> Callable[[str], ColumnElement[bool]]:
    """Return what says whether somebody is in a cohort, or waits to be."""

    def has(person_id: str) -> ColumnElement[bool]:
        try:
            wanted = people.as_id(person_id)
        except ScimError:
            return false()
        row = SyncedPerson
        enrolled = (
            select(Enrolment.id)
            .outerjoin(row, row.membership_id == Enrolment.membership_id)
            .where(
                Enrolment.cohort_id == groups.c.id,
                Enrolment.state == "active",
                Enrolment.role == "member",
                func.coalesce(row.id, Enrolment.membership_id) == wanted,
            )
        )
        text = groups.c.id.cast(db.Text)
        waits = select(row.id).where(row.id == wanted, row.cohort_ids.has_key(text))
        return or_(enrolled.exists(), waits.exists())

    return has
