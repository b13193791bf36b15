"""What moderators do, and the entry that each deed leaves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from audit.deeds import Deed, inside
from coachhub.companies import operations as companies
from coachhub.companies.models import CompanyName
from coachhub.console import history, together
from coachhub.console.together import Seen
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.moderation import operations, queries
from coachhub.moderation.models import Case, Report
from coachhub.moderation.operations import Ruling
from coachhub.permissions import Standing
from walls.world import Side

RULING = {"verdict": "returned", "rule": "other", "message": "Please mend it.", "penalty": ""}


def coach(side: Side) -> Actor:
    """Who decides first, so that the admin can look a second time."""
    standings = frozenset({Standing.MEMBER, Standing.COACH})
    return Actor("Coa own", side.coach.person_id, side.coach.id, standings)


def admin(side: Side) -> Actor:
    standings = frozenset({Standing.MEMBER, Standing.ADMIN})
    return Actor("Adm own", side.admin.person_id, side.admin.id, standings)


def case_of(side: Side) -> Case:
    return db.session.scalars(select(Case).where(Case.id == side.thing("case_id"))).one()


def version(side: Side) -> dict[str, Any]:
    return {"version": str(case_of(side).version)}


def chosen(side: Side) -> dict[str, Any]:
    case = case_of(side)
    return {"case": f"{case.id}:{case.version}"}


def decided(side: Side, who: Actor | None = None) -> dict[str, Any]:
    case = case_of(side)
    ruling = Ruling("upheld", "other", "removed", case.evidence, "Please mend it.")
    operations.decide(who or coach(side), case, case.version, ruling)
    return version(side)


def decided_by_admin(side: Side) -> dict[str, Any]:
    return decided(side, admin(side))


def appealed(side: Side) -> dict[str, Any]:
    decided(side)
    decision = queries.decision_of(case_of(side))
    assert decision is not None
    author = Actor("Mem own", side.member.person_id, side.member.id, frozenset({Standing.MEMBER}))
    operations.appeal(author, decision, "I meant it well.")
    return version(side)


def reported(side: Side) -> None:
    case = case_of(side)
    db.session.add(Report(case_id=case.id, reporter_id=side.other.id, reason="other"))


def held(side: Side) -> None:
    operations.hold(admin(side), case_of(side))


def claimed(side: Side) -> None:
    case = case_of(side)
    operations.claim(admin(side), case, case.version)


def decided_together(side: Side) -> dict[str, Any]:
    case = case_of(side)
    row = together.decide_together(
        admin(side), [case], [Seen(case.id, case.version)], Ruling("not_upheld")
    )
    return {"together_id": row.id}


def noted(side: Side) -> dict[str, Any]:
    one = history.member_here(side.other.id, None)
    return {"remark_id": history.add_note(admin(side), one, "A quiet word").id}


def other_name(side: Side) -> dict[str, Any]:
    other = companies.find(side.thing("other_id"))
    return {"other": other.name}


def second_name(side: Side) -> dict[str, Any]:
    company_id = side.thing("company_id")
    made = side.add(CompanyName(written="Another name", key="another", company_id=company_id))
    return {"names": [str(made)]}


def merged(side: Side) -> dict[str, Any]:
    given_up, kept = (
        companies.find(side.thing("other_id")),
        companies.find(side.thing("company_id")),
    )
    return {"merge_id": companies.merge(admin(side), given_up, kept).id}


def asked(side: Side) -> dict[str, Any]:
    """A name that may be the other company's."""
    side.thing("company_id")
    name_id, other_id = side.made["name_id"], side.thing("other_id")
    name = db.session.scalars(select(CompanyName).where(CompanyName.id == name_id)).one()
    name.how, name.maybe_id = "suggested", other_id
    return {"name_id": name_id, "other_id": other_id}


def answered_no(side: Side) -> dict[str, Any]:
    given = asked(side)
    companies.reject_same(admin(side), given["name_id"])
    return given


def parted(side: Side) -> dict[str, Any]:
    given = second_name(side)
    whole = companies.find(side.thing("company_id"))
    other = companies.split(admin(side), whole, [UUID(given["names"][0])])
    return {"other_id": other.id}


DEEDS: dict[str, Deed] = {
    "cases.decide": Deed("case.decided", RULING, inside(version)),
    "cases.step": Deed("content.quarantined", choose={"step": "hold"}),
    "cases.step: release": Deed("content.", before=inside(held), choose={"step": "release"}),
    "cases.step: claim": Deed("case.claimed", choose={"step": "claim"}),
    "cases.step: give_back": Deed("case.", before=inside(claimed), choose={"step": "give_back"}),
    "cases.answer": Deed(
        "case.closed", {"outcome": "overturned", "text": "You were right."}, inside(appealed)
    ),
    "cases.reporters": Deed("reporter.shown", before=inside(reported)),
    "cases.undo": Deed("case.", before=inside(decided_by_admin)),
    "cases.member": Deed("note.", {"text": "A quiet word"}),
    "cases.drop_note": Deed("note.", before=inside(noted)),
    "cases.choose": Deed(form={}, before=inside(chosen), nothing="It shows what was chosen."),
    "cases.decide_all": Deed("case.decided", RULING, inside(chosen)),
    "cases.undo_all": Deed("case.", before=inside(decided_together)),
    "cases.keep": Deed("view.kept", {"name": "Another"}, query="?reason=other"),
    "cases.drop": Deed("view.dropped"),
    "companies.merge": Deed("company.merged", before=inside(other_name)),
    "companies.undo_merge": Deed("company.merge_undone", before=inside(merged)),
    "companies.split": Deed("company.split", before=inside(second_name)),
    "companies.rejoin": Deed("company.", before=inside(parted)),
    "companies.same": Deed("company.merged", before=inside(asked)),
    "companies.different": Deed("company.kept_apart", before=inside(asked)),
    "companies.again": Deed("company.asked_again", before=inside(answered_no)),
    "companies.rename": Deed("company.renamed", {"name": "Newly Named"}),
}
