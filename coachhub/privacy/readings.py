"""Who looked at what of a member's, in the member's words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from coachhub.core.audit import AuditEntry
from coachhub.core.words import gettext, gettext_noop

_WHAT = {
    "contact.shown": gettext_noop(
        "Your name and address were shown in an introduction, after every yes"
    ),
    "reporter.shown": gettext_noop("It was looked up that you had reported something"),
    "note.shown": gettext_noop("Private notes about you were opened"),
    "seen.reporter": gettext_noop("It was looked up that you had reported something"),
    "seen.author": gettext_noop("What you wrote, and earlier decisions on it, were looked at"),
    "seen.private_note": gettext_noop("A private note about you was opened"),
    "seen.member": gettext_noop("Your page was opened in the firm's desk"),
    "seen.details": gettext_noop("Your details were looked at"),
    "seen.export": gettext_noop("A list with your details was downloaded"),
    "seen.break_glass": gettext_noop(
        "CoachHub's desk looked into the firm, for a reason it was told"
    ),
}
_WAYS = {
    "page": gettext_noop("on a page"),
    "mail": gettext_noop("by mail"),
    "program": gettext_noop("to a program of theirs"),
}
_WHO = {
    "giver": gettext_noop("the member who introduced you"),
    "receiver": gettext_noop("the member you were introduced to"),
    "outsider": gettext_noop("the person outside whom you wanted to meet"),
    "recruiter": gettext_noop("a recruiter on whose list you wanted to be"),
}


@dataclass(frozen=True)
class Reading:
    """One line of the page: when, who by their role, and what."""

    at: dt.datetime
    who: str
    what: str
    why: str


def told(entry: AuditEntry) -> Reading:
    """Return an entry of the record as its member may read it: a role, never a name."""
    role = str(entry.details.get("role", ""))
    way = gettext(_WAYS.get(str(entry.details.get("way", "")), ""))
    unknown = "CoachHub" if entry.actor_membership_id is None else gettext_noop("a moderator")
    what = gettext(_WHAT.get(entry.action, _WHAT["seen.details"]))
    return Reading(
        entry.created_at,
        gettext(_WHO.get(role, role or unknown)),
        f"{what}, {way}" if way else what,
        str(entry.details.get("reason", "")),
    )
