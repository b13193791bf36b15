"""Writing people: made on invitation, or by the platform's desk."""

from __future__ import annotations

import json
import secrets
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email
from flask import current_app
from flask_security import hash_password
from sqlalchemy import select

from coachhub.accounts.models import Passkey, Person
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.words import LANGUAGES, gettext, language

LONGEST_NAME = 120


class PasswordError(DomainError):
    """A password does not keep the rules; the message says which."""

    status = 422


def clean_address(address: str) -> str:
    """Return a mail address in the form it is kept: lower case, domain normalised.

    Raises DomainError for what is no address.
    """
    try:
        checked = validate_email(address.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise DomainError(
            gettext(
                "“%(strip)s” is not a mail address: %(error)s", strip=address.strip(), error=error
            )
        ) from error
    return checked.normalized.lower()


def find_person(address: str) -> Person | None:
    """Return who signs in with a mail address, if anybody does."""
    return db.session.scalar(select(Person).where(Person.email == clean_address(address)))


def add_person(address: str, name: str, password: str | None = None, **columns: Any) -> Person:
    """Make a person. Without a password they sign in by a code sent to their address.

    Their language is that of the page they come from, until they choose another.

    Raises PasswordError where the password does not keep the rules.
    """
    person = Person(
        email=clean_address(address),
        name=" ".join(name.split())[:LONGEST_NAME],
        fs_uniquifier=secrets.token_urlsafe(32),
        confirmed_at=now(),
        **{"language": language(), **columns},
    )
    if password is not None:
        set_password(person, password)
    db.session.add(person)
    db.session.flush()
    return person


def set_password(person: Person, password: str) -> None:
    """Give a person a new password; every session they had ends."""
    problems, cleaned = current_app.extensions["security"].password_util.validate(
        password, is_register=True, user=person
    )
    if problems:
        raise PasswordError(" ".join(problems))
    person.password = hash_password(cleaned)
    person.fs_uniquifier = secrets.token_urlsafe(32)
    person.us_totp_secrets = None


def introduce(person: Person, name: str, timezone: str, chosen: str) -> None:
    """Change how a person is called, where their day begins, and the language they read.

    Raises DomainError for a time zone that does not exist, or a language that is not ours.
    """
    if chosen not in LANGUAGES:
        raise DomainError(gettext("Please choose one of the languages."))
    if timezone not in available_timezones():
        raise DomainError(gettext("There is no time zone “%(timezone)s”.", timezone=timezone))
    person.name = " ".join(name.split())[:LONGEST_NAME]
    if timezone != person.timezone:
        person.timezone, person.timezone_from = timezone, "chosen"
    person.language = chosen
    db.session.flush()


def settle_timezone(person: Person, zone: str, source: str = "browser") -> bool:
    """Take over a time zone that nobody chose: the firm's (`given`) or the `browser`'s own.

    A browser's counts once, and never against what the person chose. Unknown zones are ignored.
    Returns whether it was taken.
    """
    if person.timezone_from != "given" or zone not in available_timezones():
        return False
    person.timezone, person.timezone_from = zone, source
    db.session.flush()
    return True


def change_address(person: Person, address: str) -> None:
    """Give a person another address to sign in with and to get mails at.

    Raises IntegrityError where somebody else has just taken it.
    """
    person.email = clean_address(address)
    person.us_totp_secrets = None
    db.session.flush()


def sign_out_everywhere(person: Person) -> None:
    """End every session of a person, this one too."""
    person.fs_uniquifier = secrets.token_urlsafe(32)
    db.session.flush()


def new_mail_code(person: Person) -> str:
    """Return a fresh code to be mailed; the one before is no good any more."""
    factory = current_app.extensions["security"].totp_factory
    secret = factory.new_mail_secret()
    person.us_totp_secrets = json.dumps({"email": secret})
    db.session.flush()
    code: str = factory.generate_totp_password(secret)
    return code


def drop_mail_code(person: Person) -> None:
    """Make the mailed code worthless, after it was used."""
    person.us_totp_secrets = None
    db.session.flush()


def remove_app(person: Person) -> None:
    """Take the authenticator app off an account, with the recovery codes that stand in for it."""
    person.tf_primary_method = person.tf_totp_secret = person.totp_counter = None
    person.mf_recovery_codes = None
    db.session.flush()


def find_passkey(person: Person, passkey_id: UUID) -> Passkey:
    """Return a person's passkey; raises NotFoundError for another's."""
    passkey = next((one for one in person.webauthn if one.id == passkey_id), None)
    if passkey is None:
        raise NotFoundError
    return passkey


def remove_passkey(person: Person, passkey: Passkey) -> None:
    """Take a passkey off an account."""
    person.webauthn.remove(passkey)
    db.session.flush()
