"""Where others join in the mail room."""

from __future__ import annotations

from uuid import UUID

from coachhub.core.hooks import Hook
from coachhub.mail.models import FirmMail

INBOUND: Hook[[str, UUID, UUID | None, str], str | None] = Hook(
    "inbound",
    "Called when somebody answers a letter by mail, with the `reply_kind` and `subject_id` of the"
    " letter, the membership it was for (None for somebody outside) and the lines they wrote"
    " themselves. Return the sentence to answer with, or None if the letter was not yours. A"
    " DomainError undoes what was done and its sentence is the answer.",
    gives=str,
)

MAY_SEND: Hook[[FirmMail], str] = Hook(
    "may_send",
    "Called just before a firm's mail is handed to the relay; return why it must not go any more,"
    " or an empty string.",
    gives=str,
)

READS: Hook[[UUID | None], str] = Hook(
    "reads",
    "Called when a mail is answered, with the membership that the answer goes to (None for"
    " somebody outside); return the language that they read.",
    gives=str,
    between_rooms=True,
)
