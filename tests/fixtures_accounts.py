"""People who sign in for real: with a password, a code from a mail, an app, a passkey."""

import email
import email.policy
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.accounts.models import Person
from coachhub.core.jobs import queue
from coachhub.firms.models import Membership
from coachhub.mail.models import AccountMail

PASSWORD = "clouds over seven bridges"


@dataclass
class SomebodyAtSignIn:
    """A membership's person with a password, at a client of their own."""

    client: FlaskClient
    membership: Membership
    person: Person
    app: Flask
    session: Session

    def password(self, password: str = PASSWORD, **more: str) -> Any:
        """Type mail address and password."""
        form = {"email": self.person.email, "password": password, **more}
        return self.client.post("/account/login", data=form)

    def is_in(self) -> bool:
        """Say whether the page for signed-in people opens."""
        return self.client.get("/account/").status_code == 200

    def mails(self) -> list[email.message.EmailMessage]:
        """Return the mails to this person, oldest first."""
        queue().drain()
        rows = self.session.scalars(
            select(AccountMail)
            .where(AccountMail.to_address == self.person.email)
            .order_by(AccountMail.id)
        )
        return [email.message_from_bytes(row.raw, policy=email.policy.default) for row in rows]

    def last_text(self) -> str:
        """Return the text of the newest mail."""
        return self.mails()[-1].get_body(("plain",)).get_content()

    def mailed_code(self) -> str:
        """Return the code in the newest mail."""
        return "".join(re.search(r"(\d{4}) (\d{4})", self.last_text()).groups())

    def mailed_link(self) -> str:
        """Return the path of the link in the newest mail."""
        return re.search(r"http://hub\.example\.org(\S+)", self.last_text()).group(1)

    def add_app(self) -> str:
        """Set up an authenticator app through the pages; return its secret."""
        page = self.client.post("/account/tf-setup", data={"setup": "authenticator"}).text
        secret = self.session_value("tf_totp_secret")
        target = re.search(r'action="(/account/tf-setup/[^"]+)"', page).group(1)
        answer = self.client.post(target, data={"code": self.app_code(secret)})
        assert answer.headers["Location"] == "/account/mf-recovery-codes"
        self.person.totp_counter = None  # as if half a minute had gone by
        self.session.commit()
        return secret

    def app_code(self, secret: str) -> str:
        """Return what the authenticator app shows now."""
        return self.app.extensions["security"].totp_factory.generate_totp_password(secret)

    def session_value(self, key: str) -> Any:
        """Return what the cookie holds."""
        with self.client.session_transaction() as cookie:
            return cookie.get(key)


@pytest.fixture
def somebody(
    app: Flask, session: Session, make_member: Callable[..., Membership]
) -> Callable[..., SomebodyAtSignIn]:
    def make(**columns: Any) -> SomebodyAtSignIn:
        membership = make_member(**columns)
        person = session.get_one(Person, membership.person_id)
        person.password = hash_password(PASSWORD)
        session.commit()
        return SomebodyAtSignIn(app.test_client(), membership, person, app, session)

    return make
