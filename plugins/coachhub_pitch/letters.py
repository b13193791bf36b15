"""The two mails of the workshop: to coaches who were asked, to members who were looked at."""

from __future__ import annotations

from sqlalchemy import select

from coachhub.accounts.models import Person
from coachhub.cohorts.models import Cohort
from coachhub.cohorts.queries import coaches_of, cohort_of
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.links import absolute
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import gettext, in_language
from coachhub.firms.models import Firm, Membership
from coachhub.firms.plugins import settings_of
from coachhub.mail.outbox import Letter, queue_letter
from coachhub_pitch.models import Comment, Pitch


def asked(actor: Actor, pitch: Pitch) -> None:
    """Tell the coaches of the pitch's group that somebody waits, unless the firm wants no mails."""
    if pitch.cohort_id is None or not settings_of("pitch").get("tell_coaches", True):
        return
    cohort = cohort_of(pitch.cohort_id)
    for one in coaches_of(cohort):
        _write(
            "pitch-asked",
            one.membership,
            f"{_question(pitch)}/{one.membership.id}",
            member=actor.label,
            what=pitch.kind,
            url=absolute("pitch.look", cohort=cohort.slug, pitch_id=pitch.id),
        )


def looked(actor: Actor, cohort: Cohort, pitch: Pitch) -> None:
    """Tell the owner that their coach has looked, with what was said since they asked."""
    owner = db.session.scalar(select(Membership).where(Membership.id == pitch.owner_id))
    if owner is None or owner.state != "active":
        return
    said = db.session.scalars(
        select(Comment)
        .where(
            Comment.pitch_id == pitch.id,
            Comment.is_shown,
            Comment.created_at >= pitch.asked_at,
        )
        .order_by(Comment.created_at)
    ).all()
    _write(
        "pitch-looked",
        owner,
        _question(pitch),
        coach=actor.label,
        cohort=cohort,
        what=pitch.kind,
        comments=said,
        url=absolute("pitch.edit", pitch_id=pitch.id),
    )


def _question(pitch: Pitch) -> str:
    when = pitch.asked_at.timestamp() if pitch.asked_at else 0
    return f"{pitch.id}/{when:.0f}"


def _write(letter: str, to: Membership, once: str, what: str, **context: object) -> None:
    person = db.session.get_one(Person, to.person_id)
    firm = db.session.get_one(Firm, current_firm_id())
    with in_language(person.language):
        kind = gettext("hook") if what == "hook" else gettext("pitch")
        context |= {"firm": firm, "name": to.name.split()[0], "kind": kind}
        queue_letter(
            Letter(
                kind=letter,
                to_address=person.email,
                to_name=to.name,
                once=f"{letter}/{once}",
                context=context,
                from_name=firm.sender_name or firm.name,
                membership_id=to.id,
            )
        )
