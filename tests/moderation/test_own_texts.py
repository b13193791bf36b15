"""What a member reads about their own texts, mends and asks for; first texts that wait."""

from __future__ import annotations

import pytest

from coachhub.core import audit
from coachhub.core.db import now
from coachhub.core.errors import DomainError
from coachhub.firms.models import Membership
from coachhub.moderation import operations, queries, wording
from moderation.scene import PASSAGE, Scene


def page_of(scene: Scene, name: str, path: str) -> str:
    scene.group.session.commit()
    answer = scene.group.client(name).get(f"/f/{scene.group.firm.slug}/{path}")
    assert answer.status_code == 200
    return answer.text


def test_returned_it_is_easy_to_mend_and_goes_up_again(scene: Scene) -> None:
    decision = scene.decided("returned")
    home = page_of(scene, "ada", "")
    assert "A text is back with you" in home
    told = page_of(scene, "ada", f"my-texts/{decision.id}")
    for words in (PASSAGE, "Please leave it out.", wording.ref(decision.id), "Mend it"):
        assert words in told
    assert "Ida" not in told
    edit = f"{scene.group.base}/posts/offer/{scene.offer_id}/edit"
    assert edit in told
    typed = {
        "kind": "skill",
        "title": "I read your CV like a buyer would",
        "body": "",
        "revision": str(scene.offer.revision),
    }
    client = scene.group.client("ada")
    assert client.post(edit, data=typed).status_code == 303
    scene.group.session.expire_all()
    assert scene.state == "visible"
    assert "like a buyer" in scene.group.client("ben").get(f"{scene.group.base}/board").text
    assert "A text is back with you" not in page_of(scene, "ada", "")
    assert "You mended it" in page_of(scene, "ada", "my-texts")


def test_the_second_look_is_asked_for_and_read_there(scene: Scene) -> None:
    decision = scene.decided("removed")
    scene.group.session.commit()
    client = scene.group.client("ada")
    address = f"/f/{scene.group.firm.slug}/my-texts/{decision.id}"
    assert client.post(address, data={"text": ""}).status_code == 422
    assert client.post(address, data={"text": "It was a joke."}).status_code == 303
    assert "Somebody else than the first time answers by" in client.get(address).text
    [line] = queries.appeals_waiting(None)
    scene.answer(line.appeal, "upheld")
    told = page_of(scene, "ada", f"my-texts/{decision.id}")
    assert "I looked at it again." in told
    assert "Rita" not in told
    assert "The decision stays as it is." in told


@pytest.mark.parametrize("who", ["ben", "ida", "rita"])
def test_it_is_the_authors_page_alone(scene: Scene, who: str) -> None:
    decision = scene.decided("removed")
    scene.group.session.commit()
    client = scene.group.client(who)
    address = f"/f/{scene.group.firm.slug}/my-texts/{decision.id}"
    assert client.get(address).status_code == 404
    assert client.post(address, data={"text": "For a friend."}).status_code == 404


def test_reporters_read_what_became_of_it(scene: Scene) -> None:
    case = scene.report()
    assert "Waits for a moderator" in page_of(scene, "ben", "my-texts")
    scene.decide(case)
    assert "You were right" in page_of(scene, "ben", "my-texts")
    assert "Nothing has been decided about your texts" in page_of(scene, "chiara", "my-texts")


def test_first_texts_of_new_members_wait_if_the_firm_says_so(
    scene: Scene, make_member: object
) -> None:
    session = scene.group.session
    firm = session.get_one(type(scene.group.firm), scene.offer.firm_id)
    operations.set_first_posts(scene.actor("rita"), firm, 2)
    assert queries.first_posts(firm) == 2
    nora: Membership = make_member(  # type: ignore[operator]  # a fixture
        "Nora New", cohorts=(scene.group.cohort,), welcomed_at=now()
    )
    scene.group.people["nora"] = nora
    session.commit()
    states = []
    client = scene.group.client("nora")
    for number in range(4):
        typed = {"kind": "skill", "title": f"I read your CV, {number} pages of it", "body": ""}
        answer = client.post(f"{scene.group.base}/new/offer?kind=skill", data=typed)
        assert answer.status_code == 303
        held = [one for one in queries.queue(None) if one.case.origin == "first_posts"]
        states.append(len(held))
        for line in held:
            scene.decide(line.case, "none")
    assert states == [1, 1, 0, 0]
    assert not operations.published(scene.actor("ada"), "offer", scene.offer_id)  # no new member
    [entry] = audit.entries(action="firm.first_posts")
    assert entry.details == {"before": 0, "after": 2}
    operations.set_first_posts(scene.actor("rita"), firm, 0)
    assert queries.first_posts(firm) == 0
    with pytest.raises(DomainError):
        operations.set_first_posts(scene.actor("rita"), firm, 21)
