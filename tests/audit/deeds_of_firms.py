"""What a firm's admins and the platform's staff do, and the entry that each deed leaves."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from sqlalchemy import select, update

from audit.deeds import Deed, inside
from audit.deeds_of_cases import appealed
from audit.deeds_of_sign_on import DEEDS as OF_SIGN_ON
from coachhub.accounts.models import Alert
from coachhub.api.operations import TokenDraft, make_firms
from coachhub.cohorts.models import Cohort
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.digests.models import Digest
from coachhub.firms.models import (
    Firm,
    Membership,
    PluginTrouble,
    Roster,
    RosterLine,
    StaffVisit,
)
from coachhub.firms.plugins import disable_plugin
from coachhub.mail.models import FirmMail
from coachhub.mail.signing import set_sender
from coachhub.moderation.models import Appeal
from coachhub.moderation.operations import hand_to_desk
from coachhub.permissions import Standing
from coachhub.privacy import retention, wishes
from walls.world import Side, World

WHY = "Their imports hang since noon."
PITCH = {"pace": "130", "hook_seconds": "12", "pitch_seconds": "40"}
HOOK = {"name": "Desk", "events": ["post.created"]}
FIRM = {"name": "Harbour", "sender_name": "", "colour": "#123456", "language": "en"}


def suspended(side: Side) -> None:
    one = db.session.scalars(select(Membership).where(Membership.id == side.other.id)).one()
    one.state = "suspended"


def plugin_off(_side: Side) -> None:
    for name in ("outcomes", "contact_card"):
        if name in registry().plugins:
            disable_plugin(Actor(label="Test"), registry().plugins[name])


def own_sender(_side: Side) -> None:
    set_sender(Actor(label="Test"), "hello@firm.example.org", "")


def came_back(side: Side) -> None:
    db.session.execute(
        update(FirmMail).where(FirmMail.id == side.thing("mail_id")).values(bounced="hard")
    )


def digest_waits(side: Side) -> None:
    mail_id, member_id = side.thing("mail_id"), side.other.id
    db.session.execute(update(FirmMail).where(FirmMail.id == mail_id).values(state="waiting"))
    db.session.add(Digest(membership_id=member_id, period=now().date(), mail_id=mail_id))


def roster(side: Side, state: str = "preview") -> dict[str, Any]:
    made = Roster(filename="people.csv", by_id=side.admin.id, state=state)
    db.session.add(made)
    db.session.flush()
    db.session.add(RosterLine(roster_id=made.id, line=2, email="new@example.org", state="good"))
    return {"roster_id": made.id}


def roster_under_way(side: Side) -> dict[str, Any]:
    return roster(side, "sending")


def visit(world: World) -> dict[str, Any]:
    begun = now()
    with scope(world.own.firm.id):
        made = StaffVisit(
            created_at=begun, person_id=world.staff.person_id, name="Staff", reason=WHY,
            until=begun + dt.timedelta(minutes=30),
        )  # fmt: skip
        db.session.add(made)
        db.session.commit()
        return {"visit_id": made.id}


def closed(world: World) -> None:
    db.session.execute(update(Firm).where(Firm.id == world.own.firm.id).values(active=False))
    db.session.commit()


def troubled(_world: World) -> None:
    db.session.add(PluginTrouble(plugin="contact_card", hook="menu", how="ValueError"))
    db.session.commit()


def closed_cohort(side: Side) -> None:
    db.session.execute(update(Cohort).where(Cohort.id == side.cohort.id).values(state="closed"))


def named(side: Side) -> dict[str, Any]:
    one = db.session.scalars(select(Membership).where(Membership.id == side.other.id)).one()
    one.state = "left"
    return {"name": one.name}


def kept_days(_side: Side) -> dict[str, Any]:
    times = [str(days) for days, _words in retention.TIMES]
    return {
        one.key: next(day for day in times if day != str(one.days)) for one in retention.kinds()
    }


def wished(side: Side) -> None:
    one = db.session.scalars(select(Membership).where(Membership.id == side.other.id)).one()
    one.state = "left"
    wishes.ask(Actor("Adm own", None, side.admin.id, frozenset({Standing.ADMIN})), one, one.name)


def appealed_to_desk(side: Side) -> dict[str, Any]:
    given = appealed(side)
    asked = db.session.scalars(select(Appeal)).one()
    hand_to_desk(Actor(label="Test"), asked)
    return {"appeal_id": asked.id, **given}


def house_token(side: Side) -> dict[str, Any]:
    actor = Actor("Adm own", None, side.admin.id, frozenset({Standing.ADMIN}))
    return {"token_id": make_firms(actor, TokenDraft("Directory", ("scim",))).token.id}


def raised(world: World) -> dict[str, Any]:
    made = Alert(person_id=world.own.member.person_id, tries=20, last_at=now())
    db.session.add(made)
    db.session.commit()
    return {"alert_id": made.id}


DEEDS: dict[str, Deed] = {
    "trail.copy": Deed("audit.exported"),
    "console.firm": Deed("firm.changed", FIRM),
    "console.invite": Deed("member.invited", {"email": "new@example.org", "role": "coach"}),
    "console.export": Deed("roster.exported"),
    "console.resend": Deed("member.invited"),
    "console.withdraw": Deed("invitation.withdrawn"),
    "console.person": Deed("member.role_changed", {"role": "coach"}),
    "console.change_state": Deed("member.suspended", {"reason": "x"}, choose={"step": "suspend"}),
    "console.change_state: remove": Deed("member.left", choose={"step": "remove"}),
    "console.change_state: reinstate": Deed(
        "member.reinstated", before=inside(suspended), choose={"step": "reinstate"}
    ),
    "console.plugin_settings": Deed("plugin.settings_changed", PITCH, choose={"name": "pitch"}),
    "console.switch": Deed("plugin.", choose={"step": "disable"}),
    "console.switch: enable": Deed(
        "plugin.enabled", before=inside(plugin_off), choose={"step": "enable"}
    ),
    "mails.decide": Deed("mail.sent_again", choose={"step": "again"}),
    "mails.decide: leave": Deed("mail.left", choose={"step": "leave"}),
    "mails.decide: lift": Deed("address.lifted", before=inside(came_back), choose={"step": "lift"}),
    "mails.sender": Deed("sender.set", {"address": "hello@firm.example.org", "private_key": ""}),
    "mails.check": Deed(nothing="It only asks the name servers."),
    "mails.forget": Deed("sender.forgotten", before=inside(own_sender)),
    "mails.stop": Deed("digests.stopped", before=inside(digest_waits)),
    "mails.test_send": Deed("mail.tested"),
    "rosters.index": Deed(
        form={"file": (io.BytesIO(b"Email\nnew@example.org\n"), "a.csv"), "role": "member"},
        nothing="A preview: nobody is invited yet.",
        writes=frozenset({"firms_roster", "firms_roster_line"}),
    ),
    "rosters.change": Deed("roster.sent", before=inside(roster), choose={"step": "send"}),
    "rosters.change: drop": Deed("roster.dropped", before=inside(roster), choose={"step": "drop"}),
    "rosters.change: undo": Deed(
        "roster.undone", before=inside(roster_under_way), choose={"step": "undo"}
    ),
    "visits.end": Deed("staff.ended", before=visit),
    "cohorts.new": Deed("cohort.created", {"name": "Autumn", "about": ""}),
    "cohorts.edit": Deed("cohort.edited", {"name": "Renamed", "about": ""}),
    "cohorts.close": Deed("cohort.closed"),
    "cohorts.reopen": Deed("cohort.reopened", before=inside(closed_cohort)),
    "all_rounds.switch": Deed("firm.changed", {"alliances": "named"}),
    "outcomes.count": Deed("outcomes.counted"),
    "house.hours": Deed(
        "business_hours.",
        {"zone": "UTC", "begins": "09:00", "ends": "17:00", "weekdays": ["0", "1"], "free": ""},
    ),
    "house.rule": Deed(
        "house_rule.",
        {"is_on": "y", "title": "Be kind", "meaning": "It hurts.", "advice": "Say it kindly."},
    ),
    "house.first_posts": Deed("firm.first_posts", {"count": "3"}),
    "watched.add": Deed("watched_words.added", {"lines": "crypto*", "effect": "nudge"}),
    "watched.drop": Deed("watched_words.dropped"),
    "privacy.keep_how_long": Deed("retention.", before=inside(kept_days)),
    "privacy.erase_member": Deed("member.erasure_asked", before=inside(named)),
    "privacy.keep_member": Deed("member.erasure_taken_back", before=inside(wished)),
    "privacy.forget_name": Deed("stranger.", {"name": "Nora North", "company": "Reed"}),
    "tokens.new_house": Deed(
        "token.made", {"name": "Directory", "scopes": ["members:read"], "days": "90"}
    ),
    "tokens.revoke_house": Deed("token.revoked", before=inside(house_token)),
    **OF_SIGN_ON,
    "webhooks.new": Deed("webhook.added", HOOK | {"address": "https://hooks.example.org/x"}),
    "webhooks.edit": Deed("webhook.changed", HOOK),
    "webhooks.secret": Deed("webhook.secret_shown"),
    "webhooks.act": Deed("webhook.tested", choose={"step": "test"}),
    "webhooks.act: rotate": Deed("webhook.secret_changed", choose={"step": "rotate"}),
    "webhooks.act: off": Deed("webhook.switched_off", choose={"step": "off"}),
    "webhooks.act: remove": Deed("webhook.removed", choose={"step": "remove"}),
    "webhooks.again": Deed("webhook.sent_again"),
    "desk_appeals.answer": Deed(
        "case.closed",
        {"outcome": "upheld", "text": "It stays, because it hurts."},
        inside(appealed_to_desk),
        staff=True,
    ),
    "staff.alert": Deed("tries.looked_at", before=raised, staff=True),
    "staff.new": Deed(
        "firm.created", {"name": "Newfound", "slug": "", "email": "n@example.org"}, staff=True
    ),
    "staff.mended": Deed("plugin.mended", before=troubled, staff=True),
    "desk.look_in": Deed("staff.looked_in", {"reason": WHY, "minutes": "15"}, staff=True),
    "desk.write": Deed("staff.may_write", {"write-reason": WHY}, before=visit, staff=True),
    "desk.end": Deed("staff.ended", before=visit, staff=True),
    "desk.change": Deed("firm.closed", {"close-reason": WHY}, choose={"step": "close"}, staff=True),
    "desk.change: open": Deed("firm.opened", before=closed, choose={"step": "open"}, staff=True),
}
