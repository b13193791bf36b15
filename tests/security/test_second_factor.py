"""A firm may ask everybody for a second factor, not only who looks after others."""

from __future__ import annotations

from collections.abc import Callable

from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm
from fixtures_accounts import SomebodyAtSignIn


def test_a_firm_may_ask_it_of_all(somebody: Callable[..., SomebodyAtSignIn], firm: Firm) -> None:
    home, slug = f"/f/{firm.slug}/", firm.slug
    admin, ana = somebody(role="admin"), somebody()
    admin.password()
    ana.password()
    assert ana.client.get(home).status_code == 200
    page = f"/f/{slug}/console/firm"
    typed = {"name": "Harbour", "colour": "#1f6f6b", "second_factor": "y"}
    assert admin.client.post(page, data=typed).status_code == 303
    for one in (ana, admin):
        answer = one.client.get(home)
        assert answer.headers["Location"] == "/account/second-factor"
    assert "your firm asks everybody" in ana.client.get("/account/second-factor").text
    secret = ana.add_app()
    assert ana.client.get(home).status_code == 200
    ana.client.post("/account/logout")
    ana.password()
    assert not ana.is_in()
    ana.client.post("/account/tf-validate", data={"code": ana.app_code(secret)})
    assert ana.client.get(home).status_code == 200


def test_it_can_be_left_to_them(somebody: Callable[..., SomebodyAtSignIn], firm: Firm) -> None:
    page = f"/f/{firm.slug}/console/firm"
    with scope(firm.id):
        firm.house = {"second_factor": True, "other": 1}
    admin = somebody(role="admin")
    admin.password()
    admin.add_app()
    assert "checked" in admin.client.get(page).text
    admin.client.post(page, data={"name": "Harbour", "colour": "#1f6f6b"})
    admin.session.refresh(firm)
    assert firm.house == {"second_factor": False, "other": 1}
