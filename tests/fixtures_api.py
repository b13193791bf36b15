"""Tokens to knock with, and a cohort with something in it."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from coachhub.api import operations
from coachhub.api.operations import TokenDraft
from coachhub.api.scopes import OF_FIRMS, OF_PERSONS
from coachhub.cohorts.models import Cohort
from coachhub.core.access import Actor
from coachhub.core.tenancy import scope
from coachhub.firms.entrance import acting
from coachhub.firms.models import Firm, Membership
from coachhub.permissions import Standing

EVERYTHING = tuple(str(one) for one in OF_PERSONS)
OFFER = {
    "kind": "skill",
    "title": "Excel models: I check yours in half an hour",
    "topics": ["Excel"],
}


@dataclass
class Caller:
    """A program with a token."""

    app: Flask
    text: str = ""

    def ask(self, method: str, path: str, **more: Any) -> TestResponse:
        headers = more.pop("headers", {})
        if self.text:
            headers = {"Authorization": f"Bearer {self.text}", **headers}
        path = path if path.startswith("/api/") else f"/api/v1{path}"

        def knock() -> TestResponse:
            client = self.app.test_client(use_cookies=False)
            return client.open(path, method=method, headers=headers, **more)

        return contextvars.Context().run(knock)

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.ask("GET", path, **more)

    def post(self, path: str, json: Any = None, **more: Any) -> TestResponse:
        return self.ask("POST", path, json={} if json is None else json, **more)

    def put(self, path: str, json: Any, revision: int | None = None) -> TestResponse:
        headers = {} if revision is None else {"If-Match": f'"{revision}"'}
        return self.ask("PUT", path, json=json, headers=headers)


def admin_actor() -> Actor:
    return Actor(label="Ada", standings=frozenset({Standing.ANYONE, Standing.ADMIN}))


@pytest.fixture
def make_caller(app: Flask, session: Session) -> Callable[..., Caller]:
    """A program with a token of somebody's, or of the firm's own for a firm."""

    def make(whose: Membership | Firm | None, *scopes: str, days: int = 90) -> Caller:
        if whose is None:
            return Caller(app)
        if isinstance(whose, Firm):
            draft = TokenDraft("Directory", scopes or tuple(map(str, OF_FIRMS)), days)
            with scope(whose.id):
                made = operations.make_firms(admin_actor(), draft)
        else:
            draft = TokenDraft("Sheet", scopes or EVERYTHING, days)
            with scope(whose.firm_id):
                made = operations.make_own(acting(whose), draft)
        text = made.text
        session.commit()
        return Caller(app, text)

    return make


class Group:
    """A cohort by id, with its people by id, and programs of theirs, made when they are needed."""

    def __init__(self, make: Callable[[str], Caller], **ids: UUID) -> None:
        self.firm_id, self.cohort_id = ids["firm"], ids["cohort"]
        self.member_id, self.other_id = ids["member"], ids["other"]
        self.admin_id = ids["admin"]
        self._make = make
        self._made: dict[str, Caller] = {}

    def __getattr__(self, name: str) -> Caller:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    @property
    def path(self) -> str:
        return f"/cohorts/{self.cohort_id}"


@pytest.fixture
def group(
    firm: Firm,
    session: Session,
    make_cohort: Callable[..., Cohort],
    make_member: Callable[..., Membership],
    make_caller: Callable[..., Caller],
) -> Group:
    """Programs of a `member`, an `other`, a `coach`, an `admin`, and of the `firm`."""
    cohort = make_cohort("Spring")
    people = {
        "member": make_member("Mona", cohorts=(cohort,)),
        "other": make_member("Otto", cohorts=(cohort,)),
        "coach": make_member("Cora", role="coach", cohorts=(cohort,)),
        "admin": make_member("Ada", role="admin"),
    }
    ids = {"firm": firm.id, "cohort": cohort.id} | {key: one.id for key, one in people.items()}
    session.commit()

    def make(name: str) -> Caller:
        if name == "firm":
            return make_caller(session.get_one(Firm, ids["firm"]))
        with scope(ids["firm"]):
            return make_caller(session.get_one(Membership, (ids["firm"], ids[name])))

    return Group(make, **ids)
