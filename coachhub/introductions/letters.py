"""The mails of an introduction. Each is made from what its reader may see, see `shown`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from coachhub.board.models import Lead
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.links import absolute
from coachhub.core.tenancy import current_firm_id
from coachhub.core.tokens import hashed, new_token
from coachhub.core.words import day, gettext, in_language, listed
from coachhub.firms.models import Firm, Membership
from coachhub.introductions.answers import Side
from coachhub.introductions.hooks import MEMBER_CARD
from coachhub.introductions.models import Introduction, Meeting
from coachhub.introductions.rules import asked_in_person
from coachhub.introductions.shown import Facts, shown
from coachhub.introductions.words import OUTCOMES
from coachhub.mail import addresses
from coachhub.mail.message import Invitation
from coachhub.mail.outbox import Letter, queue_letter
from coachhub.moderation.guards import caution

REPLY_KIND = "introduction"


@dataclass(frozen=True)
class Guest:
    """Somebody who meets: a member with their time zone and language, or the outside contact."""

    name: str
    email: str
    membership_id: UUID | None = None
    timezone: str = ""
    language: str = ""


def giver_asked(introduction: Introduction) -> None:
    """Ask the giver, with the receiver's gift."""
    _to_side(introduction, "giver", "giver-asked", once=turn(introduction))


def receiver_asked(introduction: Introduction) -> None:
    """Ask the receiver; for a door without a word of whose it is."""
    _to_side(introduction, "receiver", "receiver-asked", once=turn(introduction))


def outsider_asked(introduction: Introduction) -> None:
    """Write to the outside contact, once; without an address ask the giver to do it."""
    if asked_in_person(introduction):
        ask_in_person_reminder(introduction, once=turn(introduction))
        return
    token = new_token()
    introduction.outsider_token_hash = hashed(token)
    facts = Facts([introduction])
    _to_contact(
        introduction,
        facts,
        "outsider-asked",
        once=turn(introduction),
        # Where we take no mail, an answer goes to whoever asked us to write.
        reply_to="" if addresses.domain() else facts.email_of(introduction.giver_id),
        more={
            "company": facts.companies.get(introduction.company_id or introduction.id, ""),
            "link": absolute("introductions.hello", token=token),
        },
    )


def words_from_contact(introduction: Introduction, text: str) -> None:
    """Bring what the outside contact wrote to us to the giver, whom it was meant for."""
    if text.strip():
        _to_side(
            introduction,
            "giver",
            "contact-wrote",
            once=hashed(text)[:16],
            more={
                "contact_name": introduction.contact_name,
                "words": text,
                "caution": caution(introduction.giver_id, "contact_wrote", text),
            },
        )


def ask_in_person_reminder(introduction: Introduction, *, once: str) -> bool:
    """Ask the giver to speak with their contact and to tell us the answer."""
    if not asked_in_person(introduction):
        return False
    return _to_side(introduction, "giver", "ask-in-person", once=once)


def answer_reminder(introduction: Introduction, side: str, *, once: str) -> bool:
    """Remind giver or receiver that an answer is still open, and that no is a good answer."""
    reader: Side = "giver" if side == "giver" else "receiver"
    return _to_side(introduction, reader, "expired-reminder", once=once)


def introduced(actor: Actor, introduction: Introduction) -> None:
    """Bring all sides together: a mail each, with names and addresses; every showing is logged."""
    for side in ("giver", "receiver"):
        _to_side(introduction, side, "introduced", once="met")
        log_shown(actor, introduction, to=side, way="mail")
    if introduction.asset != "door" or asked_in_person(introduction):
        return
    facts = Facts([introduction])
    giver_email = facts.email_of(introduction.giver_id)
    receiver_email = facts.email_of(introduction.receiver_id)
    _to_contact(
        introduction,
        facts,
        "introduced-contact",
        once="met",
        reply_to=receiver_email,
        more={"giver_email": giver_email, "receiver_email": receiver_email},
    )
    log_shown(actor, introduction, to="outsider", way="mail")


def promise_reminder(introduction: Introduction, *, once: str, from_coach: bool = False) -> bool:
    """Remind the giver of their promise."""
    return _to_side(
        introduction,
        "giver",
        "promise-reminder",
        once=once,
        more={"from_coach": from_coach},
    )


def promise_kept(introduction: Introduction) -> None:
    """Tell the receiver that the giver has kept their promise."""
    _to_side(introduction, "receiver", "promise-kept", once="kept")


def thanked(introduction: Introduction) -> None:
    """Bring the receiver's thanks to the giver; the same words once."""
    _to_side(introduction, "giver", "thanked", once=hashed(introduction.thanks)[:16])


def outcome(introduction: Introduction) -> None:
    """Tell the giver what came of what they gave; the same news once."""
    told = f"{introduction.outcome_kind}:{introduction.outcome}"
    _to_side(
        introduction,
        "giver",
        "outcome",
        once=hashed(told)[:16],
        more={"outcome": OUTCOMES[introduction.outcome_kind]},
    )


