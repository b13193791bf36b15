"""Answers that come by mail: what is understood is done, as on the page, and said in a sentence.

The sentences are those of the page: none says more of the others than the page would.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import select

from coachhub.contacts.models import Contact
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.words import day, gettext, gettext_noop
from coachhub.firms.models import Membership
from coachhub.introductions import drafts, letters, life, outsiders, promises, queries
from coachhub.introductions.answers import Answer, Side
from coachhub.introductions.calendar import LATER_DAYS, PROMISE_DAYS, in_days, today
from coachhub.introductions.models import Introduction
from coachhub.introductions.replies import Reply, read_reply
from coachhub.introductions.shown import Shown
from coachhub.mail.hooks import INBOUND
from coachhub.moderation.guards import private_word
from coachhub.permissions import Standing

_NOT_YOURS = gettext_noop("We could not match your mail with an introduction of yours.")


class NotUnderstoodError(DomainError):
    """A reply that could mean more than one thing; the message says how to answer."""


@INBOUND.from_room
def from_mail(kind: str, subject_id: UUID, membership_id: UUID | None, text: str) -> str | None:
    """Take a reply to a letter about an introduction; None for letters of other rooms."""
    if kind != letters.REPLY_KIND:
        return None
    reply = read_reply(text, today())
    if membership_id is None:
        return _from_outside(subject_id, reply)
    member = db.session.scalar(
        select(Membership).where(Membership.id == membership_id, Membership.state == "active")
    )
    if member is None:
        raise NotFoundError(gettext(_NOT_YOURS))
    actor = Actor(
        label=member.name,
        person_id=member.person_id,
        membership_id=member.id,
        standings=frozenset({Standing.ANYONE, Standing.PERSON, Standing.MEMBER}),
    )
    try:
        row, seen = queries.one(actor, subject_id)
    except NotFoundError as error:
        raise NotFoundError(gettext(_NOT_YOURS)) from error
    return _STEPS.get(seen.step, _over)(actor, row, seen, reply)


def _answered(actor: Actor, row: Introduction, seen: Shown, reply: Reply) -> str:
    """Take the member's own answer."""
    given = _yes(actor, row, seen.side, reply) if reply.meaning == "yes" else None
    return _take(
        actor,
        row,
        seen.side,
        reply,
        given,
        gettext("Thank you for your yes. We take it from here."),
    )


def _reported(actor: Actor, row: Introduction, seen: Shown, reply: Reply) -> str:
    """Take what the contact said, told by the giver who asked them in person."""
    del seen
    said = gettext("Thank you. Everybody has agreed: you are introduced, and a mail is on its way.")
    return _take(actor, row, "outsider", reply, Answer("yes", way="mail"), said)


def _take(
    actor: Actor, row: Introduction, side: Side, reply: Reply, yes: Answer | None, said: str
) -> str:
    """Take one side's answer, and return the sentence for it; `said` is the one for a yes."""
    if reply.meaning == "yes" and yes is not None:
        life.answer(actor, row, side, yes)
        return said
    if reply.meaning == "not_now":
        until = reply.day or in_days(LATER_DAYS)
        life.answer(actor, row, side, Answer("not_now", way="mail", until=until))
        return gettext("Fine. We ask again on %(day)s.", day=day(until))
    if reply.meaning == "no":
        life.answer(actor, row, side, Answer("no", way="mail"))
        return gettext("That is fine. Nobody is told.")
    raise NotUnderstoodError(
        gettext(
            "We did not understand your answer, so nothing was changed. Please begin your mail with"
            " yes, not now or no, or use the link in our mail."
        )
    )


def _promised(actor: Actor, row: Introduction, seen: Shown, reply: Reply) -> str:
    """Take "done", or a new day for a promise."""
    del seen
    if reply.meaning == "done":
        promises.keep(actor, row)
        return gettext("Well done. We have told them.")
    if reply.meaning in {"more_time", "not_now"}:
        due_on = reply.day or in_days(PROMISE_DAYS)
        promises.more_time(actor, row, due_on)
        return gettext("Good that you said so. The new day is %(day)s.", day=day(due_on))
    raise NotUnderstoodError(
        gettext(
            "We did not understand your mail, so nothing was changed. Please begin it with done, or"
            " with more time and a day, or use the link in our mail."
        )
    )


