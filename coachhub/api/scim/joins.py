"""Where the roster joins in with what happens elsewhere: people who join, and who leave."""

from __future__ import annotations

from sqlalchemy import delete, select

from coachhub.api.scim.models import SyncedPerson
from coachhub.api.scim.roster import enrol_waiting
from coachhub.core.access import platform
from coachhub.core.db import db
from coachhub.firms.hooks import CAME_BY_SIGN_IN, INVITATION_ACCEPTED, KNOWN_PEOPLE, MEMBER_LEFT
from coachhub.firms.models import Invitation, Membership
from coachhub.privacy.hooks import EXPORT_SECTION, ExportSection, section


@INVITATION_ACCEPTED.from_room
def accepted(invitation: Invitation, membership: Membership) -> None:
    """Know who it is that was invited, and put them into the cohorts that wait for them."""
    _joined(membership, invitation.email)


@CAME_BY_SIGN_IN.from_room
def came(membership: Membership, address: str) -> None:
    """Do the same for who came without an invitation."""
    _joined(membership, address)


@KNOWN_PEOPLE.from_room
def is_expected(address: str) -> bool:
    """Say whether the directory has somebody as active, whom no admin has taken back."""
    if _waiting(address) is None:
        return False
    query = select(Invitation.withdrawn_at).where(Invitation.email == address)
    newest = db.session.scalars(query.order_by(Invitation.created_at.desc()).limit(1)).first()
    return newest is None


@MEMBER_LEFT.from_room
def forget(membership: Membership) -> None:
    """Forget what the directory said of somebody who has left."""
    if membership.state == "left":
        db.session.execute(delete(SyncedPerson).where(SyncedPerson.membership_id == membership.id))


@EXPORT_SECTION.from_room
def export(member: Membership) -> list[ExportSection]:
    """Give a member what the firm's directory has said of them."""
    query = select(SyncedPerson).where(SyncedPerson.membership_id == member.id)
    columns = "user_name address external_id display_name active updated_at"
    return [
        section("directory", "What the firm's directory says", db.session.scalars(query), columns)
    ]


def _joined(membership: Membership, address: str) -> None:
    row = _waiting(address)
    if row is not None:
        row.membership_id = membership.id
        db.session.flush()
        if membership.role == "member":
            enrol_waiting(platform("roster"), row, membership)


def _waiting(address: str) -> SyncedPerson | None:
    query = select(SyncedPerson).where(
        SyncedPerson.address == address,
        SyncedPerson.membership_id.is_(None),
        SyncedPerson.active,
    )
    return db.session.scalar(query)
