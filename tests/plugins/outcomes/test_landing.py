"""What led there: told by the member, thanked, read by whom they choose, and taken back."""

from __future__ import annotations

import datetime as dt
import re
from email import message_from_bytes, policy
from typing import Any

import pytest
from sqlalchemy import select

from coachhub.board import landing as board
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.firms.operations import end_membership
from coachhub.firms.plugins import disable_plugin
from coachhub.mail.models import FirmMail
from coachhub.moderation.hooks import find_reportable
from coachhub.privacy.hooks import EXPORT_SECTION
from coachhub_outcomes import joins, operations, queries
from coachhub_outcomes.models import Cause, Landing
from coachhub_outcomes.operations import Story
from plugins.outcomes.conftest import DESK, acting

TOLD = {
    "work": "employed",
    "role": "Plant manager",
    "company": "Shell <b>",
    "words": "Ask sooner",
    "starts_on": "",
    "ways": ["advertised"],
}


@pytest.fixture
def met(ada: Any, ben: Any, cohort: Any, inside: Any, make_introduction: Any, session: Any) -> Any:
    del inside
    made = make_introduction(ben, ada, cohort, state="introduced", asset="insider")
    made.outcome_kind, made.outcome_at = "interview", now()
    session.commit()
    return made


def test_before_landing_it_says_what_to_do(
    client: Any, ada: Any, coach: Any, page: str, sign_in: Any
) -> None:
    sign_in(client, ada)
    assert "Not yet, and that is fine" in client.get(page).text
    sign_in(client, coach)
    assert "This page is for members" in client.get(page).text


def test_the_story_and_the_thanks(
    client: Any,
    ada: Any,
    ben: Any,
    met: Any,
    page: str,
    firm: Any,
    sign_in: Any,
    land: Any,
    session: Any,
) -> None:
    introduction_id = met.id
    land(ada)
    sign_in(client, ada)
    home = f"/f/{firm.slug}/"
    assert "What led to your new work?" in client.get(home).text
    shown = client.get(page).text
    assert "Ben Sample" in shown
    assert "it led to an interview" in shown
    sent = TOLD | {"introductions": [str(introduction_id)], "shown_to": "me"}
    bad = client.post(page, data=sent | {"starts_on": "soon"})
    assert bad.status_code == 422
    assert "Ask sooner" in bad.text
    told = client.post(page, data=sent, follow_redirects=True).text
    assert "Shell &lt;b&gt;" in told
    assert "What led to your new work?" not in client.get(home).text
    assert "You named Ben Sample." in client.get(home).text
    thank = re.search(r'href="([^"]+/thank/[^"]+)"', told).group(1)
    assert client.post(thank, data={"words": " "}).status_code == 422
    assert client.post(thank, data={"words": "You <i>opened</i> it"}).status_code == 303
    assert "You named Ben Sample." not in client.get(home).text
    again = client.post(thank, data={"words": "Once more"}, follow_redirects=True)
    assert "You have thanked them already." in again.text
    with scope(firm.id):
        [mail] = session.scalars(select(FirmMail).where(FirmMail.kind == "outcomes-helped"))
    assert mail.subject == "Ada Example found work, and you helped"
    assert b"Shell" not in mail.raw
    letter = message_from_bytes(mail.raw, policy=policy.default)
    text = letter.get_body(("plain",)).get_content()
    said = " ".join(text.split())
    assert "Ada Example has found work, and says that an introduction that you made led" in said
    assert "You <i>opened</i> it" in said
    assert f"/f/{firm.slug}/outcomes/helped" in said
    assert max(map(len, text.splitlines())) <= 78
    sign_in(client, ben)
    helped = client.get(f"{page}helped").text
    assert "You &lt;i&gt;opened&lt;/i&gt; it" in helped
    assert "Shell" not in helped
    sign_in(client, ada)
    assert "Nothing here yet" in client.get(f"{page}helped").text


