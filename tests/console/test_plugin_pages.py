"""An admin's shelf of plugins: what is not there, off, or without settings has no page."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from coachhub.core.access import Actor
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.firms.plugins import disable_plugin, enable_plugin


def test_a_page_of_settings_is_there_while_the_plugin_is_on_and_has_some(
    client: FlaskClient, firm: Firm, session: Session, make_member: Callable[..., Membership],
    sign_in: Callable[[FlaskClient, Membership], None],
) -> None:  # fmt: skip
    sign_in(client, make_member("Ada", role="admin"))
    base = f"/f/{firm.slug}/console/plugins"
    with_settings = next(one for one in registry().plugins.values() if one.settings_form)
    without = next(one for one in registry().plugins.values() if not one.settings_form)
    page = f"{base}/{with_settings.name}"
    actor = Actor("Ada")

    def status(path: str) -> int:
        return client.get(path).status_code

    assert status(page) == 404  # never switched on
    with scope(firm.id):
        enable_plugin(actor, with_settings)
        enable_plugin(actor, without)
        session.commit()
    assert status(page) == 200
    assert status(f"{base}/{without.name}") == 404
    with scope(firm.id):
        disable_plugin(actor, with_settings)
        session.commit()
    assert status(page) == 404
    assert status(f"{base}/nothing") == 404
    assert client.post(f"{base}/nothing/enable").status_code == 404
    assert client.post(f"{base}/nothing/disable").status_code == 404
