"""The demo's round: proposed, released, and answered half-way."""

from __future__ import annotations

import datetime as dt
import random

from sqlalchemy import select

from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.contacts.models import Contact
from coachhub.core.db import db, now
from coachhub.demo.build import Builder
from coachhub.firms.models import Membership
from coachhub.introductions import life, promises
from coachhub.introductions.answers import Answer
from coachhub.introductions.models import Introduction
from coachhub.introductions.outsiders import OUTSIDE_CONTACT
from coachhub.introductions.rounds import operations as rounds
from coachhub.introductions.rounds.release import release_round
from coachhub.introductions.rounds.solving import IN_WORKER
from coachhub.introductions.rounds.unlocks import work_out
from coachhub.introductions.rules import asked_in_person
from coachhub.permissions import Standing


def play(builder: Builder, cohort: Cohort) -> None:
    """Release a first round in a cohort and let about half of it be answered."""
    coach = db.session.scalars(
        select(Membership)
        .join(Enrolment, Enrolment.membership_id == Membership.id)
        .where(Enrolment.cohort_id == cohort.id, Enrolment.role == "coach")
    ).first()
    if coach is None:
        return
    leader = builder.actor(coach, Standing.COACH, Standing.COHORT_COACH)
    round_ = rounds.propose_round(leader, cohort)
    db.session.flush()
    if round_.state == "solving":
        # A large round waits for a worker; here nobody waits for a page.
        work_out(cohort, round_, IN_WORKER)
    release_round(leader, round_, at_once=True)
    steps = db.session.scalars(
        select(Introduction)
        .where(Introduction.round_id == round_.id)
        .order_by(Introduction.ring, Introduction.position)
    ).all()
    pick = random.Random(11)  # noqa: S311 - a story, no secret
    for place, step in enumerate(steps):
        _answer(builder, step, place, pick)


def _answer(builder: Builder, step: Introduction, place: int, pick: random.Random) -> None:
    """Take one step as far as its place in the story says."""
    turn = place % 6
    if turn == 5:  # noqa: PLR2004 - nobody has answered yet
        return
    giver, receiver = _member(step.giver_id), _member(step.receiver_id)
    if turn == 4:  # noqa: PLR2004 - a silent no
        life.answer(builder.actor(giver), step, "giver", Answer("no", "page"))
        return
    life.answer(builder.actor(giver), step, "giver", _yes(step, pick))
    if turn == 3:  # noqa: PLR2004 - the receiver has not answered yet
        return
    gift = step.gift or "An hour of my time, whenever you like."
    life.answer(builder.actor(receiver), step, "receiver", Answer("yes", "page", gift=gift))
    if step.state == "outsider_asked" and turn != 0:
        if asked_in_person(step):
            life.answer(builder.actor(giver), step, "outsider", Answer("yes", "page"))
        else:
            life.answer(OUTSIDE_CONTACT, step, "outsider", Answer("yes", "link"))
    if step.state != "introduced":
        return
    if turn == 1:
        promises.keep(builder.actor(giver), step)
        promises.report_outcome(builder.actor(receiver), step, "meeting", "We talk on Thursday.")
        promises.thank(
            builder.actor(receiver), step, "That opened a door I would not have found. Thank you."
        )


def _yes(step: Introduction, pick: random.Random) -> Answer:
    contact = None
    if step.asset == "door":
        contact = db.session.scalars(
            select(Contact)
            .where(
                Contact.owner_id == step.giver_id,
                Contact.company_id == step.company_id,
                ~Contact.hidden,
            )
            .order_by(Contact.strength.desc().nulls_last(), Contact.id)
        ).first()
    return Answer(
        "yes",
        "page",
        promise="I will write this week and put the two of you in touch.",
        due_on=now().date() + dt.timedelta(days=pick.randint(2, 9)),
        contact_id=contact.id if contact else None,
        contact_email=contact.email if contact else "",
    )


def _member(membership_id: object) -> Membership:
    return db.session.scalars(select(Membership).where(Membership.id == membership_id)).one()