def test_nobody_is_written_to_before_the_member_sends_it(
    ada: Any, met: Any, session: Any, land: Any
) -> None:
    land(ada)
    operations.tell(acting(ada), Story("employed", introductions=(met.id,)))
    assert session.scalars(select(FirmMail).where(FirmMail.kind == "outcomes-helped")).all() == []


def test_what_led_there_changes_and_what_was_thanked_stays(
    ada: Any, ben: Any, coach: Any, met: Any, land: Any, session: Any
) -> None:
    land(ada)
    me = acting(ada)
    told = operations.tell(
        me, Story("own", introductions=(met.id,), people=(coach.id,), ways=("recruiter",))
    )
    kinds = [(one.kind, one.way, one.helper_id) for one in queries.causes_of(told)]
    assert sorted(kinds, key=str) == sorted(
        [("insider", "", ben.id), ("other", "", coach.id), ("other", "recruiter", None)], key=str
    )
    [first, *_rest] = [one for one in queries.causes_of(told) if one.introduction_id]
    operations.thank(me, first.id, "Thank you")
    nobody = next(one for one in queries.causes_of(told) if one.way == "recruiter")
    with pytest.raises(NotFoundError):
        operations.thank(me, nobody.id, "Thank you")
    operations.tell(me, Story("own", people=(coach.id,)))
    session.expire_all()
    left = {one.helper_id for one in queries.causes_of(told)}
    assert left == {ben.id, coach.id}


def test_only_what_is_ones_own_can_be_named(
    ada: Any, ben: Any, met: Any, land: Any, make_member: Any, firm: Any
) -> None:
    stranger = make_member("Zoe Stranger")
    with scope(firm.id):
        with pytest.raises(NotFoundError):
            operations.tell(acting(ada), Story("own"))
        land(ada)
        land(ben)
        for story in (
            Story("own", introductions=(met.id,)),
            Story("own", people=(stranger.id,)),
            Story("own", ways=("bribe",)),
        ):
            with pytest.raises(NotFoundError):
                operations.tell(acting(ben), story)
        told = operations.tell(acting(ada), Story("own", introductions=(met.id,)))
        [cause] = queries.causes_of(told)
        with pytest.raises(NotFoundError):
            operations.thank(acting(ben), cause.id, "Mine")
        with pytest.raises(DomainError, match="under"):
            operations.thank(acting(ada), cause.id, "x" * 1001)


@pytest.mark.parametrize(
    ("shown_to", "coach_reads", "group_reads"),
    [("me", False, False), ("coach", True, False), ("group", True, True)],
)
def test_who_reads_it_is_the_members_choice(
    client: Any, ada: Any, ben: Any, coach: Any, cohort: Any, inside: Any, firm: Any, page: str,
    sign_in: Any, land: Any, session: Any, shown_to: str, coach_reads: bool, group_reads: bool,
) -> None:  # fmt: skip
    del inside
    land(ada, days_ago=3)
    operations.tell(
        acting(ada),
        Story("employed", role="Planner", company="Shell", words="Ask", shown_to=shown_to),
    )
    session.commit()
    base = f"/f/{firm.slug}/c/{cohort.slug}"
    for who, reads in ((ada, True), (coach, coach_reads), (ben, group_reads)):
        sign_in(client, who)
        assert ("Planner, Shell" in client.get(f"{base}/people/{ada.id}").text) is reads
    sign_in(client, coach)
    landings = client.get(f"{page}c/{cohort.slug}/landings").text
    assert "Ada Example" in landings
    assert "Found work on" in landings
    assert ("Shell" in landings) is coach_reads
    dashboard = client.get(f"{base}/").text
    assert "1 of 2 members has found work." in dashboard or "members have found" in dashboard
    assert "Shell" not in dashboard
    sign_in(client, ben)
    assert client.get(f"{page}c/{cohort.slug}/landings").status_code == 403


