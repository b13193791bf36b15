"""Second chances: from a no to a letter and next touches, in step with the board."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from sqlalchemy import select
from uuid_utils.compat import uuid7

from coachhub.board import operations as board
from coachhub.board.models import Target
from coachhub.board.operations import TargetDraft
from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.digests.hooks import DIGEST_SECTION
from coachhub.firms.models import Membership
from coachhub.firms.operations import end_membership
from coachhub.firms.plugins import disable_plugin, enable_plugin
from coachhub.introductions.matching.hooks import MATCH_SIGNALS
from coachhub.introductions.matching.match import Match
from coachhub.privacy.hooks import EXPORT_SECTION
from coachhub_second_chance import operations, queries, reminders
from coachhub_second_chance.models import Chance, Touch

DESK = Actor(label="Test")
WORDS = {
    "role": "plant manager",
    "went_well": "how openly the crew <b>spoke</b>",
    "met": "Ms Example",
    "learned": "where the noise comes from",
    "can_offer": "send the list of suppliers",
    "to_name": "Mr Sample",
    "to_email": "sample@example.com",
}


def today() -> dt.date:
    return now().date()


def actor(member: Membership) -> Actor:
    return Actor(member.name, member.person_id, member.id)


@pytest.fixture
def cohort(make_cohort: Any) -> Any:
    return make_cohort()


@pytest.fixture
def ada(make_member: Any, cohort: Any, client: Any, sign_in: Any, firm: Any, session: Any) -> Any:
    member = make_member("Ada Example", cohorts=(cohort,), welcomed_at=now())
    with scope(firm.id):
        enable_plugin(DESK, registry().plugins["second_chance"])
        session.commit()
    sign_in(client, member)
    return member


@pytest.fixture
def page(firm: Any) -> str:
    return f"/f/{firm.slug}/second_chance/"


@pytest.fixture
def inside(firm: Any, ada: Any) -> Any:
    del ada
    with scope(firm.id):
        yield


@pytest.fixture
def said_no(ada: Any, cohort: Any, inside: Any, session: Any) -> Any:
    del inside
    target = board.post_target(actor(ada), cohort, TargetDraft("Shell", roles="plant manager"))
    board.set_stage(actor(ada), target, "no")
    session.commit()
    return target


@pytest.fixture
def chance(ada: Any, said_no: Any, session: Any) -> Any:
    made = operations.begin(actor(ada), said_no.id, [2, 6, 13])
    session.commit()
    return made


def touches(chance: Any) -> list[tuple[int, str]]:
    return [((one.due_on - today()).days, one.state) for one in queries.touches_of(chance.id)]


def test_from_a_no_to_a_letter_on_paper(
    client: Any, ada: Any, said_no: Any, page: str, firm: Any
) -> None:
    del ada, said_no
    assert "A no at Shell need not be the last word" in client.get(f"/f/{firm.slug}/").text
    shown = client.get(page).text
    begin = re.search(r'action="([^"]+/begin/[^"]+)"', shown).group(1)
    one = client.post(begin).location
    assert 'value="plant manager"' in client.get(one).text
    letter = client.post(one, data=WORDS).location
    drafted = client.get(letter).text
    assert "how openly the crew &lt;b&gt;spoke&lt;/b&gt;." in drafted
    assert "mailto:" not in drafted
    assert client.get(f"{one}/print").status_code == 303
    client.post(f"{one}/draft")
    kept = client.get(letter).text
    assert "mailto:sample@example.com?subject=Thank%20you" in kept
    assert "Your letter to Shell is ready" in client.get(f"/f/{firm.slug}/").text
    paper = client.get(f"{one}/print").text
    assert "Dear Mr Sample," in paper
    assert "Kind regards,<br>Ada Example" in paper
    sent = client.post(f"{one}/sent", follow_redirects=True).text
    assert "That takes some courage." in sent
    assert "Letter sent" in client.get(page).text


def test_versions_are_kept_and_taken_again(client: Any, chance: Any, page: str) -> None:
    letter = f"{page}{chance.id}/letter"
    client.post(letter, data={"subject": "One", "text": "First words"})
    client.post(letter, data={"subject": "One", "text": "First words"})
    client.post(letter, data={"subject": "Two", "text": "Second words"})
    shown = client.get(letter).text
    [back] = re.findall(r'action="([^"]+/versions/[^"]+)"', shown)
    assert "Back as version 3." in client.post(back, follow_redirects=True).text
    refused = client.post(letter, data={"subject": "", "text": "Third words"})
    assert refused.status_code == 422
    assert "Third words" in refused.text
    rows = queries.versions_of(chance.id)
    assert [(one.number, one.text) for one in rows] == [
        (3, "First words"),
        (2, "Second words"),
        (1, "First words"),
    ]


def test_the_schedule_and_the_board_keep_in_step(ada: Any, chance: Any, said_no: Any) -> None:
    me = actor(ada)
    first, second, third = queries.touches_of(chance.id)
    assert touches(chance) == [(14, "due"), (42, "due"), (91, "due")]
    assert said_no.next_touch_on == first.due_on
    operations.touch_done(me, first.id)
    assert said_no.next_touch_on == second.due_on
    operations.move_touch(me, second.id, today() + dt.timedelta(days=120))
    assert said_no.next_touch_on == third.due_on
    operations.stop_touch(me, third.id)
    assert said_no.next_touch_on == second.due_on
    operations.take_touch_back(me, first.id)
    assert said_no.next_touch_on == first.due_on
    operations.add_touch(me, chance.id, today() + dt.timedelta(days=3))
    assert said_no.next_touch_on == today() + dt.timedelta(days=3)
    operations.end(me, chance.id)
    assert said_no.next_touch_on is None
    operations.resume(me, chance.id)
    assert said_no.next_touch_on == today() + dt.timedelta(days=3)


def test_a_day_set_on_the_board_moves_the_schedule(ada: Any, chance: Any, said_no: Any) -> None:
    board.set_next_touch(actor(ada), said_no, today() + dt.timedelta(days=50))
    assert touches(chance) == [(42, "stopped"), (50, "due"), (91, "due")]
    assert said_no.next_touch_on == today() + dt.timedelta(days=50)
    board.set_next_touch(actor(ada), said_no, None)
    assert touches(chance)[1:] == [(50, "due"), (91, "due")]


def test_it_follows_the_targets_stage_and_rests_off_the_board(
    ada: Any, cohort: Any, chance: Any, said_no: Any
) -> None:
    me = actor(ada)
    board.set_stage(me, said_no, "talking")
    assert chance.ended == "back"
    board.set_stage(me, said_no, "no")
    assert chance.ended == ""
    board.close_post(me, said_no)
    assert chance.ended == "closed"
    board.reopen_post(me, cohort, said_no)
    assert chance.ended == ""
    operations.end(me, chance.id)
    board.set_stage(me, said_no, "talking")
    assert chance.ended == "stopped"


def test_touches_on_the_page(client: Any, chance: Any, page: str, session: Any) -> None:
    one = f"{page}{chance.id}"
    first = queries.touches_of(chance.id)[0].id
    bad = client.post(f"{page}touches/{first}/move", data={"due_on": "soon"})
    assert bad.status_code == 422
    assert "Please write the day as in 2026-03-04." in bad.text
    assert client.post(f"{one}/touches", data={"due_on": "1999-01-01"}).status_code == 422
    day = today() + dt.timedelta(days=21)
    for what, data in (("move", {"due_on": day}), ("done", {}), ("again", {}), ("stop", {})):
        assert client.post(f"{page}touches/{first}/{what}", data=data).status_code == 303
    assert client.post(f"{one}/touches", data={"due_on": day}).status_code == 303
    session.expire_all()
    assert [state for days, state in touches(chance) if days == 21] == ["stopped", "due"]
    assert "It rests." in client.post(f"{one}/end", follow_redirects=True).text
    assert "Taken up again." in client.post(f"{one}/resume", follow_redirects=True).text


def test_it_reminds_once_at_a_time(ada: Any, chance: Any, session: Any) -> None:
    me, (first, *_rest) = actor(ada), queries.touches_of(chance.id)

    def told(days: int) -> tuple[list[str], list[str]]:
        operations.move_touch(me, first.id, today() + dt.timedelta(days=days))
        home = [item.title for item in reminders.home(me)]
        member = session.scalars(select(Membership).where(Membership.id == ada.id)).one()
        given = DIGEST_SECTION.call(member, now())
        return home, [item.title for items in given for item in items]

    assert told(9) == ([], [])
    assert told(6) == ([], ["Be in touch with Shell again"])
    assert told(2) == (["Soon: be in touch with Shell again"], [])
    # On its day the board says it, as for every target.
    assert told(0) == ([], [])


def test_the_coach_sees_that_there_is_one_and_no_word_of_it(
    chance: Any, ada: Any, cohort: Any, client: Any, sign_in: Any, make_member: Any, firm: Any
) -> None:
    operations.write_notes(actor(ada), chance.id, operations.NotesDraft(**WORDS))
    operations.write_letter(actor(ada), chance.id, "Hello", "Words of my own")
    first = queries.touches_of(chance.id)[0]
    first.due_on = today() - dt.timedelta(days=9)
    [signal] = reminders.signals(cohort)
    assert signal.text == "Wanted to be in touch after a no, 9 days ago"
    base = f"/f/{firm.slug}/c/{cohort.slug}"
    addresses = [f"{base}/people/{ada.id}", f"{base}/"]
    coach = make_member(role="coach", cohorts=(cohort,))
    other = make_member(cohorts=(cohort,))
    sign_in(client, coach)
    seen = [client.get(address).text for address in addresses]
    assert "After a no, one second chance is under way." in seen[0]
    assert "9 days ago" in seen[1]
    for word in ("Ms Example", "suppliers", "sample@example.com", "Words of my own"):
        assert word not in "".join(seen)
    sign_in(client, other)
    assert "second chance" not in client.get(addresses[0]).text


def test_it_is_its_owners_alone(
    client: Any, chance: Any, page: str, sign_in: Any, make_member: Any, cohort: Any, said_no: Any
) -> None:
    first = queries.touches_of(chance.id)[0].id
    sign_in(client, make_member(cohorts=(cohort,)))
    assert "Shell" not in client.get(page).text
    for address in (f"{chance.id}", f"{chance.id}/letter", f"{chance.id}/print"):
        assert client.get(page + address).status_code == 404
    for address in (f"begin/{said_no.id}", f"touches/{first}/done", f"{chance.id}/end"):
        assert client.post(page + address).status_code == 404


def test_a_day_that_was_chosen_before_stays(ada: Any, said_no: Any) -> None:
    board.set_next_touch(actor(ada), said_no, today() + dt.timedelta(days=5))
    made = operations.begin(actor(ada), said_no.id, [2])
    assert touches(made) == [(5, "due"), (14, "due")]
    assert said_no.next_touch_on == today() + dt.timedelta(days=5)


def test_a_no_can_be_left_at_that(client: Any, said_no: Any, page: str, firm: Any) -> None:
    target_id = said_no.id
    left = client.post(f"{page}leave/{target_id}", follow_redirects=True).text
    assert "Nobody reminds you of it." in left
    assert "You let it rest." in left
    assert "need not be the last word" not in client.get(f"/f/{firm.slug}/").text
    taken = client.post(f"{page}begin/{target_id}", follow_redirects=True).text
    assert "Shell, once more" in taken


def test_a_second_chance_begins_with_a_no(client: Any, said_no: Any, page: str, ada: Any) -> None:
    board.set_stage(actor(ada), said_no, "talking")
    answer = client.post(f"{page}begin/{said_no.id}")
    assert answer.status_code == 409
    assert "said no" in answer.text


def test_the_firm_decides_the_weeks(
    client: Any, firm: Any, session: Any, sign_in: Any, make_member: Any, said_no: Any, ada: Any
) -> None:
    target_id = said_no.id
    boss = make_member(role="admin")
    sign_in(client, boss)
    address = f"/f/{firm.slug}/console/plugins/second_chance"
    for wrong in ("", "soon", "6, 2", "0, 3", "60", "1,2,3,4,5,6,7,8,9"):
        assert client.post(address, data={"weeks": wrong, "lead": "x"}).status_code == 422
    assert client.post(address, data={"weeks": "1, 4", "lead": "Chin up"}).status_code == 303
    sign_in(client, ada)
    assert "Chin up" in client.get(f"/f/{firm.slug}/second_chance/").text
    client.post(f"/f/{firm.slug}/second_chance/begin/{target_id}")
    session.expire_all()
    with scope(firm.id):
        made = session.scalars(select(Chance)).one()
        assert touches(made) == [(7, "due"), (28, "due")]


def test_words_are_not_readable_in_the_database(chance: Any, ada: Any, session: Any) -> None:
    operations.write_notes(actor(ada), chance.id, operations.NotesDraft(**WORDS))
    operations.write_letter(actor(ada), chance.id, "Hello", "Words of my own")
    for table in ("chance", "version"):
        raw = session.connection().exec_driver_sql(f"SELECT * FROM second_chance_{table}")  # noqa: S608 - ours
        assert "suppliers" not in str(rows := raw.all())
        assert "Words of my own" not in str(rows)


def test_it_is_taken_away_and_goes_with_the_member(chance: Any, ada: Any, session: Any) -> None:
    operations.write_notes(actor(ada), chance.id, operations.NotesDraft(**WORDS))
    operations.write_letter(actor(ada), chance.id, "Hello", "Words of my own")
    member = session.scalars(select(Membership).where(Membership.id == ada.id)).one()
    given = {one.name: one.rows for found in EXPORT_SECTION.call(member) for one in found}
    assert given["second_chances"][0]["company"] == "Shell"
    assert given["second_chances"][0]["can_offer"] == "send the list of suppliers"
    assert [row["text"] for row in given["second_chance_letters"]] == ["Words of my own"]
    assert len(given["second_chance_touches"]) == 3
    end_membership(DESK, member)
    assert session.scalars(select(Chance)).all() == session.scalars(select(Touch)).all() == []


def test_off_is_off(client: Any, said_no: Any, page: str, firm: Any, session: Any) -> None:
    del said_no
    disable_plugin(DESK, registry().plugins["second_chance"])
    session.commit()
    assert client.get(page).status_code == 404
    home = client.get(f"/f/{firm.slug}/").text
    assert "Second chances" not in home
    assert "need not be the last word" not in home


def test_targets_stay_targets(chance: Any, said_no: Any, session: Any) -> None:
    del chance
    assert session.scalars(select(Target.closed_at).where(Target.id == said_no.id)).one() is None


def test_a_new_way_into_a_company_that_said_no_counts_more(
    ada: Membership, chance: Any, cohort: Any
) -> None:
    way, other = (
        Match(key, uuid7(), ada.id, "target", need, "door", uuid7(), uuid7(), 50.0, "A door")
        for key, need in (("way", chance.target_id), ("other", uuid7()))
    )
    [signals] = MATCH_SIGNALS.call(cohort, [way, other])
    assert signals.weights == {"way": 1.25}
    operations.end(actor(ada), chance.id)
    [signals] = MATCH_SIGNALS.call(cohort, [way, other])
    assert signals.weights == {}
