"""The contract with plugins: every hook documented and listed, switches, gate, failures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from coachhub.app import create_app
from coachhub.cohorts.hooks import DOORS
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.hooks import HOOKS
from coachhub.core.jobs import Job
from coachhub.core.plugins import Plugin, PluginError, Registry, find, registry
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm
from coachhub.firms.plugins import (
    disable_plugin,
    enable_plugin,
    failures,
    mended,
    note_failure,
    settings_of,
    troubles,
)
from fixtures_app import config_for
from fixtures_database import DatabaseUrls

README = Path(__file__).parents[2] / "plugins" / "README.md"
DESK = Actor(label="Test")
FOR_PLUGINS = sorted(hook.name for hook in HOOKS.values() if not hook.between_rooms)


@pytest.mark.parametrize("name", FOR_PLUGINS)
def test_every_hook_is_documented_and_listed(app: Flask, name: str) -> None:
    del app
    hook = HOOKS[name]
    assert hook.doc.endswith(".")
    assert " ".join(hook.doc.split()) in README.read_text()


def test_the_readme_lists_no_hook_that_is_gone(app: Flask) -> None:
    del app
    rows = [line for line in README.read_text().splitlines() if line.startswith("| `")]
    assert len(rows) == len(FOR_PLUGINS)


def test_every_hook_is_used_by_a_plugin_that_comes_with_it(app: Flask) -> None:
    del app
    used = {hook.name for plugin in find() for hook in plugin.on}
    assert sorted(used) == FOR_PLUGINS


def test_a_hook_between_rooms_is_closed_to_plugins() -> None:
    nosy = Plugin("nosy", "Nosy", "1", on={DOORS: lambda *_given: {}})
    with pytest.raises(PluginError, match="doors"):
        Registry([nosy])


def test_what_requires_another_waits_for_it(
    session: Session, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    del session
    first = Plugin(name="first", title="First", version="1")
    second = Plugin(name="second", title="Second", version="1", requires=("first",))
    monkeypatch.setitem(registry().plugins, "first", first)
    monkeypatch.setitem(registry().plugins, "second", second)
    with scope(firm.id):
        with pytest.raises(DomainError, match="First"):
            enable_plugin(DESK, second)
        enable_plugin(DESK, first)
        enable_plugin(DESK, second)
        with pytest.raises(DomainError, match="Second"):
            disable_plugin(DESK, first)


def test_the_shelf_refuses_what_does_not_fit() -> None:
    one = Plugin(name="one", title="One", version="1")
    with pytest.raises(PluginError, match="Two plugins"):
        Registry([one, one])
    with pytest.raises(PluginError, match="requires"):
        Registry([Plugin(name="a", title="A", version="1", requires=("missing",))])


def test_a_failure_is_kept_for_the_firms_admin(
    app: Flask, fresh_database: Callable[..., DatabaseUrls]
) -> None:
    del app
    other = create_app(config_for(fresh_database()))
    with other.app_context():
        firm = Firm(name="Harbour", slug="harbour")
        db.session.add(firm)
        db.session.commit()
        with scope(firm.id):
            for _ in range(2):
                note_failure("bad", "menu", "RuntimeError")
            [kept] = failures()
            assert (kept.plugin, kept.hook, kept.how, kept.times) == (
                "bad",
                "menu",
                "RuntimeError",
                2,
            )
            db.session.rollback()
        [seen] = troubles()
        assert (seen.plugin, seen.hook, seen.how, seen.times) == ("bad", "menu", "RuntimeError", 2)
        mended(Actor(label="Desk"), "bad")
        assert not troubles()
        db.session.remove()
        db.engine.dispose()


def test_a_switch_keeps_its_settings_while_it_is_off(session: Session, firm: Firm) -> None:
    del session
    card = registry().plugins["contact_card"]
    with scope(firm.id):
        enable_plugin(DESK, card, {"lead": "Hello"})
        disable_plugin(DESK, card)
        enable_plugin(DESK, card)
        assert settings_of("contact_card") == {"lead": "Hello"}


def test_a_plugins_job_runs_only_where_it_is_on(
    app: Flask, session: Session, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[UUID] = []
    monkeypatch.setitem(registry().plugins, "sample", Plugin("sample", "Sample", "1"))
    work = Job("sample.work", ran.append)
    with app.app_context():
        work.run(firm.id)
    assert ran == []
    with scope(firm.id):
        enable_plugin(DESK, registry().plugins["sample"])
        session.commit()
    with app.app_context():
        work.run(firm.id)
    assert ran == [firm.id]
