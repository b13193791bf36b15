"""Words that stand in a row of something else: a member's page, what is passed on."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from coachhub.core.errors import NotFoundError
from coachhub.firms.models import Membership
from coachhub.firms.operations import Profile, update_profile
from coachhub.moderation import operations, queries
from coachhub.moderation.models import Case, Content
from coachhub.moderation.operations import MASK
from moderation.scene import Scene

PAGE = Profile(
    headline="Buyer, send your bank details",
    titles=("Buyer", "Head of buying"),
    places=("Ghent",),
    interests="Gold watches",
)


@pytest.fixture
def member(scene: Scene) -> Membership:
    ada = scene.group.id("ada")
    found = scene.group.session.scalars(select(Membership).where(Membership.id == ada)).one()
    update_profile(scene.actor("ada"), found, PAGE)
    return found


def report(scene: Scene, member: Membership) -> Case:
    return operations.report(scene.actor("ben"), "profile", member.id, "scam")


def test_a_page_that_is_held_says_nothing_and_comes_back_whole(
    scene: Scene, member: Membership
) -> None:
    case = report(scene, member)
    assert (member.headline, member.titles, member.places) == ("", [], [])
    assert "Head of buying" in case.evidence
    scene.decide(case, "none")
    assert (member.headline, member.titles) == (PAGE.headline, list(PAGE.titles))
    assert member.places == ["Ghent"]


def test_a_passage_of_it_is_masked_and_comes_back(scene: Scene, member: Membership) -> None:
    case = report(scene, member)
    scene.decide(case, "redacted")
    assert member.headline == f"Buyer, send your {MASK}"
    assert member.titles == list(PAGE.titles)
    operations.undo(scene.actor("ida"), case)
    assert member.headline == ""
    scene.decide(case, "none")
    assert member.headline == PAGE.headline


def test_mended_it_stands_as_written_now(scene: Scene, member: Membership) -> None:
    scene.decide(report(scene, member), "returned")
    assert member.headline == ""
    update_profile(scene.actor("ada"), member, Profile(headline="Buyer of steel"))
    assert (member.headline, member.interests) == ("Buyer of steel", "")
    state = select(Content.state).where(Content.target_id == member.id)
    assert scene.group.session.scalars(state).one() == "visible"


def test_what_is_written_while_it_is_held_is_held_too(scene: Scene, member: Membership) -> None:
    case = report(scene, member)
    update_profile(scene.actor("ada"), member, Profile(headline="Send your bank details now"))
    assert member.headline == ""
    scene.decide(case, "none")
    assert member.headline == "Send your bank details now"


def test_only_admins_decide_about_a_page_of_the_whole_firm(
    scene: Scene, member: Membership
) -> None:
    case = report(scene, member)
    with pytest.raises(NotFoundError):
        queries.find_case(case.id, [scene.group.cohort.id])
    assert queries.find_case(case.id, None) == case


def test_everybody_else_finds_a_way_to_report_it(scene: Scene, member: Membership) -> None:
    address = f"/report/profile/{member.id}"
    scene.group.session.commit()
    for name, there in (("ben", True), ("ada", False)):
        found = scene.group.client(name).get(f"{scene.group.base}/people/{member.id}")
        assert found.status_code == 200
        assert (address in found.text) is there
