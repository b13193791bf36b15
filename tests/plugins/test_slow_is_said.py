"""The admin's page about plugins: what was slow is called slow, what failed is called failed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from coachhub.core.db import now
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership, PluginFailure
from coachhub.firms.plugins import enable_plugin
from fixtures_api import admin_actor


@pytest.mark.parametrize(
    ("how", "said", "not_said"),
    [("Slow", ("Slow 3×", "It was slow on"), "ailed"), ("KeyError", ("Failed 3×",), "slow")],
)
def test_slow_is_no_failure(
    client: FlaskClient, session: Session, firm: Firm, make_member: Callable[..., Membership],
    sign_in: Callable[[FlaskClient, Membership], None], how: str, said: tuple[str, ...],
    not_said: str,
) -> None:  # fmt: skip
    slug = firm.slug
    with scope(firm.id):
        enable_plugin(admin_actor(), registry().plugins["huddle"])
        session.add(PluginFailure(plugin="huddle", hook="home", how=how, times=3, last_at=now()))
        session.flush()
    sign_in(client, make_member("Ada", role="admin"))
    page = client.get(f"/f/{slug}/console/plugins").text
    main = page.partition("<main")[2]
    assert all(one in main for one in said)
    assert not_said not in main