def _waiting(actor: Actor, row: Introduction, seen: Shown, reply: Reply) -> str:
    """Let whoever said yes take it back, as long as nobody has been introduced."""
    if reply.meaning != "no":
        return _over(actor, row, seen, reply)
    life.withdraw(actor, row)
    return gettext("You stepped back. Nobody is told who did.")


def _over(actor: Actor, row: Introduction, seen: Shown, reply: Reply) -> str:
    del actor, reply
    return life.what_happened(row, seen.side)


_STEPS: dict[str, Callable[[Actor, Introduction, Shown, Reply], str]] = {
    "answer": _answered,
    "report": _reported,
    "keep": _promised,
    "wait": _waiting,
    "rest": _waiting,
    "later": _waiting,
}


def _from_outside(introduction_id: UUID, reply: Reply) -> str:
    """Take the outside contact's own words; what we do not understand goes to who asked them."""
    row = db.session.scalar(select(Introduction).where(Introduction.id == introduction_id))
    if row is None:
        raise NotFoundError(gettext("This has ended. There is nothing you need to do."))
    if reply.never:
        outsiders.leave_alone(row, "mail")
        return gettext("We will never write to you again. Thank you for your time.")
    if row.state != "outsider_asked" or reply.meaning not in {"yes", "no", "not_now"}:
        letters.words_from_contact(row, reply.text)
        return gettext(
            "Thank you. We have passed your words on to the person who asked us to write."
        )
    if reply.meaning == "not_now":
        until = reply.day or in_days(LATER_DAYS)
        given = Answer("not_now", way="mail", until=until)
        life.answer(outsiders.OUTSIDE_CONTACT, row, "outsider", given)
        return gettext("Thank you. We ask once more on %(day)s, and not before.", day=day(until))
    life.answer(outsiders.OUTSIDE_CONTACT, row, "outsider", Answer(reply.meaning, way="mail"))
    if reply.meaning == "no":
        return gettext("Thank you for telling us. That is perfectly fine, and nobody is told.")
    return gettext("Thank you. We have brought you together by mail; nothing else is needed.")


def _yes(actor: Actor, row: Introduction, side: Side, reply: Reply) -> Answer:
    if side != "giver":
        return Answer("yes", way="mail")
    _hear_guards(actor, reply.words)
    promise = reply.words or drafts.promise_of(row)
    if row.asset != "door":
        return Answer("yes", way="mail", promise=promise)
    # Nobody outside is written to because of a word in a mail: the giver asks them in person.
    return Answer("yes", way="mail", promise=promise, contact_id=_contact(row, reply).id)


def _hear_guards(actor: Actor, promise: str) -> None:
    """Answer with a guard's word, if there is one, in place of passing a promise on."""
    word = private_word(actor, "promise", promise) if promise else ""
    if word:
        raise NotUnderstoodError(
            gettext(
                "Nothing was changed, and nobody else has seen your words. %(word)s Please answer"
                " yes again in other words, or use the link in our mail: there you can keep them.",
                word=word,
            )
        )


def _contact(row: Introduction, reply: Reply) -> Contact:
    """Return the one contact that the giver can mean."""
    known = queries.contacts_at(row)
    named = [one for one in known if one.last_name and one.last_name in reply.text]
    for found in (named, known):
        if len(found) == 1:
            return found[0]
    raise NotUnderstoodError(
        gettext(
            "You know more than one person there. Please answer yes with the name of the one you"
            " mean, or use the link in our mail, where you can choose."
        )
        if known
        else gettext(
            "None of your contacts there is in your address book any more. Please answer not now"
            " or no."
        )
    )
