"""Every plugin on the shelf: off it is not there, on it works, and its tables come and go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from alembic import command
from flask import Flask
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7
from werkzeug.routing import Rule

from coachhub.cohorts.models import Cohort
from coachhub.core import plugins, schema
from coachhub.core.access import Actor
from coachhub.core.db import Base, now
from coachhub.core.hooks import HOOKS, listeners
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.firms.plugins import disable_plugin, enable_plugin
from coachhub.privacy.export import sections_of

DESK = Actor(label="Test")
SHELF = sorted(plugin.name for plugin in plugins.find())
ROLES = ("member", "coach", "admin")


class House:
    """A firm with one person of each role, each signed in."""

    def __init__(
        self, app: Flask, session: Session, firm: Firm, cohort: Cohort, people: dict[str, Any]
    ) -> None:
        self.app, self.session, self.people = app, session, people
        self.firm_id, self.slug, self.cohort_slug = firm.id, firm.slug, cohort.slug

    def switch(self, name: str, *, on: bool) -> None:
        shelf = registry().plugins
        with scope(self.firm_id):
            for one in (*shelf[name].requires, name) if on else (name,):
                (enable_plugin if on else disable_plugin)(DESK, shelf[one])
            self.session.commit()

    def addresses(self, name: str) -> list[tuple[Rule, str, str]]:
        """Return (rule, method, address) for each page of a plugin; things in it do not exist."""
        found = []
        for rule in self.app.url_map.iter_rules():
            if rule.endpoint.partition(".")[0] != name:
                continue
            converters = rule._converters
            values: dict[str, Any] = {
                argument: min(getattr(converters[argument], "items", ()) or [uuid7()])
                for argument in rule.arguments
            }
            values |= {"firm": self.slug, "cohort": self.cohort_slug}
            with self.app.test_request_context("/"):
                address = self.app.url_map.bind("localhost").build(rule.endpoint, values)
            found += [
                (rule, method, address)
                for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
            ]
        return found

    def answers(self, method: str, address: str) -> list[int]:
        return [
            client.open(address, method=method).status_code for client, _m in self.people.values()
        ]


@pytest.fixture
def house(
    app: Flask,
    session: Session,
    firm: Firm,
    make_cohort: Callable[..., Cohort],
    make_member: Callable[..., Membership],
    sign_in: Callable[..., None],
) -> House:
    cohort = make_cohort("Spring")
    people = {}
    for role in ROLES:
        member = make_member(role=role, cohorts=(cohort,), welcomed_at=now())
        client = app.test_client()
        sign_in(client, member)
        people[role] = (client, member)
    with scope(firm.id):
        return House(app, session, firm, cohort, people)


@pytest.mark.parametrize("name", SHELF)
def test_off_it_is_not_there(house: House, name: str) -> None:
    house.switch(name, on=True)
    house.switch(name, on=False)
    for _rule, method, address in house.addresses(name):
        assert (address, house.answers(method, address)) == (address, [404] * len(ROLES))
    with scope(house.firm_id), house.app.test_request_context("/"):
        assert not [hook for hook in HOOKS.values() if name in dict(listeners(hook))]
    inside = f"/f/{house.slug}/c/{house.cohort_slug}/"
    for client, _member in house.people.values():
        for page in (f"/f/{house.slug}/", f"{inside}board", inside):
            assert f"/f/{house.slug}/{name}/" not in client.get(page).text


@pytest.mark.parametrize("name", SHELF)
def test_on_it_works(house: House, name: str) -> None:
    house.switch(name, on=True)
    plain = [
        (rule, address)
        for rule, method, address in house.addresses(name)
        if method == "GET" and not rule.arguments - {"firm", "cohort"}
    ]
    answers = {address: house.answers("GET", address) for _rule, address in plain}
    assert not [
        one for one, given in answers.items() if not set(given) <= {200, 302, 303, 403, 404}
    ]
    # Some pages have nothing to show before somebody wrote something.
    assert any(200 in given for given in answers.values()) or not house.addresses(name)
    with scope(house.firm_id), house.app.test_request_context("/"):
        assert [hook for hook in HOOKS.values() if name in dict(listeners(hook))]


@pytest.mark.parametrize("name", SHELF)
def test_what_it_holds_is_taken_away_only_while_it_is_on(house: House, name: str) -> None:
    def sections() -> set[str]:
        with scope(house.firm_id), house.app.test_request_context("/"):
            return {one.name for _c, member in house.people.values() for one in sections_of(member)}

    without = sections()
    house.switch(name, on=True)
    house.switch(name, on=False)
    assert sections() == without


@pytest.mark.parametrize("name", ["", *SHELF])
def test_tables_up_no_drift_down_up_with_this_one_alone(
    fresh_database: Any, app: Flask, name: str
) -> None:
    del app  # asked for so that every table is known
    urls = fresh_database(migrated=False)
    folders = [one for one in schema.plugin_folders() if one.parent.name == f"coachhub_{name}"]
    settings = schema.config(urls.owner, urls.app, folders)
    owned = {one: [t for t in Base.metadata.tables if t.startswith(f"{one}_")] for one in SHELF}
    others = {table for one in SHELF if one != name for table in owned[one]}
    settings.attributes["only"] = set(Base.metadata.tables) - others
    schema.upgrade(settings)
    command.check(settings)
    assert set(owned.get(name, [])) <= tables(urls)
    assert not others & tables(urls)
    if name:
        command.downgrade(settings, f"{name}@base")
        assert not set(owned[name]) & tables(urls)
        schema.upgrade(settings)
        command.check(settings)


def tables(urls: Any) -> set[str]:
    with psycopg.connect(urls.owner) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {name for (name,) in rows}
