"""What an author can do after a word: name a source, have details covered; and watched words."""

from __future__ import annotations

import html
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from coachhub.board.models import Offer
from coachhub.board.operations import OfferDraft
from coachhub.core import audit
from coachhub.core.tenancy import scope
from coachhub.firms.models import Membership
from coachhub.moderation.models import Case, NamedSource, WatchedWord
from fixtures_group import Group

PAPER = {"kind": "skill", "title": "The internal price list of my old company", "body": ""}
NUMBER = {
    "kind": "skill",
    "title": "I read your CV in half an hour",
    "body": "My number at home is 0171 2345678.",
}


@pytest.fixture
def page(group: Group) -> str:
    return f"{group.base}/new/offer?kind=skill"


@pytest.fixture
def admin(group: Group, make_member: Callable[..., Membership]) -> FlaskClient:
    member = make_member("Ana Admin", role="admin")
    client = group.clients()
    with scope(group.firm.id):
        group.sign_in(client, member)
    return client


def offers(group: Group) -> list[Offer]:
    group.session.expire_all()
    with scope(group.firm.id):
        return list(group.session.scalars(select(Offer)))


def sent(client: FlaskClient, page: str, typed: dict[str, str], status: int) -> str:
    answer = client.post(page, data=typed)
    assert answer.status_code == status, html.unescape(answer.text.split("form-errors")[-1][:1500])
    return html.unescape(answer.text)


def test_a_source_lets_it_pass_and_is_kept_for_the_moderator(group: Group, page: str) -> None:
    client = group.client("ada")
    told = sent(client, page, PAPER, 422)
    assert "say where you have it from" in told
    assert 'value="allowed"' in told
    assert 'value="own"' not in told  # a paper is not one's own experience
    half = PAPER | {"source_sort": "public", "source_words": "my drawer"}
    assert "the whole link" in sent(client, page, half, 422)
    whole = PAPER | {"source_sort": "public", "source_words": "https://example.org/prices"}
    sent(client, page, whole, 303)
    assert [one.moderation for one in offers(group)] == ["visible"]
    with scope(group.firm.id):
        kept = group.session.scalars(select(NamedSource)).one()
        assert (kept.sort, kept.words) == ("public", "https://example.org/prices")
        assert kept.found[0]["guard"] == "confidential"
    offer = offers(group)[0]
    group.client("ben").post(
        f"/f/{group.firm.slug}/report/offer/{offer.id}", data={"reason": "confidential"}
    )
    with scope(group.firm.id):
        case = group.session.scalars(select(Case)).one()
    shown = group.client("ida").get(f"/f/{group.firm.slug}/console/cases/{case.id}").text
    assert "https://example.org/prices" in shown


def test_a_source_that_was_not_asked_for_is_not_taken(group: Group, page: str) -> None:
    told = PAPER | {"source_sort": "own", "source_words": ""}
    sent(group.client("ada"), page, told, 422)
    assert not offers(group)


def test_details_are_covered_when_the_author_says_so(group: Group, page: str) -> None:
    client = group.client("ada")
    told = sent(client, page, NUMBER, 422)
    assert "0171 2345678" in told
    assert "Cover it and go on" in told
    sent(client, page, NUMBER | {"cover": "1"}, 303)
    assert offers(group)[0].body == "My number at home is [phone number]."
    assert "0171" not in group.client("ben").get(f"{group.base}/").text


def test_kept_as_it_is_a_number_waits_for_a_moderator(group: Group, page: str) -> None:
    sent(group.client("ada"), page, NUMBER | {"all_the_same": "contact_details"}, 303)
    assert [one.moderation for one in offers(group)] == ["quarantined"]


def test_a_profile_is_mended_or_kept_and_does_not_wait(group: Group) -> None:
    client, me = group.client("ada"), f"/f/{group.firm.slug}/me"
    told = sent(client, me, {"headline": "Write to ada@example.org"}, 422)
    assert "keep it as it is if you are sure" in told
    sent(client, me, {"headline": "Write to ada@example.org", "cover": "1"}, 303)
    assert "[mail address]" in client.get(me).text
    kept = {"headline": "Write to ada@example.org", "all_the_same": "contact_details"}
    sent(client, me, kept, 303)
    assert "ada@example.org" in client.get(me).text
    with scope(group.firm.id):
        [entry] = audit.entries(action="guard.passed_over")
        assert entry.details["guards"] == ["contact_details"]


def test_words_are_watched_many_at_once_after_a_try(
    group: Group, admin: FlaskClient, page: str
) -> None:
    group.posted("ben", OfferDraft(kind="time", title="Zumba for two, in my kitchen"))
    group.posted("ben", OfferDraft(kind="time", title="An hour for your CV"))
    words = f"/f/{group.firm.slug}/console/watched/"
    tried = sent(admin, words, {"lines": "zumba\nacme*", "effect": "nudge", "do": "try"}, 200)
    assert "1 of 2 texts" in tried
    assert "Zumba for two" in tried
    assert "An hour for your CV" not in tried
    with scope(group.firm.id):
        assert not group.session.scalars(select(WatchedWord)).all()
    told = sent(admin, words, {"lines": "zumba\n*\nAcme*", "effect": "nudge"}, 422)
    assert "Line 2" in told
    sent(admin, words, {"lines": "pilates", "effect": "hold"}, 303)
    with scope(group.firm.id):
        kept = dict(group.session.execute(select(WatchedWord.word, WatchedWord.effect)).all())
        assert kept == {"zumba": "nudge", "acme*": "nudge", "pilates": "hold"}
        assert audit.entries(action="watched_words.")[0].details["words"] == ["pilates"]
    told = sent(
        group.client("ada"),
        page,
        PAPER | {"title": "Half an hour of ACMEs together"},
        422,
    )
    assert "looks twice at these words" in told
    sent(
        group.client("ada"),
        page,
        PAPER | {"title": "Half an hour of Pilates together"},
        303,
    )
    assert [one.moderation for one in offers(group) if "Pilates" in one.title] == ["quarantined"]


def test_only_the_firms_admins_watch_words_and_can_drop_them(
    group: Group, admin: FlaskClient
) -> None:
    words = f"/f/{group.firm.slug}/console/watched/"
    assert group.client("ada").get(words).status_code == 403
    sent(admin, words, {"lines": "zumba", "effect": "nudge"}, 303)
    with scope(group.firm.id):
        row = group.session.scalars(select(WatchedWord)).one()
    assert admin.post(f"{words}{row.id}/drop").status_code == 303
    assert "No words yet" in admin.get(words).text
