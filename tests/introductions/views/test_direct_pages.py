"""The pages of what begins without a round."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import update

from coachhub.board.models import Ask, Lead
from coachhub.introductions.calendar import in_days
from coachhub.introductions.models import Introduction
from fixtures_circle import GIVER, RECEIVER, Circle

PROMISE = {"promise": "I read it on Thursday."}


def made_by(circle: Circle) -> Introduction:
    """Return the newest introduction, readable outside the scope."""
    with circle.scope():
        newest = circle.session.query(Introduction).order_by(Introduction.created_at.desc())
        return newest.limit(1).one()


def none_made(circle: Circle) -> bool:
    with circle.scope():
        return circle.session.query(Introduction).count() == 0


def due(circle: Circle) -> dict[str, str]:

    with circle.scope():
        return {"due_on": in_days(5).isoformat()}


def test_i_can_help_with_an_ask(
    circle: Circle, browse: Callable[..., Any], post: Callable[..., Any]
) -> None:
    with circle.scope():
        ask = post(Ask, circle.receiver)
    giver = browse("giver")
    address = f"/f/{circle.firm.slug}/help/ask/{ask.id}"
    assert "A second pair of eyes on my letter" in giver.get(address).text
    # One click on the board carries no promise yet: the page asks for it.
    assert "What will you do?" in giver.post(address).text
    assert giver.post(address, data={"promise": ""} | due(circle)).status_code == 422
    assert none_made(circle)
    said = giver.post(address, data=PROMISE | due(circle), follow_redirects=True)
    assert "We ask them, and tell you once they agree." in said.text
    assert made_by(circle).state == "receiver_asked"
    again = giver.post(address, data=PROMISE | due(circle))
    assert again.status_code == 422
    assert "already have an open introduction" in again.text
    # What a moderator has put out of sight stays out of sight here too.
    page = f"/f/{circle.firm.slug}/introductions"
    assert "A second pair of eyes" in giver.get(page).text
    with circle.scope():
        circle.session.execute(update(Ask).values(moderation="quarantined"))
        circle.session.commit()
    for one in (page, f"{page}/{made_by(circle).id}"):
        text = giver.get(one).text
        assert "A second pair of eyes" not in text
        assert "a text that nobody sees any more" in text


def test_kind_and_post_may_come_in_the_form(
    circle: Circle, browse: Callable[..., Any], post: Callable[..., Any]
) -> None:
    with circle.scope():
        ask = post(Ask, circle.receiver)
    address = f"/f/{circle.firm.slug}/help"
    data = {"kind": "ask", "post_id": str(ask.id)} | PROMISE | due(circle)
    assert browse("giver").post(address, data=data).status_code == 303
    for wrong in ({"kind": "case"}, {"post_id": "x"}, {"post_id": str(circle.company.id)}):
        assert browse("giver").post(address, data=data | wrong).status_code == 404


def test_i_can_help_with_a_target_by_a_door_or_by_what_i_know(
    circle: Circle, browse: Callable[..., Any]
) -> None:
    address = f"/f/{circle.firm.slug}/help/target/{circle.target.id}"
    giver = browse("giver")
    page = giver.get(address).text
    assert "I know somebody there" in page
    assert "Corwin Contactworth" in page
    assert "I know somebody there" not in browse("coach").get(address).text
    door = {"asset": "door", "how": "write"} | PROMISE | due(circle)
    assert giver.post(address, data=door | {"contact": ""}).status_code == 422
    # Half an address, typed before they chose otherwise, stands in nobody's way.
    insider = {"asset": "insider", "contact": "", "email": "gerd@"} | PROMISE | due(circle)
    said = giver.post(address, data=insider)
    assert said.status_code == 303
    assert made_by(circle).asset == "insider"
    said = browse("receiver").get(said.location)
    assert f"{GIVER} knows Shellfish Works from the inside" in said.text


def test_ask_for_a_door_says_nothing_of_who_has_one(
    circle: Circle, browse: Callable[..., Any]
) -> None:
    address = f"/f/{circle.firm.slug}/doors/{circle.target.id}/ask"
    receiver = browse("receiver")
    page = receiver.get(address).text
    assert "Two hours with your spreadsheet" in page
    said = receiver.post(address, data={"gift": "Tea.", "blurb": "Me."}, follow_redirects=True)
    assert "We are looking for the right person" in said.text
    for text in (page, said.text):
        assert GIVER not in text
        assert "Corwin" not in text
    again = receiver.post(address, data={"gift": "Tea.", "blurb": "Me."})
    assert again.status_code == 422
    assert "already" in again.text
    assert browse("giver").get(address).status_code == 404
    assert browse("giver").post(address, data={"gift": "", "blurb": ""}).status_code == 404


def test_pass_a_lead_on_and_send_a_shortlist(
    circle: Circle, browse: Callable[..., Any], post: Callable[..., Any]
) -> None:
    with circle.scope():
        lead = post(Lead, circle.giver, kind="recruiter", title="Head of harbour")
    giver, receiver = browse("giver"), browse("receiver")
    base = f"/f/{circle.firm.slug}/leads/{lead.id}"
    assert RECEIVER in giver.get(f"{base}/pass-on").text
    assert receiver.get(f"{base}/pass-on").status_code == 404
    assert receiver.get(f"{base}/shortlist").status_code == 404
    assert giver.post(f"{base}/pass-on", data=PROMISE | due(circle)).status_code == 422
    chosen = {"members": [str(circle.receiver.id)]} | PROMISE | due(circle)
    assert giver.post(f"{base}/pass-on", data=chosen).status_code == 303
    assert "Everybody has been asked" in giver.get(f"{base}/pass-on").text
    assert "Nobody has said yes yet" in giver.get(f"{base}/shortlist").text
    made = made_by(circle)
    page = f"/f/{circle.firm.slug}/introductions/{made.id}"
    assert "shortlist of at most three people" in receiver.get(page).text
    receiver.post(f"{page}/yes", data={"gift": "Tea.", "blurb": "I know harbours."})
    assert RECEIVER in giver.get(f"{base}/shortlist").text
    data = {"people": [str(made.id)], "to_address": "nobody", "note": "Here they are."}
    failed = giver.post(f"{base}/shortlist", data=data)
    assert failed.status_code == 422
    assert "Here they are." in failed.text
    data["to_address"] = "recruiter@example.com"
    assert giver.post(f"{base}/shortlist", data=data).status_code == 303
    assert made_by(circle).state == "kept"


def test_this_lead_fits_me(
    circle: Circle, browse: Callable[..., Any], post: Callable[..., Any]
) -> None:
    with circle.scope():
        lead = post(Lead, circle.giver, title="Harbour master", source="Sibyl Sourceworth")
    address = f"/f/{circle.firm.slug}/help/lead/{lead.id}"
    receiver = browse("receiver")
    page = receiver.get(address).text
    assert "This lead fits me" in page
    assert "Sourceworth" not in page
    receiver.post(address, data={"gift": "Tea.", "blurb": "I know harbours."})
    assert made_by(circle).state == "giver_asked"


def test_the_company_page_leads_to_asking_for_a_door(
    circle: Circle, browse: Callable[..., Any]
) -> None:
    base = f"/f/{circle.firm.slug}"
    page = f"{base}/c/{circle.cohort.slug}/companies/{circle.company.id}"
    assert f"{base}/doors/{circle.target.id}/ask" in browse("receiver").get(page).text
    assert "/doors/" not in browse("giver").get(page).text
