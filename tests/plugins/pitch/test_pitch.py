"""The workshop: for its owner, for their coach, for the group, and for nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coachhub.cohorts.hooks import DASHBOARD
from coachhub.cohorts.models import Cohort
from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.hooks import ROOMS
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.digests.hooks import DIGEST_SECTION
from coachhub.firms.models import Firm, Membership
from coachhub.firms.plugins import enable_plugin
from coachhub.mail.models import FirmMail
from coachhub.moderation.hooks import GUARDS, Draft, Nudge, find_reportable
from coachhub_pitch import joins
from coachhub_pitch.models import Comment, Pitch, Version

DESK = Actor(label="Test")
HOOK = "I make old plants run quietly; <b>really</b>."
LONG = "I make old plants run quietly. Last year we halved the stops at a dairy. I look for a team."


@dataclass
class Group:
    """A group with the plugin on, a client for each of its people."""

    url: str
    cohort: str
    session: Session
    firm_id: UUID
    member: FlaskClient
    other: FlaskClient
    coach: FlaskClient
    ids: dict[str, UUID]

    @property
    def inside(self) -> str:
        return f"{self.url}c/{self.cohort}/"

    def write(self, kind: str = "hook", text: str = HOOK, **more: str) -> str:
        """Write one as the member; return its address."""
        answer = self.member.post(f"{self.url}new/{kind}", data={"text": text, **more})
        assert answer.status_code == 303, answer.text
        return str(answer.location)

    def share(self, page: str, text: str = HOOK, **more: str) -> int:
        """Share one as the member; return the answer's status."""
        return self.member.post(f"{page}/share", data={"text": text, **more}).status_code

    def look(self, page: str) -> str:
        return f"{self.inside}look/{page.rsplit('/', 1)[1]}"

    def all(self, table: Any) -> list[Any]:
        with scope(self.firm_id):
            return list(self.session.scalars(select(table).order_by(table.created_at)))


@pytest.fixture
def group(
    firm: Firm,
    session: Session,
    client: FlaskClient,
    make_member: Callable[..., Membership],
    make_cohort: Callable[..., Cohort],
    sign_in: Callable[..., None],
) -> Group:
    cohort = make_cohort("Energy")
    people = {
        "member": make_member("Ana Bell", cohorts=(cohort,), welcomed_at=now()),
        "other": make_member("Otto Carr", cohorts=(cohort,), welcomed_at=now()),
        "coach": make_member("Carol Coach", role="coach", cohorts=(cohort,), welcomed_at=now()),
    }
    ids = {name: one.id for name, one in people.items()}
    made = Group(
        f"/f/{firm.slug}/pitch/", cohort.slug, session, firm.id, client, client, client, ids
    )
    with scope(firm.id):
        enable_plugin(DESK, registry().plugins["pitch"])
        session.commit()
    for name, one in people.items():
        own = client.application.test_client()
        sign_in(own, one)
        setattr(made, name, own)
    return made


def test_the_empty_page_says_how_to_begin(group: Group) -> None:
    page = group.member.get(group.url).text
    assert "No hook yet" in page
    assert f"{group.url}new/pitch" in page
    assert "Write your hook" in group.member.get(group.url.removesuffix("pitch/")).text


def test_a_hook_is_kept_counted_and_shown_as_text(group: Group) -> None:
    page = group.member.get(group.write(occasion="Plant managers")).text
    assert "&lt;b&gt;really&lt;/b&gt;" in page
    assert "<strong data-words>9</strong>" in page
    assert "<strong data-span>5 s</strong>" in page
    assert "130 words a minute" in page
    assert "Plant managers" in group.member.get(group.url).text
    assert "Write your hook" not in group.member.get(group.url.removesuffix("pitch/")).text


def test_bad_input_is_said_at_the_field_and_kept(group: Group) -> None:
    empty = group.member.post(f"{group.url}new/hook", data={"text": " ", "occasion": "The lift"})
    assert empty.status_code == 422
    assert "Write a few words first." in empty.text
    assert "The lift" in empty.text
    long = group.member.post(f"{group.url}new/hook", data={"text": "word " * 100})
    assert long.status_code == 422
    assert "One sentence is enough" in long.text
    assert group.all(Pitch) == []


