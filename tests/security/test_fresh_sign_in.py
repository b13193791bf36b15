"""Which acts ask for a fresh sign-in, which do not and why; a new one must be thought about.

The lists cover every form of the firm's admins, of staff and of one's own account, as the app's own
map has them.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from coachhub.accounts.freshness import asks_fresh
from coachhub.api.entrance import scope_of
from coachhub.core.access import permission_of
from coachhub.firms.models import Firm, Membership
from coachhub.permissions import Permission
from walls.test_routes import address
from walls.world import make_world

SignIn = Callable[[FlaskClient, Membership], None]
LOOKED_AFTER = {
    Permission.ADMINISTER, Permission.RUN_PLATFORM, Permission.MANAGE_OWN_ACCOUNT,
    Permission.MANAGE_OWN_THINGS,
}  # fmt: skip
# They open ways in, show what opens them, or let people's data out.
FRESH = {
    "console.export", "console.firm", "console.person", "console.plugin_settings", "desk.change",
    "desk.look_in",
    "desk.write", "sign_on.claim", "sign_on.domain", "sign_on.forget", "sign_on.provider",
    "sign_on.roster", "sign_on.switch", "sign_on.unlink", "staff.new", "tokens.new_house",
    "tokens.new_own", "webhooks.act", "webhooks.edit", "webhooks.new", "webhooks.secret",
}  # fmt: skip
# They ask by themselves, once they know that there is something to ask for.
BY_THEMSELVES = {
    "accounts.end_sign_in", "accounts.remove_app", "accounts.remove_passkey", "address.ask",
    "console.invite", "privacy.erase_account", "rosters.change",
}  # fmt: skip
SHOWN_AT_ONCE = {"console.person", "console.plugin_settings"}
TRIED_ELSEWHERE = {"address.ask", "console.invite", "privacy.erase_account", "rosters.change"}
ASKED = ("/account/us-verify?next=/", "/account/second-factor")
TAKES_AWAY = "only takes a way in away"
DAILY = "daily work with a group; written into the record"
NOTED = "opens nothing; written into the record"
TOLD = "whoever is concerned is told by mail, and it can be taken back"
NOT_FRESH = {
    "accounts.safety": "a name, a time zone and a language",
    "accounts.sign_out_everywhere": TAKES_AWAY,
    "accounts.use_own_means": TAKES_AWAY,
    "address.take": "takes a link from the mail to the new address",
    "all_rounds.switch": DAILY,
    "cohorts.close": DAILY,
    "cohorts.edit": DAILY,
    "cohorts.new": DAILY,
    "cohorts.reopen": DAILY,
    "console.change_state": TOLD,
    "console.resend": TOLD,
    "console.switch": NOTED,
    "console.withdraw": TAKES_AWAY,
    "desk.end": TAKES_AWAY,
    "desk_appeals.answer": TOLD,
    "house.first_posts": NOTED,
    "house.hours": NOTED,
    "house.rule": NOTED,
    "mails.check": NOTED,
    "mails.decide": DAILY,
    "mails.forget": NOTED,
    "mails.sender": NOTED,
    "mails.stop": DAILY,
    "mails.test_send": "goes to oneself",
    "outcomes.count": "counts anew",
    "privacy.erase_member": TOLD,
    "privacy.forget_name": NOTED,
    "privacy.keep_how_long": NOTED,
    "privacy.keep_member": TOLD,
    "rosters.index": "reads a file; nothing is sent yet",
    "sign_on.try_it": "is a sign-in itself",
    "staff.alert": NOTED,
    "staff.mended": NOTED,
    "tokens.revoke_house": TAKES_AWAY,
    "tokens.revoke_own": TAKES_AWAY,
    "trail.copy": NOTED,
    "visits.end": TAKES_AWAY,
    "watched.add": NOTED,
    "watched.drop": NOTED,
    "webhooks.again": "goes where it went before",
}


def forms(app: Flask) -> dict[str, Permission]:
    """Every page that changes something for a firm, the platform or oneself, and who may."""
    found = {}
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        permission = permission_of(view)
        if permission is None or permission not in LOOKED_AFTER or scope_of(view):
            continue
        if "POST" in (rule.methods or ()):
            found[rule.endpoint] = permission
    return found


def test_each_act_asks_or_says_why_not(app: Flask) -> None:
    known = forms(app)
    firms_own = {
        name for name, permission in known.items() if permission is not Permission.MANAGE_OWN_THINGS
    }
    asking = {name for name, view in app.view_functions.items() if asks_fresh(view)}
    assert asking == FRESH
    assert not FRESH & NOT_FRESH.keys()
    assert firms_own <= FRESH | BY_THEMSELVES | NOT_FRESH.keys(), "say whether it asks, or why not"
    assert NOT_FRESH.keys() <= known.keys()


def test_after_a_while_each_of_them_asks_first(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "REQUIRE_SECOND_FACTOR", value=False)
    world = make_world(app, session)
    wrong, asked = [], 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in FRESH | BY_THEMSELVES - TRIED_ELSEWHERE:
            continue
        staff = permission_of(app.view_functions[rule.endpoint]) is Permission.RUN_PLATFORM
        who = world.staff if staff else world.own.admin
        if rule.endpoint.startswith("accounts."):
            who = world.own.other  # whose passkey and sign-in there are
        client = world.visitor(who)
        with client.session_transaction() as cookie:
            cookie["fs_paa"] = 0.0
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            if rule.endpoint in SHOWN_AT_ONCE and method == "GET":
                continue
            asked += 1
            answer = client.open(address(world, rule, "own", None), method=method)
            if not answer.headers.get("Location", "").startswith(ASKED):
                wrong.append(f"{method} {rule.endpoint}: {answer.status}")
    assert wrong == []
    assert asked >= len(FRESH)


def test_whoever_shows_it_goes_on_where_they_were(
    client: FlaskClient, firm: Firm, make_member: Callable[..., Membership], sign_in: SignIn
) -> None:
    slug = firm.slug
    sign_in(client, make_member("Ada", role="admin"))
    form = {"name": "Directory", "scopes": ["members:read"], "days": "30"}
    with client.session_transaction() as cookie:
        cookie["fs_paa"] -= 3_000_000_000
    there = client.post(f"/f/{slug}/console/tokens/new", data=form).headers["Location"]
    assert there == f"/account/us-verify?next=/f/{slug}/console/tokens/new"
    assert "chf_" not in client.get(f"/f/{slug}/console/tokens/").text
    with client.session_transaction() as cookie:
        cookie["fs_paa"] = 4102444800.0
    assert "chf_" in client.post(f"/f/{slug}/console/tokens/new", data=form).text


def test_whoever_came_by_their_firms_sign_in_shows_it_there(
    client: FlaskClient, firm: Firm, make_member: Callable[..., Membership], sign_in: SignIn
) -> None:
    slug, firm_id = firm.slug, firm.id
    firm.single_sign_on = "offered"
    sign_in(client, make_member("Ada", role="admin"))
    with client.session_transaction() as cookie:
        cookie["only_firm"], cookie["fs_paa"] = str(firm_id), 0.0
        cookie["by_firm"] = {str(firm_id): True}
    answer = client.get(f"/f/{slug}/console/webhooks/new")
    assert answer.headers["Location"] == f"/f/{slug}/sign-in/?next=/f/{slug}/console/webhooks/new"


def test_who_looks_after_others_is_invited_by_a_fresh_sign_in_only(
    client: FlaskClient, firm: Firm, make_member: Callable[..., Membership], sign_in: SignIn
) -> None:
    slug = firm.slug
    sign_in(client, make_member("Ada", role="admin"))

    def press(path: str, **form: object) -> str:
        with client.session_transaction() as cookie:
            cookie["fs_paa"] = 0.0
        data = {"roster": "", "cohort": "", "name": "", "email": "", **form}
        answer = client.post(f"/f/{slug}/console/{path}", data=data)
        assert answer.status_code == 303
        return str(answer.headers["Location"])

    def brought(*rows: str) -> str:
        file = (io.BytesIO("\n".join(["email,name,role", *rows]).encode()), "people.csv")
        place = press("rosters/", file=file, role="member")
        return place.partition("/console/")[2]

    home = f"/f/{slug}/console"
    for role in ("coach", "admin"):
        asked = f"/account/us-verify?next={home}"
        assert press("people", email="eve@example.org", role=role) == f"{asked}/people"
        roster = brought("bo@example.org,Bo,member", f"eve@example.org,Eve,{role}")
        assert press(f"{roster}/send") == f"{asked}/{roster}"
    with client.session_transaction() as cookie:
        cookie["fs_paa"] = 4102444800.0
    assert "eve@example.org" not in client.get(f"{home}/people").text
    assert press("people", email="cy@example.org", role="member") == f"{home}/people"
    roster = brought("dee@example.org,Dee,member")
    assert press(f"{roster}/send") == f"{home}/{roster}"