def test_a_cohort_without_landings_says_so(
    client: Any, coach: Any, ada: Any, cohort: Any, page: str, sign_in: Any, firm: Any
) -> None:
    del ada
    sign_in(client, coach)
    assert "Nobody has landed yet" in client.get(f"{page}c/{cohort.slug}/landings").text
    assert "found work" not in client.get(f"/f/{firm.slug}/c/{cohort.slug}/").text


def test_words_that_others_read_can_be_reported_and_held_back(
    ada: Any, ben: Any, met: Any, land: Any, cohort: Any, fresh: Any
) -> None:
    land(ada)
    told = operations.tell(
        acting(ada), Story("own", words="Ask", shown_to="group", introductions=(met.id,))
    )
    [cause] = queries.causes_of(told)
    assert find_reportable("landing_thanks", cause.id) is None
    operations.thank(acting(ada), cause.id, "Rude words")
    story, thanks = (
        find_reportable("landing", told.id),
        find_reportable("landing_thanks", cause.id),
    )
    assert (story.text, story.owner_id) == ("Ask", ada.id)
    assert (thanks.text, thanks.state) == ("Rude words", "visible")
    assert len(queries.helped_by(ben.id)) == 1
    thanks.move("quarantined")
    story.move("quarantined")
    db.session.flush()
    thanks.move("removed")
    assert queries.helped_by(ben.id) == []
    assert joins.member_section(cohort, fresh(ada), acting(ben)) is None
    operations.tell(acting(ada), Story("own", words="Better"))
    assert told.moderation == "quarantined"


def test_taken_back_it_is_gone(ada: Any, met: Any, land: Any, session: Any) -> None:
    land(ada)
    operations.tell(acting(ada), Story("own", introductions=(met.id,)))
    board.take_back(acting(ada))
    assert session.scalars(select(Landing)).all() == session.scalars(select(Cause)).all() == []


def test_it_is_taken_away_and_goes_with_the_member(
    ada: Any, ben: Any, met: Any, land: Any, fresh: Any, session: Any
) -> None:
    land(ada)
    story = Story("own", company="Shell", introductions=(met.id,), ways=("card",))
    told = operations.tell(acting(ada), story)
    [cause] = [one for one in queries.causes_of(told) if one.introduction_id]
    operations.thank(acting(ada), cause.id, "Thank you")
    sections = {one.name: one.rows for found in EXPORT_SECTION.call(fresh(ada)) for one in found}
    assert sections["landing"][0]["company"] == "Shell"
    assert {row["what"] for row in sections["landing_causes"]} >= {"My contact card"}
    received = {one.name: one.rows for found in EXPORT_SECTION.call(fresh(ben)) for one in found}
    assert received["landings_helped"][0]["thanks"] == "Thank you"
    raw = session.connection().exec_driver_sql("SELECT * FROM outcomes_landing").all()
    assert "Shell" not in str(raw)
    end_membership(DESK, fresh(ada))
    assert session.scalars(select(Landing)).all() == []


def test_off_is_off(
    client: Any, ada: Any, page: str, firm: Any, session: Any, sign_in: Any, land: Any
) -> None:
    with scope(firm.id):
        land(ada)
        disable_plugin(DESK, registry().plugins["outcomes"])
        session.commit()
    sign_in(client, ada)
    assert client.get(page).status_code == 404
    home = client.get(f"/f/{firm.slug}/").text
    assert "My landing" not in home
    assert "What led to your new work?" not in home


def test_weeks_are_counted_from_joining() -> None:
    day = dt.date(2026, 3, 1)
    assert queries.weeks_between(day, day + dt.timedelta(days=20)) == 2
    assert queries.weeks_between(day, day - dt.timedelta(days=20)) == 0
    assert [queries.weeks_words(n) for n in (0, 1, 9)] == [
        "within a week",
        "after 1 week",
        "after 9 weeks",
    ]
