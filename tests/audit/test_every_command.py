"""M12: every command that writes leaves its entry in the same transaction; the rest say they read.

Generated from the command line itself: a command without a line here fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.watching import watching
from coachhub.accounts.models import Person
from coachhub.cli import commands
from coachhub.core.access import Actor
from coachhub.core.audit import AuditEntry, DeskEntry
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.firms.plugins import enable_plugin

# Why a command needs no entry.
READS = "It only reads."
FILES = "It writes files of a checkout, and nothing that belongs to a firm."
SERVES = "It runs the app: what is done in it leaves its own entries."
TABLES = "It makes tables before there is a trail, with the role of their owner."
MADE_UP = "It fills an empty trial with made-up firms; it refuses a real installation."
WITHOUT: dict[str, str] = {
    "audit heads": READS,
    "audit verify": READS,
    "companies compare": READS,
    "companies resolve": READS,
    "doctor": READS,
    "drill": "It reads, and works with a copy that is thrown away.",
    "db check": READS,
    "db revision": FILES,
    "db upgrade": TABLES,
    "demo": MADE_UP,
    "exchange solve": READS,
    "inbound": SERVES,
    "keys status": READS,
    "plugin list": READS,
    "plugin new": FILES,
    "run": SERVES,
    "settings": READS,
    "worker": SERVES,
}
# What is typed, and how the entry's action begins.
WITH: dict[str, tuple[list[str], str]] = {
    "firm create": (["Newfound", "--admin", "nora@example.org"], "firm.created"),
    "firm close": (["{firm}", "--reason", "They asked us to close it."], "firm.closed"),
    "firm open": (["{firm}"], "firm.opened"),
    "member invite": (["{firm}", "nora@example.org", "--role", "coach"], "member.invited"),
    "member role": (["{firm}", "{member}", "coach"], "member.role_changed"),
    "member suspend": (["{firm}", "{member}", "--reason", "They asked."], "member.suspended"),
    "member reinstate": (["{firm}", "{member}"], "member.reinstated"),
    "plugin on": (["{firm}", "gifts"], "plugin.enabled"),
    "plugin off": (["{firm}", "gifts"], "plugin.disabled"),
    "staff add": (["nora@example.org", "--name", "Nora North"], "staff.added"),
    "staff remove": (["stella@example.org"], "staff.removed"),
    "staff sign-out": (["stella@example.org"], "staff.signed_out"),
}
# They want a folder, a key ring or a backup of their own: tried with those, entry and all.
ELSEWHERE = {
    "backup": "tests/upkeep",
    "restore": "tests/upkeep",
    "keys rotate": "tests/privacy",
    "plugin remove": "tests/plugins/test_new_and_remove.py",
    "privacy replay": "tests/privacy",
}


def all_commands() -> set[str]:
    """Return every command there is, as it is typed."""

    def below(command: click.Command, path: str) -> Iterator[str]:
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                found = command.get_command(context, name)
                assert found is not None
                yield from below(found, f"{path} {name}".strip())
        else:
            yield path

    return set(below(commands, ""))


def test_every_command_has_its_line() -> None:
    assert all_commands() == WITHOUT.keys() | WITH.keys() | ELSEWHERE.keys()


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    @contextmanager
    def there() -> Iterator[Flask]:
        yield app

    for command in ("firms", "staff", "settings"):
        monkeypatch.setattr(f"coachhub.commands.{command}.app_context", there)

    def typed(*words: str) -> str:
        done = CliRunner().invoke(commands, list(words))
        assert done.exit_code == 0, f"{done.output}{done.exception!r}"
        return done.output

    return typed


@pytest.fixture
def known(
    session: Session, firm: Firm, make_member: Callable[..., Membership], typed: str
) -> dict[str, str]:
    """The words that a line asks for, with the world as the command finds it."""
    stella = Person(
        email="stella@example.org", name="Stella", fs_uniquifier="stella", is_staff=True
    )
    one = make_member("Ida Member")
    make_member("Ada Admin", role="admin")
    if typed == "member reinstate":
        one.state = "suspended"
    if typed == "firm open":
        firm.active = False
    session.add(stella)
    email = session.get_one(Person, one.person_id).email
    if typed == "plugin off":
        with scope(firm.id):
            enable_plugin(Actor(label="Test"), registry().plugins["gifts"])
    session.commit()
    return {"firm": firm.slug, "member": email}


@pytest.mark.parametrize("typed", WITH)
def test_what_writes_leaves_its_entry(
    typed: str, known: dict[str, str], run: Callable[..., str], session: Session
) -> None:
    words, action = WITH[typed]
    with watching(session) as watch:
        said = run(*typed.split(), *(word.format(**known) for word in words))
    assert said.endswith(".\n")
    assert watch.without_entry(frozenset()) == set()
    assert watch.entries
    found = list(session.scalars(select(DeskEntry.action)))
    for firm_id in session.scalars(select(Firm.id)).all():
        with scope(firm_id):
            found += session.scalars(select(AuditEntry.action))
    assert action in found


def test_what_cannot_be_done_is_one_line_and_leaves_nothing(
    run: Callable[..., str], session: Session, firm: Firm, make_member: Callable[..., Membership]
) -> None:
    admin = make_member("Ada Admin", role="admin")
    email = session.get_one(Person, admin.person_id).email
    session.commit()
    for words, told in (
        (("member", "role", firm.slug, email, "member"), "keeps at least one admin"),
        (("member", "suspend", firm.slug, "x@example.org", "--reason", "x"), "no member"),
        (("firm", "open", "nowhere"), "no firm at /f/nowhere/"),
        (("plugin", "on", firm.slug, "nonsense"), "No plugin nonsense"),
        (("staff", "remove", email), "is not staff"),
    ):
        with pytest.raises(AssertionError, match=told):
            run(*words)
        session.rollback()
    with scope(firm.id):
        assert session.scalars(select(AuditEntry)).all() == []