def meeting(
    introduction: Introduction, meeting: Meeting, guests: list[Guest], calendar: bytes
) -> None:
    """Send everybody who meets the event for their calendar: new, moved or cancelled."""
    cancelled = meeting.cancelled_at is not None
    said = "cancelled" if cancelled else ("set" if not meeting.sequence else "changed")
    for guest in guests:
        with in_language(guest.language or _firm().language):
            starts_at = meeting.starts_at.astimezone(ZoneInfo(guest.timezone or _firm().timezone))
            queue_letter(
                Letter(
                    kind="meeting",
                    to_address=guest.email,
                    to_name=guest.name,
                    once=f"meeting:{meeting.id}:{meeting.sequence}:{hashed(guest.email)[:16]}",
                    from_name=firm_name(),
                    reply_to=next(one.email for one in guests if one is not guest),
                    membership_id=guest.membership_id,
                    introduction_id=introduction.id,
                    invitation=Invitation(calendar.decode(), "CANCEL" if cancelled else "REQUEST"),
                    context=_common()
                    | {
                        "name": guest.name,
                        "said": said,
                        "others": listed(one.name for one in guests if one is not guest),
                        "day": day(starts_at.date(), "full"),
                        "time": f"{starts_at:%H:%M} ({str(starts_at.tzinfo).replace('_', ' ')})",
                        "minutes": meeting.minutes,
                        "place": meeting.place,
                        "link": absolute("introductions.one", introduction_id=introduction.id)
                        if guest.membership_id
                        else "",
                    },
                )
            )


def shortlist(
    actor: Actor, lead: Lead, rows: list[Introduction], to_address: str, note: str
) -> bool:
    """Send up to three willing members to a recruiter, or to the giver to pass on; say if it went.

    Without `to_address` the mail goes to the lead's owner. Every showing is logged.
    """
    facts = Facts(rows)
    owner = db.session.scalars(select(Membership).where(Membership.id == lead.owner_id)).one()
    ids = "".join(sorted(row.receiver_id.hex for row in rows))
    own_address = facts.email_of(owner.id)
    with in_language(_firm().language if to_address else facts.language_of(owner.id)):
        row = queue_letter(
            Letter(
                kind="shortlist",
                to_address=to_address or own_address,
                to_name="" if to_address else owner.name,
                once=f"shortlist:{lead.id}:{hashed(ids)[:16]}:{'out' if to_address else 'own'}",
                from_name=gettext("%(name)s through %(firm)s", name=owner.name, firm=_firm().name),
                reply_to=own_address if to_address else "",
                membership_id=None if to_address else owner.id,
                context=_common()
                | {
                    "to_recruiter": bool(to_address),
                    "giver": owner.name,
                    "role": lead.title,
                    "place": lead.place,
                    "note": note,
                    "people": [
                        {
                            "member": facts.members[one.receiver_id],
                            "email": facts.email_of(one.receiver_id),
                            "blurb": one.blurb,
                            "cards": MEMBER_CARD.call(facts.members[one.receiver_id]),
                        }
                        for one in rows
                    ],
                },
            )
        )
    for one in rows:
        log_shown(actor, one, to="recruiter" if to_address else "giver", way="mail")
    return row is not None


def log_shown(actor: Actor, introduction: Introduction, *, to: str, way: str) -> None:
    """Record that names and addresses were shown to one side; never the names themselves."""
    both = {"giver": introduction.giver_id, "receiver": introduction.receiver_id}
    audit.record(
        actor,
        "contact.shown",
        kind="introduction",
        subject=introduction.id,
        whose=[str(member_id) for side, member_id in both.items() if side != to],
        role=to,
        to=to,
        way=way,
        outside_contact=introduction.asset == "door" and to != "outsider",
    )


def _to_side(
    introduction: Introduction,
    side: Side,
    kind: str,
    *,
    once: str,
    more: dict[str, Any] | None = None,
) -> bool:
    facts = Facts([introduction])
    member_id = introduction.giver_id if side == "giver" else introduction.receiver_id
    with in_language(facts.language_of(member_id)):
        seen = shown(introduction, side, facts)
        row = queue_letter(
            Letter(
                kind=kind,
                to_address=facts.email_of(member_id),
                to_name=facts.members[member_id].name,
                once=f"{kind}:{introduction.id}:{side}:{once}",
                from_name=firm_name(),
                reply_to=seen.other.email if kind == "introduced" else "",
                reply_kind=REPLY_KIND,
                subject_id=seen.id,
                membership_id=member_id,
                introduction_id=introduction.id,
                context=_common()
                | {
                    "name": facts.members[member_id].name,
                    "introduction": seen,
                    "link": absolute("introductions.one", introduction_id=seen.id),
                }
                | (more or {}),
            )
        )
    return row is not None


def _to_contact(
    introduction: Introduction,
    facts: Facts,
    kind: str,
    *,
    once: str,
    reply_to: str,
    more: dict[str, Any],
) -> None:
    """Write to the outside contact, in the giver's name, through the firm's address."""
    giver = facts.members[introduction.giver_id].name
    with in_language(_firm().language):
        queue_letter(
            Letter(
                kind=kind,
                to_address=introduction.contact_email,
                to_name=introduction.contact_name,
                once=f"{kind}:{introduction.id}:{once}",
                from_name=gettext("%(name)s through %(firm)s", name=giver, firm=_firm().name),
                reply_to=reply_to,
                reply_kind=REPLY_KIND,
                subject_id=introduction.id,
                introduction_id=introduction.id,
                context=_common()
                | {
                    "contact_name": introduction.contact_name,
                    "giver": giver,
                    "receiver": facts.members[introduction.receiver_id].name,
                    "gift": introduction.gift,
                    "blurb": introduction.blurb,
                }
                | more,
            )
        )


def turn(introduction: Introduction) -> str:
    """Return what is new each time a side's turn comes, so that asking again is a new letter."""
    return f"{introduction.state_since.timestamp():.0f}"


def _common() -> dict[str, Any]:
    return {"firm": _firm(), "by_mail": bool(addresses.domain())}


def firm_name() -> str:
    """Return the name under which the firm writes."""
    return _firm().sender_name or _firm().name


def _firm() -> Firm:
    return db.session.get_one(Firm, current_firm_id())
