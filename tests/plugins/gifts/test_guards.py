"""Whose notes and lines they are, and to whom a note may go."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from coachhub.cohorts.models import Cohort
from coachhub.contacts.models import Contact
from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.errors import NotFoundError
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.firms.entrance import acting
from coachhub.firms.models import Firm, Membership
from coachhub.firms.plugins import enable_plugin
from coachhub_gifts import operations, queries
from coachhub_gifts.models import Given
from coachhub_gifts.operations import NoteDraft

Make = Callable[..., Membership]


def test_notes_are_written_and_sent_by_their_writer_to_whom_they_know(
    firm: Firm, session: Session, make_member: Make, make_cohort: Callable[..., Cohort]
) -> None:
    cohort = make_cohort()
    ana, otto = make_member("Ana", cohorts=(cohort,)), make_member("Otto", cohorts=(cohort,))
    stranger = make_member("Sam")
    who, other = acting(ana), acting(otto)
    with scope(firm.id):
        enable_plugin(Actor("Test"), registry().plugins["gifts"])
        contact = Contact(owner_id=ana.id, fingerprint="x", email="pat@example.com")
        session.add(contact)
        session.flush()

        def refused(actor: Actor, **whom: object) -> None:
            with pytest.raises(NotFoundError):
                operations.write(actor, NoteDraft("A name", "Thank you", **whom))  # type: ignore[arg-type]

        refused(who, member_id=stranger.id)
        refused(other, contact_id=contact.id)
        note = operations.write(who, NoteDraft("Otto", "Thank you", member_id=otto.id))
        for attempt in (
            lambda: operations.send(other, note),
            lambda: operations.write(other, NoteDraft("Otto", "No thanks"), note),
            lambda: operations.drop(other, note),
        ):
            with pytest.raises(NotFoundError):
                attempt()
        assert note.words == "Thank you"
        assert queries.other(who, otto.id).id == otto.id
        held = update(Membership).where(Membership.id == otto.id)
        session.execute(held.values(state="suspended"))
        refused(who, member_id=otto.id)
        with pytest.raises(NotFoundError):
            operations.send(who, note)
        with pytest.raises(NotFoundError):
            queries.other(who, otto.id)
        assert note.state == "draft"
        session.execute(held.values(state="active"))
        assert operations.send(who, note)
        assert operations.write(who, NoteDraft("Pat", "Thank you", contact_id=contact.id))


def test_a_line_of_the_log_is_its_owners(firm: Firm, session: Session, make_member: Make) -> None:
    ana, otto = make_member("Ana"), make_member("Otto")
    with scope(firm.id):
        line = Given(owner_id=ana.id, name="Rose", what="Jam", given_on=now().date())
        session.add(line)
        session.flush()
        with pytest.raises(NotFoundError):
            operations.came_back(acting(otto), line, "A smile", None)
        with pytest.raises(NotFoundError):
            operations.forget(acting(otto), line)
        assert line.back == ""
        operations.came_back(acting(ana), line, "A smile", None)
        assert line.back == "A smile"


@pytest.mark.parametrize("token", ["", "nobody-knows-this-one"])
def test_a_link_that_is_none_finds_no_note(firm: Firm, token: str) -> None:
    with scope(firm.id), pytest.raises(NotFoundError):
        operations.by_token(token)
