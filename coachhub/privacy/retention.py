"""How long a firm keeps what is over: set by its admin, removed daily, told in the record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select

from coachhub.core import audit
from coachhub.core.access import Actor, platform
from coachhub.core.audit import AuditEntry
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import gettext, gettext_noop
from coachhub.firms.models import Firm, Invitation, Membership
from coachhub.mail.models import FirmIncoming, FirmMail
from coachhub.privacy.erasure import erase
from coachhub.privacy.forms import FOR_GOOD, TIMES
from coachhub.privacy.hooks import RETAIN, Retained
from coachhub.privacy.sweep import blank_mails

_KEY = "keep_days"
_OVER = ("sent", "failed", "withheld")


@dataclass(frozen=True)
class Line:
    """One kind of thing: how long it is kept, and how much would go now."""

    kind: Retained
    days: int
    going: int


def kinds() -> list[Retained]:
    """Return every kind of thing that a firm keeps for a time."""
    return [kind for given in RETAIN.call() for kind in given]


def days_of(firm: Firm) -> dict[str, int]:
    """Return for how many days a firm keeps each kind; `FOR_GOOD` for ever."""
    chosen: Mapping[str, int] = firm.house.get(_KEY, {})
    return {kind.key: chosen.get(kind.key, kind.days) for kind in kinds()}


def preview(days: Mapping[str, int]) -> list[Line]:
    """Return what would go with these days; nothing is changed."""
    return [Line(kind, days[kind.key], _going(kind, days[kind.key])) for kind in kinds()]


def decide(actor: Actor, firm: Firm, days: Mapping[str, int]) -> None:
    """Set for how long a firm keeps each kind of thing. Raises DomainError for other times."""
    known = {one for one, _words in TIMES}
    chosen = {kind.key: days[kind.key] for kind in kinds()}
    if not set(chosen.values()) <= known:
        raise DomainError(gettext("Please choose one of the times."))
    before = days_of(firm)
    changed = {key: [before[key], chosen[key]] for key in chosen if before[key] != chosen[key]}
    if not changed:
        return
    firm.house = {**firm.house, _KEY: chosen}
    db.session.flush()
    audit.record(
        actor, "retention.changed", kind="firm", subject=firm.id, label=firm.name, days=changed
    )


def remove_old() -> dict[str, int]:
    """Remove what the firm keeps no longer, and write into the record how much; return the same.

    A day begins at midnight UTC: whatever runs later that day finds nothing more.
    """
    firm = db.session.get_one(Firm, current_firm_id())
    days, gone = days_of(firm), {}
    for kind in kinds():
        before = _before(days[kind.key])
        number = kind.remove(before) if before else 0
        if number:
            gone[kind.key] = number
    if gone:
        actor = platform("retention")
        audit.record(actor, "retention.removed", kind="firm", subject=firm.id, gone=gone)
    return gone


def _going(kind: Retained, days: int) -> int:
    before = _before(days)
    return kind.count(before) if before else 0


def _before(days: int) -> dt.datetime | None:
    if days == FOR_GOOD:
        return None
    today = dt.datetime.combine(now().date(), dt.time(), dt.UTC)
    return today - dt.timedelta(days=days)


def _number(condition: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).where(condition)) or 0


@RETAIN.from_room
def own() -> Sequence[Retained]:
    """Keep mails, invitations and whoever has left for a time."""
    return [
        Retained(
            "mail_bodies",
            gettext_noop("What mails said"),
            gettext_noop("That one was sent, and when, is kept."),
            90,
            lambda before: _number(_bodies(before)),
            _drop_bodies,
        ),
        Retained(
            "outside_mails",
            gettext_noop("Mails to people outside"),
            gettext_noop(
                "What they said, and the address. Of what came back the address stays, so that"
                " nobody writes there again."
            ),
            30,
            lambda before: _number(_to_outside(before)),
            _drop_outside,
        ),
        Retained(
            "incoming",
            gettext_noop("Mails that came in"),
            gettext_noop("Replies, and mails that came back."),
            90,
            lambda before: _number(FirmIncoming.created_at < before),
            _drop_incoming,
        ),
        Retained(
            "invitations",
            gettext_noop("Invitations that nobody took"),
            gettext_noop("With the address."),
            90,
            lambda before: _number(_stale(before)),
            _drop_invitations,
        ),
        Retained(
            "left_members",
            gettext_noop("People who have left"),
            gettext_noop(
                "Their profile and what they wrote, in case they come back. Then they are erased."
            ),
            365,
            lambda before: len(_left(before)),
            _erase_left,
        ),
    ]


def _bodies(before: dt.datetime) -> ColumnElement[bool]:
    return (
        (FirmMail.created_at < before) & FirmMail.state.in_(_OVER) & (func.length(FirmMail.raw) > 0)
    )


def _drop_bodies(before: dt.datetime) -> int:
    ids = db.session.scalars(select(FirmMail.id).where(_bodies(before))).all()
    blank_mails(ids)
    return len(ids)


def _to_outside(before: dt.datetime) -> ColumnElement[bool]:
    """Choose what arrived at somebody who is no member: replies and leaving work by hashes."""
    return (
        (FirmMail.created_at < before)
        & FirmMail.state.in_(_OVER)
        & FirmMail.membership_id.is_(None)
        & (FirmMail.bounced == "")
        & (FirmMail.to_address != "")
    )


def _drop_outside(before: dt.datetime) -> int:
    ids = db.session.scalars(select(FirmMail.id).where(_to_outside(before))).all()
    blank_mails(ids, address=True)
    return len(ids)


def _drop_incoming(before: dt.datetime) -> int:
    old = delete(FirmIncoming).where(FirmIncoming.created_at < before)
    return len(db.session.execute(old.returning(FirmIncoming.id)).all())


def _stale(before: dt.datetime) -> ColumnElement[bool]:
    return Invitation.accepted_at.is_(None) & (Invitation.expires_at < before)


def _drop_invitations(before: dt.datetime) -> int:
    return len(
        db.session.execute(delete(Invitation).where(_stale(before)).returning(Invitation.id)).all()
    )


def _left(before: dt.datetime) -> list[UUID]:
    """Return who left before a moment; the record tells when."""
    last = func.max(AuditEntry.created_at)
    since = (
        select(AuditEntry.subject_id)
        .where(AuditEntry.action == "member.left")
        .group_by(AuditEntry.subject_id)
        .having(last < before)
    )
    query = select(Membership.id).where(
        Membership.state == "left", Membership.erased_at.is_(None), Membership.id.in_(since)
    )
    return list(db.session.scalars(query))


def _erase_left(before: dt.datetime) -> int:
    ids = _left(before)
    for member_id in ids:
        membership = db.session.scalars(select(Membership).where(Membership.id == member_id)).one()
        erase(platform("retention"), membership)
    return len(ids)
