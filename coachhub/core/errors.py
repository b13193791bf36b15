"""Errors that carry a sentence for the person who meets them."""

from __future__ import annotations

from coachhub.core.words import gettext


class DomainError(Exception):
    """Something a person asked for cannot be done; the message says why and how to mend it."""

    status = 409


class NotFoundError(DomainError):
    """The thing does not exist for this person: foreign and missing look the same."""

    status = 404

    def __init__(self, message: str = "") -> None:
        """Say what is missing; the default fits a page."""
        super().__init__(message or gettext("We could not find that page."))


class NotAllowedError(DomainError):
    """The person is known, and may not do this."""

    status = 403

    def __init__(self, message: str = "") -> None:
        """Say what is not allowed; the default fits a page."""
        super().__init__(message or gettext("Your role here does not include this page."))