def test_the_firms_pace_and_goals_count(group: Group) -> None:
    with scope(group.firm_id):
        settings = {"pace": 90, "hook_seconds": 5, "pitch_seconds": 60}
        enable_plugin(DESK, registry().plugins["pitch"], settings)
        group.session.commit()
    page = group.member.get(group.write()).text
    assert "<strong data-span>6 s</strong>" in page
    assert "1 s over the goal" in page


def test_versions_are_kept_compared_and_taken_again(group: Group) -> None:
    page = group.write("pitch", LONG)
    assert "One version so far" in group.member.get(f"{page}/versions").text
    changed = LONG.replace("halved", "nearly halved")
    group.member.post(page, data={"text": changed, "note": "Less sure"})
    group.member.post(page, data={"text": changed, "note": "Nothing new"})
    assert [one.number for one in group.all(Version)] == [1, 2]
    versions = group.member.get(f"{page}/versions?old=1&new=2").text
    assert re.search(r'<ins class="pitch-added">\s*nearly\s*</ins>', versions)
    assert "Less sure" in versions
    [again] = re.findall(r'action="([^"]+/restore)"', versions)
    group.member.post(again)
    assert [one.text for one in group.all(Version)] == [LONG, changed, LONG]
    assert group.all(Pitch)[0].number == 3


def test_versions_of_nonsense_are_the_newest_two(group: Group) -> None:
    page = group.write()
    group.member.post(page, data={"text": "Another"})
    assert "From version 1 to version 2" in group.member.get(f"{page}/versions?old=x&new=99").text


def test_the_best_time_is_the_one_closest_to_the_goal(group: Group) -> None:
    page = f"{group.write()}/aloud"
    assert 'data-goal="12"' in group.member.get(page).text
    for seconds in (20, 11, 3):
        answer = group.member.post(page, data={"seconds": str(seconds)}, follow_redirects=True)
    [pitch] = group.all(Pitch)
    assert (pitch.runs, pitch.best_seconds, pitch.last_seconds) == (3, 11, 3)
    assert "Your best so far" not in answer.text
    refused = group.member.post(page, data={"seconds": "soon"})
    assert refused.status_code == 422
    assert group.all(Pitch)[0].runs == 3


def test_a_draft_is_its_owners_alone(group: Group) -> None:
    page = group.write()
    for who in (group.other, group.coach):
        assert who.get(page).status_code == 404
        assert who.get(group.look(page)).status_code == 404
        assert who.post(f"{page}/share").status_code == 404
    assert "Nobody waits" in group.coach.get(f"{group.inside}waiting").text


def test_the_coach_sees_who_waits_says_something_and_the_member_hears(group: Group) -> None:
    page = group.write("pitch", LONG)
    group.member.post(f"{page}/ask")
    group.member.post(f"{page}/ask")
    waiting = group.coach.get(f"{group.inside}waiting").text
    assert "Ana Bell" in waiting
    assert group.other.get(f"{group.inside}waiting").status_code == 403
    assert group.other.get(group.look(page)).status_code == 404
    start = LONG.index("Last")
    shown = group.coach.get(group.look(page)).text
    assert f'<option value="{start}">' in shown
    assert re.search(r"<input [^>]*data-quote=", shown)
    said = {"sentence": str(start), "text": "Say <i>which</i> dairy."}
    assert group.coach.post(group.look(page), data=said).status_code == 303
    assert group.coach.post(f"{group.look(page)}/done").status_code == 303
    assert "Nobody waits" in group.coach.get(f"{group.inside}waiting").text
    home = group.member.get(group.url.removesuffix("pitch/")).text
    assert "Your coach has looked at your pitch" in home
    own = group.member.get(page).text
    assert "Say &lt;i&gt;which&lt;/i&gt; dairy." in own
    assert re.search(r"<mark[^>]*>Last year we halved the stops at a dairy\.<a", own)
    assert "has looked at your" not in group.member.get(group.url.removesuffix("pitch/")).text
    kinds = [mail.kind for mail in group.all(FirmMail)]
    assert kinds == ["pitch-asked", "pitch-looked"]
    assert b"Say <i>which" not in group.all(FirmMail)[0].raw


