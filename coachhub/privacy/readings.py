"""Who looked at what of a member's, in the member's words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from coachhub.core.audit import AuditEntry

_WHAT = {
    "contact.shown": "Your name and address were shown in an introduction, after every yes",
    "reporter.shown": "It was looked up that you had reported something",
    "note.shown": "Private notes about you were opened",
    "seen.reporter": "It was looked up that you had reported something",
    "seen.author": "What you wrote, and earlier decisions on it, were looked at",
    "seen.private_note": "A private note about you was opened",
    "seen.member": "Your page was opened in the firm's desk",
    "seen.details": "Your details were looked at",
    "seen.export": "A list with your details was downloaded",
    "seen.break_glass": "CoachHub's desk looked into the firm, for a reason it was told",
}
_WAYS = {"page": "on a page", "mail": "by mail", "program": "to a program of theirs"}
_WHO = {
    "giver": "the member who introduced you",
    "receiver": "the member you were introduced to",
    "outsider": "the person outside whom you wanted to meet",
    "recruiter": "a recruiter on whose list you wanted to be",
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
    way = _WAYS.get(str(entry.details.get("way", "")), "")
    what = _WHAT.get(entry.action, _WHAT["seen.details"])
    return Reading(
        entry.created_at,
        _WHO.get(
            role, role or ("CoachHub" if entry.actor_membership_id is None else "a moderator")
        ),
        f"{what}, {way}" if way else what,
        str(entry.details.get("reason", "")),
    )
