"""What a round was stays what it was: after the release, and beside another round."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from coachhub.core.db import now
from coachhub.introductions.models import Introduction, Round
from coachhub.introductions.rounds import operations, release
from coachhub.introductions.rounds.operations import RoundError
from coachhub.introductions.rounds.studio import studio_of
from coachhub.mail.models import FirmMail


@pytest.fixture
def released(group: Any) -> Round:
    draft = operations.propose_round(group.actor(), group.cohort)
    return release.release_round(group.actor(), draft)


def test_a_released_round_tells_what_was_known_then(
    group: Any, released: Round, session: Any
) -> None:
    then = studio_of(group.cohort, released)
    assert [(one.name, one.waited) for one in then.left_out] == [("Flo Example", 0)]
    assert "nobody needs what they have" in then.left_out[0].told
    # Flo now has what others want, somebody joins, and everybody posts.
    for name in ("Shell", "BP"):
        group.board.contact(group.flo, group.companies[name], strength=3)
    group.board.target(group.ada, group.board.company("New Company"))
    session.flush()
    later = studio_of(group.cohort, released)
    assert later.left_out == then.left_out
    assert later.stale == frozenset()
    assert (released.matches, released.members()) == (6, 6)


def test_the_page_of_a_released_round_shows_the_figures_of_then(
    group: Any, released: Round, session: Any, pages: Any
) -> None:
    for name in ("Shell", "BP", "Total"):
        group.board.contact(group.flo, group.companies[name], strength=3)
    group.di.state = "suspended"
    session.flush()
    page = pages.get(f"/{released.id}")
    text = " ".join(page.main.get_text(" ").split())
    assert "chosen from 6 possible ones" in text
    assert "Members who receive 5 of 6" in text


def test_what_was_ruled_out_is_named_though_it_is_gone(group: Any, session: Any) -> None:
    draft = operations.propose_round(group.actor(), group.cohort)
    step = session.scalars(select(Introduction).order_by(Introduction.key)).first()
    named = f"{group_name(group, step.giver_id)} gives to {group_name(group, step.receiver_id)}"
    operations.forbid(group.actor(), draft, step.key)
    for member in group.members.values():
        member.keep_from = list({"Shell", "BP", "Total", "Eni", "Repsol", "OMV"})
    session.flush()
    (forbidden,) = studio_of(group.cohort, draft).forbidden
    assert forbidden.text.startswith(named)


def group_name(group: Any, member_id: Any) -> str:
    return next(one.name for one in group.members.values() if one.id == member_id)


def test_mails_wait_until_the_release_stands(released: Round, session: Any) -> None:
    mails = session.scalars(select(FirmMail)).all()
    assert {mail.due_at for mail in mails} == {released.released_at + release.UNDO_FOR}
    assert release.may_withdraw(released)


def test_a_release_at_once_writes_at_once(group: Any, session: Any) -> None:
    draft = operations.propose_round(group.actor(), group.cohort)
    release.release_round(group.actor(), draft, at_once=True)
    assert all(mail.due_at <= now() for mail in session.scalars(select(FirmMail)))


@pytest.mark.parametrize("state", ["sending", "sent", "in_doubt", "failed"])
def test_once_a_mail_has_left_the_release_stands(
    group: Any, released: Round, session: Any, state: str
) -> None:
    mail = session.scalars(select(FirmMail)).first()
    mail.state, mail.sent_at = state, now() - dt.timedelta(seconds=1)
    session.flush()
    assert not release.may_withdraw(released)
    with pytest.raises(RoundError, match="cannot be taken back"):
        release.withdraw_release(group.actor(), released)


def test_taken_back_the_mails_never_leave(group: Any, released: Round, session: Any) -> None:
    from coachhub.introductions.joins import questions_still_stand  # noqa: PLC0415 - read here

    release.withdraw_release(group.actor(), released)
    mails = session.scalars(select(FirmMail)).all()
    assert all(questions_still_stand(mails))


def test_the_same_board_gives_the_same_round(group: Any, session: Any) -> None:
    made = []
    for _ in range(3):
        draft = operations.propose_round(group.actor(), group.cohort)
        steps = session.scalars(
            select(Introduction)
            .where(Introduction.round_id == draft.id)
            .order_by(Introduction.ring, Introduction.position)
        )
        made.append(
            (draft.worth, draft.bound, [(one.ring, one.position, one.key) for one in steps])
        )
        operations.drop_draft(group.actor(), draft)
    assert made[0] == made[1] == made[2]


def test_two_rounds_beside_each_other(group: Any, pages: Any, session: Any) -> None:
    page = pages.get("/compare")
    assert "There are no two rounds yet" in page.text
    first = operations.propose_round(group.actor(), group.cohort)
    release.release_round(group.actor(), first)
    assert "There are no two rounds yet" in pages.get("/compare").text
    for step in session.scalars(select(Introduction)):
        step.state = "withdrawn"
    session.flush()
    group.board.contact(group.flo, group.companies["Shell"], strength=3)
    second = operations.propose_round(group.actor(), group.cohort)
    page = pages.get("/compare")
    assert pages.status == 200
    figures = page.find(id="figures").text
    assert "Round 1" in figures
    assert "Round 2" in figures
    assert "Ben Example gives to Ada Example" in page.find(id="both").text + str(
        page.find(id="only-one").text
    )
    page = pages.get(f"/compare?one={second.id}&other={second.id}")
    assert "Nothing that is not in the other." in page.text
    pages.get("/compare?one=nonsense")
    assert pages.status == 200
    pages.at(group.ada).get("/compare")
    assert pages.status == 403
