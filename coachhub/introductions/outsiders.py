"""The outside contact: one mail, one page without an account, and a way to be left alone."""

from __future__ import annotations

from sqlalchemy import select

from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.errors import NotFoundError
from coachhub.core.tokens import hashed
from coachhub.introductions import life
from coachhub.introductions.answers import Answer, Way
from coachhub.introductions.models import Introduction
from coachhub.mail.outbox import suppress

OUTSIDE_CONTACT = Actor(label="Outside contact")


def by_token(token: str) -> Introduction:
    """Return the introduction behind a link; NotFoundError for a link that never was or is old."""
    found = db.session.scalar(
        select(Introduction).where(Introduction.outsider_token_hash == hashed(token))
    )
    if found is None:
        raise NotFoundError
    return found


def answer_by_link(token: str, given: Answer) -> Introduction:
    """Take the outside contact's own answer; raises AlreadyAnsweredError if it came before."""
    return life.answer(OUTSIDE_CONTACT, by_token(token), "outsider", given)


def never_again(token: str) -> None:
    """Never write to this contact again, from any firm; an open question counts as a no."""
    leave_alone(by_token(token))


def leave_alone(introduction: Introduction, way: Way = "link") -> None:
    """Never write to an introduction's contact again; an open question counts as a no."""
    if introduction.state == "outsider_asked":
        life.answer(OUTSIDE_CONTACT, introduction, "outsider", Answer("no", way=way))
    suppress(introduction.contact_email, "never")