def test_a_marked_passage_survives_small_edits_and_says_when_it_is_gone(group: Group) -> None:
    page = group.write("pitch", LONG)
    group.member.post(f"{page}/ask")
    start = LONG.index("halved the stops")
    said = {
        "sentence": "marked", "quote": "halved the stops", "start": str(start), "text": "Good.",
    }  # fmt: skip
    group.coach.post(group.look(page), data=said)
    [comment] = group.all(Comment)
    assert (comment.quote, comment.start, comment.number) == ("halved the stops", start, 1)
    group.member.post(page, data={"text": f"Hello. {LONG}".replace("the stops", "all the stops")})
    shown = group.member.get(page).text
    assert re.search(r"<mark[^>]*>halved all the stops<a", shown)
    assert "changed a little since" in shown
    group.member.post(page, data={"text": "Something else now."})
    gone = group.member.get(page).text
    assert "about an earlier version (1)" in gone
    assert "<mark" not in gone


def test_a_passage_that_never_stood_there_is_about_the_whole(group: Group) -> None:
    page = group.write("pitch", LONG)
    group.member.post(f"{page}/ask")
    said = {"sentence": "marked", "quote": "I never said this", "start": "9" * 40, "text": "Hm."}
    assert group.coach.post(group.look(page), data=said).status_code == 303
    assert [one.quote for one in group.all(Comment)] == [""]


def test_only_the_coach_comments_and_only_the_author_takes_back(group: Group) -> None:
    page = group.write("pitch", LONG)
    group.member.post(f"{page}/ask")
    assert group.share(page, LONG) == 303
    assert group.other.get(group.look(page)).status_code == 200
    said = {"sentence": "whole", "text": "Let me see."}
    assert group.other.post(group.look(page), data=said).status_code == 403
    assert group.other.post(f"{group.look(page)}/done").status_code == 403
    group.coach.post(group.look(page), data=said)
    [comment] = group.all(Comment)
    back = f"{group.inside}said/{comment.id}/drop"
    assert group.other.post(back).status_code == 404
    assert "Let me see." not in group.other.get(group.look(page)).text
    assert group.other.post(f"{group.url}said/{comment.id}/done").status_code == 404
    assert group.member.post(f"{group.url}said/{comment.id}/done").status_code == 303
    assert group.all(Comment)[0].done_at is not None
    assert group.coach.post(back).status_code == 303
    assert group.all(Comment) == []


def test_shared_stands_on_the_board_and_the_members_page(group: Group) -> None:
    base = group.url.removesuffix("pitch/")
    board = f"{base}c/{group.cohort}/board"
    about = f"{base}c/{group.cohort}/people/{group.ids['member']}"
    assert "Pitches" not in group.other.get(board).text
    page = group.write()
    assert group.share(page) == 303
    assert "Pitches" in group.other.get(board).text
    assert "&lt;b&gt;really" in group.other.get(f"{group.inside}shared").text
    assert "In their own words" in group.other.get(about).text
    group.member.post(f"{page}/unshare")
    assert "Ana Bell" not in group.other.get(f"{group.inside}shared").text
    assert "In their own words" not in group.other.get(about).text


def test_what_was_shared_can_be_reported_held_and_mended(group: Group) -> None:
    page = group.write()
    pitch_id = UUID(page.rsplit("/", 1)[1])
    report = f"{group.url.removesuffix('pitch/')}report/pitch/{pitch_id}"
    assert group.other.get(report).status_code == 404
    assert group.share(page) == 303
    assert group.other.get(report).status_code == 200
    with scope(group.firm_id):
        thing = find_reportable("pitch", pitch_id)
        assert thing is not None
        assert HOOK in thing.text
        thing.move("quarantined")
        group.session.flush()
        thing.move("returned")
        group.session.commit()
    assert "Ana Bell" not in group.other.get(f"{group.inside}shared").text
    assert "A moderator is looking at it" in group.member.get(page).text
    group.member.post(page, data={"text": "Milder words"})
    assert "Milder words" in group.other.get(f"{group.inside}shared").text


def test_what_a_coach_said_can_be_reported_by_who_it_is_about(group: Group) -> None:
    page = group.write("pitch", LONG)
    group.member.post(f"{page}/ask")
    group.coach.post(group.look(page), data={"sentence": "whole", "text": "Unkind."})
    [comment] = group.all(Comment)
    with scope(group.firm_id):
        thing = find_reportable("pitch_comment", comment.id)
        assert (thing.text, thing.owner_id) == ("Unkind.", group.ids["coach"])
        thing.move("quarantined")
        group.session.flush()
        thing.move("removed")
        group.session.commit()
    assert "Unkind." not in group.member.get(page).text


