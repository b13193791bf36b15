"""Everybody whom a firm's directory can see: its members, and those who are invited by it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Subquery, func, literal, null, select, union_all
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from coachhub.accounts.models import Person
from coachhub.api.scim.errors import ScimError
from coachhub.api.scim.filters import Field, condition, read
from coachhub.api.scim.models import SyncedPerson
from coachhub.api.scim.schemas import USER, location
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.db import db
from coachhub.firms.models import Membership

HERE = ("active", "suspended")


@dataclass(frozen=True)
class Page:
    """Some of what was found, and how much there is in all."""

    total: int
    rows: Sequence[Any]


def everybody() -> Subquery:
    """Return one row for each: who is in the firm, and who is on the roster and not yet in it."""
    row, member = SyncedPerson, Membership
    part = func.jsonb_extract_path_text
    here = (
        select(
            func.coalesce(row.id, member.id).label("id"),
            member.id.label("membership_id"),
            row.id.label("synced_id"),
            func.coalesce(row.user_name, Person.email).label("user_name"),
            func.coalesce(row.address, Person.email).label("address"),
            func.coalesce(row.external_id, "").label("external_id"),
            func.coalesce(row.display_name, member.name).label("display_name"),
            func.coalesce(part(row.said, "name", "givenName"), "").label("given_name"),
            func.coalesce(part(row.said, "name", "familyName"), "").label("family_name"),
            (member.state == "active").label("active"),
            func.coalesce(row.created_at, member.created_at).label("created_at"),
            func.coalesce(row.updated_at, member.created_at).label("updated_at"),
        )
        .select_from(member)
        .join(Person, Person.id == member.person_id)
        .outerjoin(row, row.membership_id == member.id)
        .where(member.state.in_(HERE))
    )
    waiting = select(
        row.id,
        null().cast(PG_UUID()),
        row.id,
        row.user_name,
        row.address,
        row.external_id,
        row.display_name,
        func.coalesce(part(row.said, "name", "givenName"), literal("")),
        func.coalesce(part(row.said, "name", "familyName"), literal("")),
        row.active,
        row.created_at,
        row.updated_at,
    ).where(row.membership_id.is_(None))
    return union_all(here, waiting).subquery("people")


def found(text: str, start: int, count: int) -> Page:
    """Return those for whom a filter holds, oldest first, from number `start` (1 is the first)."""
    people = everybody()
    query = select(people)
    if text:
        query = query.where(condition(read(text), _fields(people)))
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    if not count:
        return Page(total, [])
    ordered = query.order_by(people.c.created_at, people.c.id).offset(start - 1).limit(count)
    return Page(total, db.session.execute(ordered).all())


def find(person_id: str) -> Row[Any]:
    """Return one of them; raises ScimError (404) for anybody else."""
    people = everybody()
    wanted = as_id(person_id)
    one = db.session.execute(select(people).where(people.c.id == wanted)).first()
    if one is None:
        raise ScimError("There is nobody with this id.", status=404)
    return one


def others_with(user_name: str, address: str, but: UUID | None) -> bool:
    """Say whether somebody else of the firm has a user name or an address (both in small letters).

    Only this firm's people count: of an address that is known elsewhere nothing is told.
    """
    people = everybody()
    same = (func.lower(people.c.user_name) == user_name) | (people.c.address == address)
    query = select(people.c.id).where(same)
    return db.session.scalar(query.where(people.c.id != but) if but else query) is not None


def as_id(text: str) -> UUID:
    """Return an id; raises ScimError (404) for what is none."""
    try:
        return UUID(text)
    except ValueError as error:
        raise ScimError("There is nobody with this id.", status=404) from error


def shown(rows: Iterable[Row[Any]]) -> list[dict[str, Any]]:
    """Return people as SCIM tells of them, in the same order."""
    rows = list(rows)
    said = {
        one.id: one
        for one in db.session.scalars(
            select(SyncedPerson).where(
                SyncedPerson.id.in_([row.synced_id for row in rows if row.synced_id])
            )
        )
    }
    groups = _groups(rows, said)
    return [_shown(row, said.get(row.synced_id), groups.get(row.id, [])) for row in rows]


def _shown(row: Row[Any], synced: SyncedPerson | None, groups: list[Cohort]) -> dict[str, Any]:
    told: dict[str, Any] = {"schemas": [USER], "id": str(row.id)}
    told |= dict(synced.said) if synced else of_member(row.address, row.display_name)
    told["active"] = row.active
    if groups:
        told["groups"] = [
            {"value": str(one.id), "$ref": location("Groups", str(one.id)), "display": one.name}
            for one in groups
        ]
    told["meta"] = {
        "resourceType": "User",
        "created": moment(row.created_at),
        "lastModified": moment(row.updated_at),
        "location": location("Users", str(row.id)),
    }
    return told


def of_member(address: str, name: str) -> dict[str, Any]:
    """Return what is told of a member of whom the directory has said nothing yet."""
    return {
        "userName": address,
        "displayName": name,
        "name": {"formatted": name},
        "emails": [{"value": address, "type": "work", "primary": True}],
    }


def moment(value: dt.datetime) -> str:
    """Write a moment as SCIM does."""
    return value.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _groups(rows: Sequence[Row[Any]], said: dict[UUID, SyncedPerson]) -> dict[UUID, list[Cohort]]:
    of_member = {row.membership_id: row.id for row in rows if row.membership_id}
    enrolled = db.session.execute(
        select(Enrolment.membership_id, Cohort)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(
            Enrolment.membership_id.in_(of_member),
            Enrolment.state == "active",
            Enrolment.role == "member",
            Cohort.state == "running",
        )
        .order_by(Cohort.name)
    )
    groups: dict[UUID, list[Cohort]] = {}
    for membership_id, cohort in enrolled:
        groups.setdefault(of_member[membership_id], []).append(cohort)
    waiting = {cohort_id for one in said.values() for cohort_id in one.cohort_ids}
    if waiting:
        query = select(Cohort).where(Cohort.id.in_(map(UUID, waiting)), Cohort.state == "running")
        known = {str(one.id): one for one in db.session.scalars(query)}
        for one in said.values():
            later = [known[cohort_id] for cohort_id in one.cohort_ids if cohort_id in known]
            groups.setdefault(one.id, []).extend(later)
    return groups


def _fields(people: Subquery) -> dict[str, Field]:
    address, names = Field(people.c.address), people.c
    return {
        "id": Field(names.id.cast(db.Text), "exact"),
        "username": Field(names.user_name),
        "externalid": Field(names.external_id, "exact"),
        "displayname": Field(names.display_name),
        "name.formatted": Field(names.display_name),
        "name.givenname": Field(names.given_name),
        "name.familyname": Field(names.family_name),
        "active": Field(names.active, "yes"),
        "emails": address,
        "emails.value": address,
        "meta.created": Field(names.created_at, "moment"),
        "meta.lastmodified": Field(names.updated_at, "moment"),
    }
