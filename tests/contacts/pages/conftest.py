"""A member with an address book, and the ways to bring one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from coachhub.contacts.models import Contact, ContactImport
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from contacts.pages.doors import house
from fixtures_api import make_caller

__all__ = ["house", "make_caller"]


@pytest.fixture
def member(
    client: FlaskClient,
    make_member: Callable[..., Membership],
    sign_in: Callable[[FlaskClient, Membership], None],
) -> Membership:
    made = make_member("Mona")
    sign_in(client, made)
    return made


@pytest.fixture
def base(firm: Firm) -> str:
    return f"/f/{firm.slug}/contacts"


@pytest.fixture
def bring(client: FlaskClient, base: str) -> Callable[..., TestResponse]:
    """Upload a file's bytes; the answer leads to the import's page."""

    def upload(data: bytes, name: str = "Connections.csv") -> TestResponse:
        # Written by hand: the test client leaves files open behind large forms.
        quoted = name.replace('"', "%22")
        field = f'Content-Disposition: form-data; name="book"; filename="{quoted}"\r\n\r\n'
        body = b"--edge\r\n" + field.encode() + data + b"\r\n--edge--\r\n"
        return client.post(
            f"{base}/bring", data=body, content_type="multipart/form-data; boundary=edge"
        )

    return upload


@pytest.fixture
def take(client: FlaskClient, bring: Callable[..., TestResponse]) -> Callable[..., str]:
    """Upload a file and take it in; return the import's address."""

    def whole(data: bytes, name: str = "Connections.csv") -> str:
        preview = bring(data, name).location
        taken = client.post(f"{preview}/choices", data={"then": "take"})
        assert taken.status_code == 303
        return preview

    return whole


@pytest.fixture
def contacts_of(firm: Firm, session: Session) -> Callable[[Membership], dict[str, Contact]]:
    """Read a member's contacts from the database, by full name."""

    def read(owner: Membership) -> dict[str, Contact]:
        session.expire_all()
        with scope(firm.id):
            rows = list(session.scalars(select(Contact).where(Contact.owner_id == owner.id)))
            for row in rows:
                session.refresh(row)
                session.expunge(row)
        return {row.full_name() or row.email: row for row in rows}

    return read


@pytest.fixture
def last_import(firm: Firm, session: Session) -> Callable[[], ContactImport]:
    def read() -> ContactImport:
        with scope(firm.id):
            row = session.scalars(
                select(ContactImport).order_by(ContactImport.created_at.desc()).limit(1)
            ).one()
            session.refresh(row)
            session.expunge(row)
        return row

    return read
