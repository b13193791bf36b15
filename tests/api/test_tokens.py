"""Tokens: shown once, kept as a hash, never more than their holder, ended when they should be."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.accounts.models import Person
from coachhub.accounts.operations import sign_out_everywhere
from coachhub.api.models import Token
from coachhub.api.operations import TokenDraft, firm_in, make_firms, make_own
from coachhub.core import audit, limits
from coachhub.core.db import now
from coachhub.core.errors import DomainError, NotAllowedError
from coachhub.core.tenancy import scope
from coachhub.firms import operations as firms
from coachhub.firms.entrance import acting
from coachhub.firms.models import Firm, Membership
from coachhub.mail.models import AccountMail
from fixtures_api import Caller, Group, admin_actor

SignIn = Callable[[FlaskClient, Membership], None]
TOKEN = re.compile(r"ch[pf]_[A-Za-z0-9_-]{65}")


def test_a_member_makes_one_sees_it_once_and_ends_it(
    client: FlaskClient, app: Flask, session: Session, firm: Firm,
    make_member: Callable[..., Membership], sign_in: SignIn,
) -> None:  # fmt: skip
    member = make_member("Mona")
    slug, firm_id = firm.slug, firm.id
    sign_in(client, member)
    page = client.post(
        f"/f/{slug}/tokens/new", data={"name": "Sheet", "scopes": ["me:read"], "days": "30"}
    )
    [text] = set(TOKEN.findall(page.text))
    assert firm_in(text) == firm_id
    assert TOKEN.search(client.get(f"/f/{slug}/tokens/").text) is None
    with scope(firm_id):
        token = session.scalars(select(Token)).one()
        assert text not in str(vars(token))
        assert token.hint == text[-4:]
        token_id = token.id
    mail = session.scalars(select(AccountMail)).one()
    assert "token “Sheet”" in mail.raw.decode() or b"=E2=80=9CSheet" in mail.raw
    caller = Caller(app, text)
    assert caller.get("/me").json["name"] == "Mona"
    ended = client.post(f"/f/{slug}/tokens/{token_id}/revoke")
    assert ended.status_code == 303
    assert caller.get("/me").status_code == 401


def test_what_was_typed_is_kept_where_nothing_is_ticked(
    client: FlaskClient, firm: Firm, make_member: Callable[..., Membership], sign_in: SignIn
) -> None:
    slug = firm.slug
    sign_in(client, make_member("Mona"))
    page = client.post(f"/f/{slug}/tokens/new", data={"name": "My sheet", "days": "30"})
    assert page.status_code == 422
    assert "My sheet" in page.text
    assert "Please choose at least one." in page.text


def test_an_admin_makes_the_firms_own_and_the_trail_says_so(
    client: FlaskClient, app: Flask, firm: Firm, make_member: Callable[..., Membership],
    sign_in: SignIn,
) -> None:  # fmt: skip
    slug, firm_id = firm.slug, firm.id
    sign_in(client, make_member("Ada", role="admin"))
    form = {"name": "Directory", "scopes": ["members:read"], "days": "365"}
    [text] = set(TOKEN.findall(client.post(f"/f/{slug}/console/tokens/new", data=form).text))
    assert Caller(app, text).get("/members").status_code == 200
    with scope(firm_id):
        [entry] = audit.entries(action="token.")
        assert (entry.action, entry.subject_label) == ("token.made", "Directory")
        assert text not in str(entry.details)
    trail = client.get(f"/f/{slug}/console/audit/").text
    assert "made the token “Directory” for other programs" in trail


@pytest.mark.parametrize(
    "shown", ["", "Bearer", "Bearer x", "Basic eDp5", "Bearer chp_" + "A" * 65]
)
def test_what_is_no_token_is_told_nothing(app: Flask, session: Session, shown: str) -> None:
    del session
    answer = Caller(app).get("/me", headers={"Authorization": shown})
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_cookie_opens_nothing_here(
    client: FlaskClient, make_member: Callable[..., Membership], sign_in: SignIn
) -> None:
    sign_in(client, make_member("Mona"))
    assert client.get("/api/v1/me").status_code == 401


def test_it_runs_out(group: Group) -> None:
    assert group.member.get("/me").status_code == 200
    with time_machine.travel(now() + dt.timedelta(days=89)):
        assert group.member.get("/me").status_code == 200
    with time_machine.travel(now() + dt.timedelta(days=91)):
        assert group.member.get("/me").status_code == 401


@pytest.mark.parametrize("how", ["suspended", "left", "signed out", "inactive", "firm closed"])
def test_it_ends_with_what_it_stands_on(group: Group, session: Session, how: str) -> None:
    assert group.member.get("/me").status_code == 200
    with scope(group.firm_id):
        member = session.get_one(Membership, (group.firm_id, group.member_id))
        person = session.get_one(Person, member.person_id)
        match how:
            case "suspended":
                firms.suspend(admin_actor(), member, "x")
                firms.reinstate(admin_actor(), member)
            case "left":
                firms.end_membership(admin_actor(), member)
            case "signed out":
                sign_out_everywhere(person)
            case "inactive":
                person.active = False
            case _:
                session.get_one(Firm, group.firm_id).active = False
        session.commit()
    answer = group.member.get("/me")
    assert answer.status_code == 401
    assert b"Mona" not in answer.data


def test_it_may_what_its_holder_may_now(group: Group, session: Session) -> None:
    assert group.coach.get(f"{group.path}/people").status_code == 200
    assert group.member.get(f"{group.path}/people").status_code == 403
    assert group.admin.get("/members").status_code == 200
    assert group.coach.get("/members").status_code == 403
    with scope(group.firm_id):
        mona = session.get_one(Membership, (group.firm_id, group.member_id))
        firms.change_role(admin_actor(), mona, "admin")
        session.commit()
    assert group.member.get("/members").status_code == 200


def test_a_scope_that_it_lacks_is_named(
    group: Group, make_caller: Callable[..., Caller], session: Session
) -> None:
    with scope(group.firm_id):
        member = session.get_one(Membership, (group.firm_id, group.member_id))
    narrow = make_caller(member, "me:read")
    answer = narrow.get("/introductions")
    assert answer.status_code == 403
    assert "introductions:read" in answer.json["detail"]


def test_nobody_makes_more_than_they_may(group: Group, session: Session) -> None:
    with scope(group.firm_id):
        member = session.get_one(Membership, (group.firm_id, group.member_id))
        with pytest.raises(DomainError):
            make_own(acting(member), TokenDraft("x", ("scim",)))
        with pytest.raises(DomainError):
            make_own(acting(member), TokenDraft("x", ("me:read",), days=400))
        with pytest.raises(NotAllowedError):
            make_firms(acting(member), TokenDraft("x", ("scim",)))


def test_whoever_must_have_a_second_factor_must_have_it_for_tokens_too(
    app: Flask, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "REQUIRE_SECOND_FACTOR", "yes")
    assert group.coach.get(f"{group.path}/people").status_code == 403
    assert group.member.get("/me").status_code == 200


def test_that_it_was_used_is_noted(group: Group, session: Session) -> None:
    assert group.member.get("/me").status_code == 200
    with scope(group.firm_id):
        found = session.scalars(select(Token).where(Token.membership_id == group.member_id)).one()
        assert found.last_used_at is not None


def test_too_often_is_told_with_how_long_to_wait(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits.limiter, "_limiter", FixedWindowRateLimiter(MemoryStorage()))
    monkeypatch.setattr(limits.limiter, "enabled", True)
    monkeypatch.setattr("coachhub.api.entrance.PER_MINUTE", RateLimitItemPerMinute(2))
    first, _second, third = (group.member.get("/me") for _ in range(3))
    assert (first.status_code, first.headers["RateLimit-Remaining"]) == (200, "1")
    assert third.status_code == 429
    assert int(third.headers["Retry-After"]) >= 1
    assert group.other.get("/me").status_code == 200
