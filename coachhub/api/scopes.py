"""What a token may be used for: few and plain, each in a sentence that its maker reads."""

from __future__ import annotations

from enum import StrEnum

from coachhub.core.words import gettext_noop


class Scope(StrEnum):
    """One thing that a token may be used for; it never lets anybody do more than they may."""

    ME_READ = "me:read"
    BOARD_READ = "board:read"
    BOARD_WRITE = "board:write"
    INTRODUCTIONS_READ = "introductions:read"
    INTRODUCTIONS_WRITE = "introductions:write"
    COHORTS_READ = "cohorts:read"
    MEMBERS_READ = "members:read"
    SCIM = "scim"
    WEBHOOKS = "webhooks"


MEANINGS: dict[Scope, str] = {
    Scope.ME_READ: gettext_noop("Read your own profile and what your next digest would say"),
    Scope.BOARD_READ: gettext_noop("Read the boards you can see, and your own posts"),
    Scope.BOARD_WRITE: gettext_noop(
        "Post, change and close targets, offers, asks and leads in your name"
    ),
    Scope.INTRODUCTIONS_READ: gettext_noop("Read your own introductions and matches"),
    Scope.INTRODUCTIONS_WRITE: gettext_noop("Answer, promise and thank in your name"),
    Scope.COHORTS_READ: gettext_noop("Read the list of cohorts"),
    Scope.MEMBERS_READ: gettext_noop("Read who is in the cohorts, as coaches and admins can"),
    Scope.SCIM: gettext_noop("Let your directory add, change and remove people (SCIM)"),
    Scope.WEBHOOKS: gettext_noop("Look after webhooks and read what they were sent"),
}

# A person's token acts as that member; a firm's acts for the house and posts nothing.
OF_PERSONS = (
    Scope.ME_READ,
    Scope.BOARD_READ,
    Scope.BOARD_WRITE,
    Scope.INTRODUCTIONS_READ,
    Scope.INTRODUCTIONS_WRITE,
    Scope.COHORTS_READ,
    Scope.MEMBERS_READ,
)
OF_FIRMS = (Scope.COHORTS_READ, Scope.MEMBERS_READ, Scope.SCIM, Scope.WEBHOOKS)
