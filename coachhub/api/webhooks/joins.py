"""Where webhooks listen: what happens here is put up for them in the same transaction.

What is told are ids and addresses to read more at, with a token that may. What stands in the audit
trail anyway is heard there; the rest where rooms announce it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask import url_for
from sqlalchemy import delete, func, select

from coachhub.api.problems import PREFIX
from coachhub.api.webhooks.models import Delivery, Webhook
from coachhub.api.webhooks.operations import announce
from coachhub.board.hooks import POST_CHANGED, POSTED, Change, Post
from coachhub.board.rules import kind_of
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.audit import AuditEntry
from coachhub.core.db import db
from coachhub.core.links import on_site
from coachhub.core.words import gettext, gettext_noop
from coachhub.firms.hooks import HOME, HomeItem
from coachhub.introductions.hooks import INTRODUCED, OUTCOME_REPORTED, PROMISE_KEPT, THANKED
from coachhub.introductions.models import Introduction, Round
from coachhub.introductions.rounds.hooks import ROUND_RELEASED
from coachhub.permissions import Permission
from coachhub.privacy.hooks import RETAIN, Retained

# What the audit trail says, and what webhooks are told of it.
_HEARD = {
    "member.joined": ("member.joined", "member"),
    "member.reinstated": ("member.joined", "member"),
    "member.left": ("member.left", "member"),
    "member.suspended": ("member.left", "member"),
    "cohort.enrolled": ("cohort.enrolled", "cohort"),
    "cohort.enrolment_ended": ("cohort.enrolment_ended", "cohort"),
    "case.decided": ("case.decided", "case"),
}
_THERE = {"member": "/members/{id}", "cohort": "/cohorts/{id}"}
KEPT_DAYS = 90


@audit.listen
def heard(entry: AuditEntry) -> None:
    """Tell of what was just written into the firm's record."""
    event, kind = _HEARD.get(entry.action, ("", ""))
    if not event or entry.subject_id is None:
        return
    data: dict[str, Any] = {f"{kind}_id": str(entry.subject_id)}
    if kind in _THERE:
        data["url"] = _at(_THERE[kind].format(id=entry.subject_id))
    announce(event, data)


@POSTED.from_room
def posted(post: Post) -> None:
    """Tell that something was posted, and of which kind."""
    _tell_of("post.created", post)


@POST_CHANGED.from_room
def changed(post: Post, what: Change) -> None:
    """Tell that something was closed, or has run out."""
    if what in {"closed", "expired"}:
        _tell_of("post.closed", post)


@ROUND_RELEASED.from_room
def released(round_: Round) -> None:
    """Tell that a round is out."""
    announce(
        "round.released",
        {
            "round_id": str(round_.id),
            "cohort_id": str(round_.cohort_id),
            "url": _at(f"/cohorts/{round_.cohort_id}"),
        },
    )


@INTRODUCED.from_room
def introduced(introduction: Introduction) -> None:
    """Tell that an introduction was made."""
    _tell("introduction.introduced", introduction)


@PROMISE_KEPT.from_room
def kept(introduction: Introduction) -> None:
    """Tell that a promise was kept."""
    _tell("introduction.kept", introduction)


@THANKED.from_room
def thanked(introduction: Introduction) -> None:
    """Tell that somebody said thanks."""
    _tell("introduction.thanked", introduction)


@OUTCOME_REPORTED.from_room
def outcome(introduction: Introduction) -> None:
    """Tell that something came of an introduction; what, its own two can read."""
    _tell("introduction.outcome", introduction)


@HOME.from_room
def stopped(actor: Actor) -> Sequence[HomeItem]:
    """Tell the firm's admins of webhooks that had to be stopped."""
    if not actor.may(Permission.ADMINISTER):
        return []
    return [
        HomeItem(
            title=gettext("The webhook “%(name)s” has stopped", name=one.name),
            text=gettext(
                "Nothing is sent to it now. Look at its address and at the program behind it, then"
                " send a test: if it is taken, the webhook is on again."
            ),
            url=url_for("webhooks.one", webhook_id=one.id),
            action=gettext("Look at it"),
            icon="alert",
            order=8,
        )
        for one in db.session.scalars(select(Webhook).where(Webhook.state == "stopped"))
    ]


@RETAIN.from_room
def retained() -> list[Retained]:
    """Keep what webhooks were told for a time."""

    def over(before: dt.datetime) -> Any:
        return (Delivery.created_at < before, Delivery.state != "waiting")

    def count(before: dt.datetime) -> int:
        query = select(func.count()).select_from(Delivery).where(*over(before))
        return db.session.scalar(query) or 0

    def remove(before: dt.datetime) -> int:
        gone = db.session.execute(delete(Delivery).where(*over(before)).returning(Delivery.id))
        return len(gone.all())

    return [
        Retained(
            "webhook_deliveries",
            gettext_noop("What webhooks were told"),
            gettext_noop("The list of what other programs were told goes; it holds no names."),
            KEPT_DAYS,
            count,
            remove,
        )
    ]


def _tell_of(event: str, post: Post) -> None:
    kind = kind_of(post)
    path = f"/cohorts/{post.cohort_id}/{kind}s/{post.id}"
    told = {"kind": kind, "id": str(post.id), "cohort_id": str(post.cohort_id), "url": _at(path)}
    announce(event, told)


def _tell(event: str, introduction: Introduction) -> None:
    data = {
        "introduction_id": str(introduction.id),
        "cohort_id": str(introduction.cohort_id),
        "url": _at(f"/introductions/{introduction.id}"),
    }
    announce(event, data)


def _at(path: str) -> str:
    return on_site(PREFIX + path)
