"""A private word before something is published, and what happens when the author insists."""

from __future__ import annotations

import html

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from coachhub.board.models import Offer
from coachhub.core import audit
from coachhub.core.hooks import ROOMS
from coachhub.core.tenancy import scope
from coachhub.moderation.hooks import GUARDS, Draft, Nudge
from coachhub.moderation.models import Case
from fixtures_group import Group

TYPED = {
    "kind": "skill",
    "title": "I sell gold watches from Geneva, 200 each",
    "body": "Cash only.",
}
NUDGE = "This looks like an advertisement."


def no_watches(draft: Draft) -> list[Nudge]:
    """Say a word about watches; about a rule that does not exist, too, which nobody hears."""
    return [
        Nudge("test", rule, name, "gold watches", NUDGE, "Offer to read a CV instead.")
        for rule in ("selling", "no_such_rule")
        for name, words in draft.fields.items()
        if "gold watches" in words
    ]


@pytest.fixture(autouse=True)
def guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ROOMS, GUARDS.name, [no_watches])


@pytest.fixture
def page(group: Group) -> str:
    return f"{group.base}/new/offer?kind=skill"


def offers(group: Group) -> list[Offer]:
    group.session.expire_all()
    with scope(group.firm.id):
        return list(group.session.scalars(select(Offer)))


def nudged(client: FlaskClient, page: str) -> str:
    answer = client.post(page, data=TYPED)
    assert answer.status_code == 422
    return html.unescape(answer.text)


def test_the_author_hears_it_first_and_nothing_typed_is_lost(group: Group, page: str) -> None:
    told = nudged(group.client("ada"), page)
    assert NUDGE in told
    assert told.count(NUDGE) == 1
    assert "Offer to read a CV instead." in told
    assert "Cash only." in told
    assert not offers(group)


def test_mended_it_is_on_the_board(group: Group, page: str) -> None:
    client = group.client("ada")
    nudged(client, page)
    mended = TYPED | {"title": "I read your CV like a buyer would", "body": ""}
    assert client.post(page, data=mended).status_code == 303
    assert [one.moderation for one in offers(group)] == ["visible"]


def test_kept_as_it_is_a_moderator_looks_first(group: Group, page: str) -> None:
    client = group.client("ada")
    nudged(client, page)
    assert client.post(page, data=TYPED | {"all_the_same": "test"}).status_code == 303
    assert [one.moderation for one in offers(group)] == ["quarantined"]
    assert "gold watches" not in group.client("ben").get(f"{group.base}/board").text
    with scope(group.firm.id):
        case = group.session.scalars(select(Case)).one()
        assert case.found[0]["why"] == NUDGE
        assert audit.entries(action="content.quarantined")[0].details["guards"] == ["test"]
    queue = group.client("ida").get(f"/f/{group.firm.slug}/console/cases/").text
    assert "Selling" in queue
    assert "before it was published" in queue
    shown = group.client("ida").get(f"/f/{group.firm.slug}/console/cases/{case.id}").text
    assert NUDGE in html.unescape(shown)


@pytest.mark.parametrize("value", ["", "1", "other"])
def test_who_has_not_been_told_cannot_insist(group: Group, page: str, value: str) -> None:
    answer = group.client("ada").post(page, data=TYPED | {"all_the_same": value})
    assert answer.status_code == 422
    assert not offers(group)


def test_an_edit_is_looked_at_too_and_a_case_is_opened_once(group: Group, page: str) -> None:
    client = group.client("ada")
    client.post(page, data=TYPED | {"all_the_same": "test"})
    offer = offers(group)[0]
    for text in ("Cash only, again.", "Cash only, at last."):
        edit = f"{group.base}/posts/offer/{offer.id}/edit"
        changed = TYPED | {"body": text, "revision": str(offer.revision), "all_the_same": "test"}
        assert client.post(edit, data=changed).status_code == 303
        offer = offers(group)[0]
    assert offer.moderation == "quarantined"
    with scope(group.firm.id):
        assert group.session.scalars(select(Case)).one().evidence.count("at last") == 1
