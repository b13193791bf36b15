"""What the tests of this room share."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from coachhub.app import create_app
from coachhub.config import Config
from coachhub.core.db import db, now
from coachhub.core.tenancy import scope
from coachhub.firms.models import Membership
from fixtures_app import config_for
from fixtures_group import Group, group
from moderation.crowd import Crowd
from moderation.scene import Scene, post_offer

__all__ = ["group"]


@pytest.fixture
def scene(group: Group, make_member: Callable[..., Membership]) -> Iterator[Scene]:
    group.people["rita"] = make_member("Rita Admin", role="admin", welcomed_at=now())
    with scope(group.firm.id):
        made = Scene(group, post_offer(group))
        group.session.commit()
        yield made


@pytest.fixture
def crowd(fresh_database: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Crowd]:
    """Many people in a database of their own, where what is committed stays."""
    usual = Config.flask
    many = {"SQLALCHEMY_ENGINE_OPTIONS": {"pool_size": 60}}
    monkeypatch.setattr(Config, "flask", lambda self: usual(self) | many)
    app = create_app(config_for(fresh_database()))
    yield Crowd.begin(app)
    with app.app_context():
        db.engine.dispose()
