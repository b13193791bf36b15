"""Who may do what with an introduction."""

from __future__ import annotations

from sqlalchemy import select, union_all

from coachhub.board.models import Ask, Lead, Offer, Target
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.errors import NotAllowedError, NotFoundError
from coachhub.introductions.answers import Side, Way
from coachhub.introductions.models import Introduction
from coachhub.mail.outbox import suppressed
from coachhub.permissions import Permission


def side_of(actor: Actor, introduction: Introduction) -> Side:
    """Return which side a member is; NotFoundError for everybody else, and before they are asked.

    A receiver who asked for a door knows of it from the start.
    """
    member_id = actor.member_id()
    if introduction.giver_id == member_id and introduction.giver_asked_at is not None:
        return "giver"
    if introduction.receiver_id == member_id and (
        introduction.receiver_asked_at is not None
        or introduction.origin == "door"
        or introduction.introduced_at is not None
    ):
        return "receiver"
    raise NotFoundError


def may_answer(actor: Actor, introduction: Introduction, side: Side, way: Way) -> bool:
    """Say whether this actor gives this side's answer.

    For an outside contact that is whoever holds their link or answers from their address, or,
    where nobody wrote to them, the giver who asked in person.
    """
    if side == "outsider":
        if actor.membership_id is None:
            return way in {"link", "mail"}
        by_giver = actor.membership_id == introduction.giver_id
        return way in {"page", "mail"} and by_giver and asked_in_person(introduction)
    member_id = introduction.giver_id if side == "giver" else introduction.receiver_id
    return actor.membership_id == member_id


def asked_in_person(introduction: Introduction) -> bool:
    """Say whether the giver asks the outside contact: no address, or one that wants no mail."""
    return not introduction.contact_email or bool(suppressed(introduction.contact_email))


def stands(introduction: Introduction) -> bool:
    """Say whether what an introduction is for can be seen: not while a moderator holds it back."""
    ids = (introduction.need_id, introduction.asset_id)
    held = union_all(
        *(
            select(post.id).where(post.id.in_(ids), ~post.is_shown)
            for post in (Target, Ask, Lead, Offer)
        )
    )
    return db.session.execute(held.limit(1)).first() is None


def require_coach(actor: Actor) -> None:
    """Raise NotAllowedError unless the actor leads the cohort whose page it is."""
    if not actor.may(Permission.RUN_ROUND):
        raise NotAllowedError
