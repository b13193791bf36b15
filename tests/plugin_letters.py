"""One mail of every kind that the plugins write, by real steps of the circle's people."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.plugins import registry
from coachhub.firms.plugins import enable_plugin
from coachhub_chat_notify import letters as of_channels
from coachhub_chat_notify.models import Channel
from coachhub_contact_card.operations import Details, first_card, leave_details, renew_link
from coachhub_gifts import operations as gifts
from coachhub_huddle import letters as of_huddles
from coachhub_huddle.models import Huddle
from coachhub_huddle.operations import homework, series
from coachhub_outcomes import operations as outcomes
from coachhub_outcomes.models import Cause
from coachhub_pitch import operations as pitches
from coachhub_progress import operations as progress
from fixtures_circle import CONTACT_MAIL, Circle


def every_plugin_writes(here: Circle) -> None:
    """Switch every plugin on and take each step that a mail goes with; the scope must be open."""
    for plugin in registry().plugins.values():
        for name in (*plugin.requires, plugin.name):
            enable_plugin(Actor(label="Test"), registry().plugins[name])
    db.session.add(here.contact)
    here.contact.email = CONTACT_MAIL
    db.session.flush()
    _huddle(here)
    _pitch(here)
    _gifts_and_progress(here)
    _landing(here)
    card = first_card(here.giver)
    card.is_public = True
    db.session.add(card)
    renew_link(here.act("giver"), card)
    leave_details(card, Details("Vera Visitor", "vera@example.com", "We met at the port & talked."))
    channel = Channel(
        cohort_id=here.cohort.id,
        name="Harbour talk",
        service="slack",
        address="https://hooks.slack.com/services/T/B/x",
        state="stopped",
        problem="The address no longer exists.",
    )
    db.session.add(channel)
    db.session.flush()
    of_channels.stopped(channel)


def _huddle(here: Circle) -> None:
    coach = here.act("coach")
    draft = series.SeriesDraft("Monday huddle", 0, dt.time(9, 30), "Europe/Berlin", 60, "Pier 4")
    series.set_series(coach, here.cohort, draft)
    [first, *_] = db.session.scalars(select(Huddle).order_by(Huddle.starts_at))
    moved = series.HuddleDraft(first.starts_at + dt.timedelta(hours=2), 45, "Room & board")
    series.move_huddle(coach, first, moved)
    of_huddles.reminder(first, {here.receiver.id: ["A story of a success"]})
    set_ = homework.set_homework(
        coach,
        here.cohort,
        homework.HomeworkDraft("free", "A story", "Ten lines & no more.", now().date()),
    )
    handed = homework.hand_in(here.act("receiver"), set_, "Once I kept a crane running.")
    homework.review(coach, set_, handed, "Good & short.", "back")


def _pitch(here: Circle) -> None:
    owner = here.act("receiver")
    draft = pitches.Draft("I keep harbours running.", cohort_id=here.cohort.id)
    pitch = pitches.begin(owner, "hook", draft)
    pitches.ask_for_look(owner, pitch)
    pitches.comment(here.act("coach"), pitch, pitches.Remark("Say which harbours.", 1))
    pitches.looked(here.act("coach"), here.cohort, pitch)


def _gifts_and_progress(here: Circle) -> None:
    giver = here.act("giver")
    words = "You opened a door for me & I have not forgotten."
    for to in ({"member_id": here.receiver.id}, {"contact_id": here.contact.id}):
        gifts.send(giver, gifts.write(giver, gifts.NoteDraft("Friend", words, "Marmalade", **to)))
    update = progress.begin(giver, here.giver)
    parts = {"met": "Three people\nand a dog", "looking": "A harbour", "helps": "Names"}
    progress.rewrite(giver, update, progress.Words("How it goes", **parts))
    progress.choose(giver, update, [here.contact.id], [here.contact.id])
    progress.send(giver, update)
    progress.write_mails(update)


def _landing(here: Circle) -> None:
    db.session.add(here.receiver)
    here.receiver.landed_on = now().date()
    db.session.flush()
    told = outcomes.Story("employed", people=(here.giver.id,), ways=())
    outcomes.tell(here.act("receiver"), told)
    cause = db.session.scalars(select(Cause).where(Cause.helper_id == here.giver.id)).one()
    outcomes.thank(here.act("receiver"), cause.id, "It was your question that did it.")