def test_the_dashboard_and_the_digest_tell_it_once(group: Group, session: Session) -> None:
    page = group.write("pitch", LONG)
    group.member.post(f"{page}/ask")
    with scope(group.firm_id):
        cohort = session.scalars(select(Cohort)).one()
        told = [one for some in DASHBOARD.call(cohort) for one in some if one.kind == "pitch"]
        assert [one.membership_id for one in told] == [group.ids["member"]]
        assert told[0].url == group.look(page)
    group.coach.post(f"{group.look(page)}/done")
    with scope(group.firm_id):
        member = session.scalars(
            select(Membership).where(Membership.id == group.ids["member"])
        ).one()
        items = [one for some in DIGEST_SECTION.call(member, now()) for one in some]
        assert [one.url for one in items if one.key.startswith("pitch-looked/")] == [page]


def test_taking_the_question_back_takes_it_off_the_list(group: Group) -> None:
    page = group.write()
    group.member.post(f"{page}/ask")
    group.member.post(f"{page}/withdraw")
    assert "Nobody waits" in group.coach.get(f"{group.inside}waiting").text
    assert group.coach.get(group.look(page)).status_code == 404


def test_a_firm_may_spare_its_coaches_the_mails(group: Group) -> None:
    with scope(group.firm_id):
        enable_plugin(DESK, registry().plugins["pitch"], {"tell_coaches": False})
        group.session.commit()
    group.member.post(f"{group.write()}/ask")
    assert group.all(FirmMail) == []


def test_nothing_stays_of_a_leaver(group: Group, session: Session) -> None:
    page = group.write("pitch", LONG)
    group.member.post(f"{page}/ask")
    group.coach.post(group.look(page), data={"sentence": "whole", "text": "Good."})
    with scope(group.firm_id):
        mine = select(Membership).where(Membership.id == group.ids["member"])
        member = session.scalars(mine).one()
        member.state = "left"
        joins.member_left(member)
        session.commit()
        for table in (Pitch, Version, Comment):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_deleting_takes_its_versions_along(group: Group) -> None:
    page = group.write()
    assert group.member.post(f"{page}/drop").status_code == 303
    assert group.all(Version) == []
    assert group.member.get(page).status_code == 404


def test_the_guards_are_asked_before_others_read_it(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_promises(draft: Draft) -> list[Nudge]:
        words = draft.fields["text"]
        nudge = Nudge("test", "selling", "text", "buy", "It sells.", "Say what you do.")
        return [nudge] if "buy" in words else []

    monkeypatch.setitem(ROOMS, GUARDS.name, [no_promises])
    page = group.write(text="Please buy from me")
    assert group.share(page, "Please buy from me") == 422
    assert group.all(Pitch)[0].shared is False
    assert group.share(page, "Please buy from me", all_the_same="test") == 303
    assert "Please buy" not in group.other.get(f"{group.inside}shared").text
    assert group.all(Pitch)[0].moderation == "quarantined"


def test_what_is_held_is_taken_along(group: Group, session: Session) -> None:
    page = group.write("pitch", LONG)
    group.member.post(f"{page}/ask")
    group.coach.post(group.look(page), data={"sentence": "whole", "text": "Good."})
    with scope(group.firm_id):
        people = {one.name: one for one in session.scalars(select(Membership))}
        own = {one.name: one.rows for one in joins.export(people["Ana Bell"])}
        coach = {one.name: one.rows for one in joins.export(people["Carol Coach"])}
    assert [row["text"] for row in own["pitches"]] == [LONG]
    assert [row["number"] for row in own["pitch_versions"]] == [1]
    assert [(row["coach"], row["text"]) for row in own["pitch_comments"]] == [
        ("Carol Coach", "Good.")
    ]
    assert [row["text"] for row in coach["pitch_comments_written"]] == ["Good."]
    assert coach["pitches"] == []


def test_the_menu_leads_members_and_coaches_where_they_work(group: Group) -> None:
    assert f'href="{group.url}"' in group.member.get(group.url.removesuffix("pitch/")).text
    inside = f"{group.url.removesuffix('pitch/')}c/{group.cohort}/board"
    assert f'href="{group.inside}waiting"' in group.coach.get(inside).text
    assert f'href="{group.inside}waiting"' not in group.member.get(inside).text
