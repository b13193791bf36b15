"""What a side says, and what has to come with it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from coachhub.contacts.models import Contact
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.words import gettext
from coachhub.introductions.calendar import (
    LONGEST_LATER_DAYS,
    LONGEST_PROMISE_DAYS,
    PROMISE_DAYS,
    in_days,
    today,
)
from coachhub.introductions.models import Consent, Introduction
from coachhub.introductions.steps import consents

Side = Literal["giver", "receiver", "outsider"]
Word = Literal["yes", "no", "not_now"]
Way = Literal["page", "link", "mail"]
LONGEST_TEXT = 2000


class AnswerError(DomainError):
    """Something is missing from an answer, or cannot be so; the message says what."""


@dataclass(frozen=True)
class Answer:
    """One side's answer.

    Attributes:
        word: yes, no or not_now.
        way: by which way it came: a member's page, the outside contact's link, or mail.
        until: for not_now, the day to ask again.
        promise: for a giver's yes, what they will do, in their words.
        due_on: by when; in 7 days, if None. Counted from the introduction (see `life`).
        contact_id: for a door, which of the giver's own contacts.
        contact_email: the contact's address, if the giver wants us to write; an empty one means
            that the giver asks in person.
        gift: for a receiver's yes, what they give in return; None keeps the draft.
        blurb: a text about the receiver that can be passed on; None keeps the draft.
    """

    word: Word
    way: Way = "page"
    until: dt.date | None = None
    promise: str = ""
    due_on: dt.date | None = None
    contact_id: UUID | None = None
    contact_email: str = ""
    gift: str | None = None
    blurb: str | None = None


def take(introduction: Introduction, side: Side, given: Answer) -> None:
    """Write an answer down; raises AnswerError for what is missing or out of range."""
    if given.word == "not_now":
        if given.until is None or not today() < given.until <= in_days(LONGEST_LATER_DAYS):
            raise AnswerError(gettext("Please choose a day from tomorrow on, within half a year."))
        introduction.not_before = given.until
    elif given.word == "yes":
        _TAKE_YES[side](introduction, given)
    _note(introduction, side, given)


def _giver_yes(introduction: Introduction, given: Answer) -> None:
    promise = given.promise.strip()
    if not promise:
        raise AnswerError(gettext("Please say in a few words what you will do."))
    if len(promise) > LONGEST_TEXT:
        raise AnswerError(
            gettext(
                "Please keep the promise under %(LONGEST_TEXT)s characters.",
                LONGEST_TEXT=LONGEST_TEXT,
            )
        )
    due_on = given.due_on or in_days(PROMISE_DAYS)
    if not today() <= due_on <= in_days(LONGEST_PROMISE_DAYS):
        raise AnswerError(gettext("Please choose a day between today and three months from now."))
    if introduction.asset == "door":
        _take_contact(introduction, given)
    introduction.promise = promise
    introduction.due_on = due_on


def _take_contact(introduction: Introduction, given: Answer) -> None:
    contact = db.session.scalar(
        select(Contact).where(
            Contact.id == given.contact_id,
            Contact.owner_id == introduction.giver_id,
            Contact.company_id == introduction.company_id,
        )
    )
    if contact is None:
        raise AnswerError(gettext("Please choose which of your contacts there you mean."))
    introduction.contact_id = contact.id
    introduction.contact_name = contact.full_name()
    introduction.contact_email = given.contact_email.strip()


def _receiver_yes(introduction: Introduction, given: Answer) -> None:
    for name in ("gift", "blurb"):
        text = getattr(given, name)
        if text is None:
            continue
        if len(text) > LONGEST_TEXT:
            raise AnswerError(
                gettext(
                    "Please keep each text under %(LONGEST_TEXT)s characters.",
                    LONGEST_TEXT=LONGEST_TEXT,
                )
            )
        setattr(introduction, name, text.strip())
    # Nobody only asks: without both, the others are not asked.
    if not introduction.gift:
        raise AnswerError(
            gettext("Please say in a few words what you give in return. Something small is fine.")
        )
    if not introduction.blurb:
        raise AnswerError(
            gettext("Please write a sentence or two about you that can be passed on.")
        )


def _outsider_yes(introduction: Introduction, given: Answer) -> None:
    # Told in person, they may have agreed to share an address that we did not have.
    if given.contact_email.strip() and not introduction.contact_email:
        introduction.contact_email = given.contact_email.strip()


_TAKE_YES = {"giver": _giver_yes, "receiver": _receiver_yes, "outsider": _outsider_yes}


def _note(introduction: Introduction, side: Side, given: Answer) -> None:
    consent = consents(introduction).get(side)
    if consent is None:
        consent = Consent(introduction_id=introduction.id, side=side)
        db.session.add(consent)
    consent.answer = given.word
    consent.way = given.way
    consent.until = given.until if given.word == "not_now" else None
    consent.created_at = now()
    db.session.flush()
