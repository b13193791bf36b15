"""Sign-in mails, written after the page is answered.

The page does the same for an address that nobody has: how long it takes tells nothing.
"""

from __future__ import annotations

from coachhub.accounts import letters, operations
from coachhub.core.jobs import job


@job("accounts.mail_code", for_platform=True)
def mail_code(address: str) -> None:
    """Mail a fresh sign-in code to whoever has the address; nothing if nobody has."""
    person = operations.find_person(address)
    if person is not None and person.active:
        letters.send_code(person, operations.new_mail_code(person))


@job("accounts.mail_reset", for_platform=True)
def mail_reset(address: str) -> None:
    """Mail the link to a new password to whoever has the address; nothing if nobody has."""
    person = operations.find_person(address)
    if person is not None and person.active:
        letters.send_reset(person)
