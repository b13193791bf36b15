"""Settings that production refuses, and forms that change their own fields alone."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.accounts.models import Person
from coachhub.config import ConfigError
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from fixtures_app import config_for
from fixtures_database import DatabaseUrls


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"secret_key": "short"}, "SECRET_KEY is too short"),
        ({"secret_key": ""}, "SECRET_KEY is not set"),
        ({"encryption_keys": ""}, "ENCRYPTION_KEYS is not set"),
        ({"base_url": "http://hub.example.org"}, "https://"),
        ({"mailbox": "/tmp/mails"}, "MAILBOX"),  # noqa: S108 - never opened
        ({"proxies": "many"}, "PROXIES must be a number"),
        ({"database_url": "sqlite://"}, "postgresql://"),
    ],
)
def test_production_refuses_what_is_unsafe(
    database_urls: DatabaseUrls, settings: dict[str, str], told: str
) -> None:
    given = {"mode": "production", "base_url": "https://hub.example.org"} | settings
    with pytest.raises(ConfigError, match=told):
        config_for(database_urls, **given).check()


def test_production_takes_what_is_safe(database_urls: DatabaseUrls) -> None:
    config = config_for(database_urls, mode="production", base_url="https://hub.example.org")
    config.check()
    flask = config.flask()
    assert flask["TRUSTED_HOSTS"] == ["hub.example.org"]
    assert flask["RATELIMIT_ENABLED"] is True
    assert flask["RATELIMIT_STORAGE_URI"] == "database://"
    assert not flask["TESTING"]


def test_a_form_changes_its_own_fields_alone(
    client: FlaskClient,
    session: Session,
    firm: Firm,
    make_member: object,
    sign_in: object,
) -> None:
    """What a form does not ask for is not taken from it, whatever it is called."""
    mia = make_member("Mia")
    member_id, person_id, firm_id = mia.id, mia.person_id, mia.firm_id
    sign_in(client, mia)
    more = {
        "role": "admin", "state": "left", "is_staff": "true", "active": "", "id": str(firm_id),
        "firm_id": str(person_id), "person_id": str(firm_id), "email": "evil@example.org",
        "house": "x", "fs_uniquifier": "known", "membership_id": str(firm_id), "owner_id": "x",
        "name": "Mia", "timezone": "Europe/Madrid", "headline": "Planner", "cadence": "weekly",
        "weekday": "1", "hour": "9",
    }  # fmt: skip
    for page in ("/account/", f"/f/{firm.slug}/me", f"/f/{firm.slug}/digest/"):
        assert client.post(page, data=more).status_code == 303, page
    session.expire_all()
    with scope(firm_id):
        [found] = session.scalars(select(Membership).where(Membership.id == member_id))
        assert (found.role, found.state, found.person_id) == ("member", "active", person_id)
        assert found.headline == "Planner"
    person = session.get_one(Person, person_id)
    assert (person.is_staff, person.active, person.timezone) == (False, True, "Europe/Madrid")
    assert person.email != "evil@example.org"
    assert person.fs_uniquifier != "known"
