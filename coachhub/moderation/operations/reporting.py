"""Reporting: all reports of one thing gather in one case."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import gettext
from coachhub.moderation import house
from coachhub.moderation.hooks import Reportable, find_reportable
from coachhub.moderation.models import SHOWN, Case, Report
from coachhub.moderation.operations import cases, content
from coachhub.moderation.queries.reporters import paused_until, was_fine


class NotNeededError(DomainError):
    """A report that changes nothing; the message says why, and what would."""


def report(actor: Actor, kind: str, thing_id: UUID, reason: str, note: str = "") -> Case:
    """Report a thing. All reports of one thing gather in one case; a safety report hides it.

    Raises NotFoundError for what does not exist or cannot be read by the actor, DomainError for
    one's own texts or an unknown reason, NotNeededError for a text that was found fine as it is,
    or for somebody whose reports rest. Reporting twice changes nothing.
    """
    thing = readable(actor, kind, thing_id)
    rule = house.by_code().get(reason)
    if rule is None or not rule.is_on:
        raise DomainError(gettext("Please choose what is wrong."))
    if was_fine(thing, rule):
        raise NotNeededError(
            gettext(
                "A moderator has looked at this text and found that it keeps the rules. If it"
                " changes,"
                " you can report it again."
            )
        )
    rests = None if rule.safety else paused_until(actor.member_id())
    if rests is not None:
        raise NotNeededError(
            gettext(
                "Thank you for looking out for the group. Many of your last reports were about"
                " texts that keep the rules, so we take no more until %(rests)s. If somebody may"
                " come to harm, choose that reason: it always reaches us.",
                rests=f"{rests:%d %B}",
            )
        )
    audit.take_turn()
    case = cases.open_case(thing, rule)
    added = db.session.scalar(
        insert(Report)
        .values(
            id=uuid7(),
            firm_id=current_firm_id(),
            created_at=now(),
            case_id=case.id,
            reporter_id=actor.member_id(),
            reason=reason,
            note=note,
        )
        .on_conflict_do_nothing()
        .returning(Report.id)
    )
    if added is not None:
        audit.record(
            actor, "case.reported", kind="case", subject=case.id, label=thing.label, reason=reason
        )
        if rule.safety and thing.state in SHOWN:
            content.put(actor, thing, case, "quarantined", automatic=True)
    return case


def readable(actor: Actor, kind: str, thing_id: UUID) -> Reportable:
    """Return a thing that somebody may read and report; raises NotFoundError or DomainError."""
    thing = find_reportable(kind, thing_id)
    if thing is None:
        raise NotFoundError
    if thing.owner_id == actor.member_id():
        raise DomainError(gettext("This is yours: you can edit or close it yourself."))
    if not thing.may_read(actor):
        raise NotFoundError
    return thing
