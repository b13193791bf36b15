"""What programs read and do: the same as on the pages, and told as the document says."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coachhub.board.models import Offer, Target
from coachhub.cohorts.models import Cohort
from coachhub.core.db import now
from coachhub.core.tenancy import scope
from coachhub.firms.models import Membership
from fixtures_api import OFFER, Group
from fixtures_board_posts import Board


def board(session: Session, group: Group) -> Board:
    return Board(session, session.get_one(Cohort, (group.firm_id, group.cohort_id)))


def test_whom_a_token_stands_for(group: Group) -> None:
    me = group.member.get("/me").json
    assert (me["name"], me["role"], me["token"]["name"]) == ("Mona", "member", "Sheet")
    assert group.firm.get("/me").status_code == 403


def test_cohorts_are_ones_own_or_all_for_who_looks_after_them(
    group: Group, session: Session
) -> None:
    with scope(group.firm_id):
        session.add(Cohort(name="Autumn", slug="autumn"))
        session.commit()

    def names(caller: Any) -> list[str]:
        return sorted(one["name"] for one in caller.get("/cohorts").json["items"])

    assert names(group.member) == names(group.coach) == ["Spring"]
    assert names(group.admin) == names(group.firm) == ["Autumn", "Spring"]
    one = group.firm.get(group.path).json
    assert (one["coaches"], one["members"]) == (["Cora"], 2)
    assert [one["member"]["name"] for one in group.firm.get(f"{group.path}/people").json["items"]]


def test_a_post_comes_and_goes(group: Group) -> None:
    made = group.member.post(f"{group.path}/offers", OFFER)
    assert made.status_code == 201
    assert made.json["mine"]["revision"] == 1
    there = made.headers["Location"]
    read = group.member.get(there)
    assert (read.json, read.headers["ETag"]) == (made.json, '"1"')
    others = group.other.get(there)
    assert others.json == {**read.json, "mine": None}
    changed = group.member.put(there, {**OFFER, "field": "Finance"}, revision=1)
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert group.member.put(there, OFFER, revision=1).status_code == 412
    assert group.member.put(there, OFFER).status_code == 428
    closed = group.member.post(f"{there}/close")
    assert closed.json["mine"]["closed_at"] is not None
    assert group.other.get(there).status_code == 404
    assert group.member.get(there).status_code == 200
    assert group.member.post(f"{there}/reopen").json["mine"]["closed_at"] is None
    assert group.member.post(f"{there}/renew").status_code == 200
    for what in ("close", "reopen", "renew"):
        assert group.other.post(f"{there}/{what}").status_code == 404
    assert group.other.put(there, OFFER, revision=3).status_code == 404


def test_each_kind_can_be_posted(group: Group) -> None:
    for many, body in (
        ("targets", {"company": "Harbour Foods", "roles": "Plant engineer", "weight": 3}),
        ("asks", {"kind": "time", "title": "A mock interview for 45 minutes on Thursday"}),
        ("leads", {"kind": "opening", "title": "Plant manager", "from_whom": "My old boss"}),
    ):
        made = group.member.post(f"{group.path}/{many}", body)
        assert made.status_code == 201, made.json
        [seen] = group.other.get(f"{group.path}/{many}").json["items"]
        assert seen["mine"] is None
        assert "My old boss" not in json.dumps(seen)
    [target] = group.coach.get(f"{group.path}/targets").json["items"]
    assert (target["stage"], target["mine"]) == ("wish", None)
    path = f"{group.path}/targets/{target['id']}"
    assert group.member.post(f"{path}/stage", {"stage": "talking"}).json["stage"] == "talking"
    day = (now() + dt.timedelta(days=9)).date().isoformat()
    touched = group.member.post(f"{path}/next-touch", {"next_touch_on": day})
    assert touched.json["mine"]["next_touch_on"] == day


def test_nobody_learns_by_name_who_is_after_the_same(group: Group) -> None:
    for caller in (group.member, group.other):
        assert caller.post(f"{group.path}/targets", {"company": "Harbour"}).status_code == 201
    [own] = group.member.get(f"{group.path}/targets").json["items"]
    assert own["owner"]["name"] == "Mona"
    company = group.member.get(f"{group.path}/companies/{own['company']['id']}").json
    assert (len(company["wants"]), company["unnamed"]) == (0, 1)
    assert len(group.coach.get(f"{group.path}/targets").json["items"]) == 2
    found = group.member.get(f"{group.path}/companies?q=harb").json["items"]
    assert [one["name"] for one in found] == ["Harbour"]
    assert group.member.get(f"{group.path}/companies?q=zzz").json["items"] == []
    alike = group.member.get("/companies/alike?a=Harbour Foods Ltd&b=HARBOUR FOODS").json
    assert alike == {"same": True}


def test_what_is_not_specific_is_asked_about_at_its_place(group: Group) -> None:
    answer = group.member.post(f"{group.path}/asks", {"kind": "time", "title": "Any help"})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/title"
    assert group.member.get(f"{group.path}/asks?mine=true").json["items"] == []


def test_guards_have_their_word_first_and_it_waits_if_one_insists(group: Group) -> None:
    body = {**OFFER, "body": "Write to me at mona.miller@example.com or call +49 170 1234567."}
    first = group.member.post(f"{group.path}/offers", body)
    assert first.status_code == 422, first.json
    assert first.json["words"][0]["field"] == "body"
    assert group.member.get(f"{group.path}/offers?mine=true").json["items"] == []
    kept = group.member.post(f"{group.path}/offers", {**body, "keep": first.json["keep"]})
    assert kept.status_code == 201
    assert kept.json["mine"]["waits"] is True
    for caller in (group.other, group.coach):
        assert b"mona.miller" not in caller.get(f"{group.path}/offers").data
        assert caller.get(f"{group.path}/offers/{kept.json['id']}").status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("offers", {**OFFER, "owner_id": "me"}, 422),
        ("offers", {"kind": "skill"}, 422),
        ("offers", {**OFFER, "title": 7}, 422),
        ("offers", {**OFFER, "title": "a\x00b, with figures 12 and a name"}, 422),
        ("offers", {**OFFER, "topics": ["x"] * 7}, 422),
        ("targets", {"company": "Harbour", "weight": "3"}, 422),
        ("targets", {"company": "Harbour", "stage": "gone"}, 422),
        ("leads", {"kind": "rumour", "title": "x"}, 422),
    ],
)
def test_what_the_document_does_not_say_is_refused(
    group: Group, path: str, body: dict[str, Any], status: int
) -> None:
    answer = group.member.post(f"{group.path}/{path}", body)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json["errors"]


def test_what_cannot_be_read_is_told_so(group: Group) -> None:
    path = f"{group.path}/offers"
    assert (
        group.member.ask("POST", path, data="{", content_type="application/json").status_code == 400
    )
    assert group.member.ask("POST", path, data="a=b").status_code == 415
    big = json.dumps({**OFFER, "body": "x" * 70_000})
    answer = group.member.ask("POST", path, data=big, content_type="application/json")
    assert (answer.status_code, answer.json["status"]) == (413, 413)
    assert group.member.get(f"{path}?limit=0").json["errors"][0]["pointer"] == "/query/limit"
    assert group.member.get(f"{path}?who=me").status_code == 422
    assert group.member.get(f"{path}?limit=1&limit=2").status_code == 422
    assert group.member.get("/me?x=1").status_code == 422
    missing = group.member.get("/nothing")
    assert (missing.status_code, missing.mimetype) == (404, "application/problem+json")
    wrong = group.member.ask("DELETE", path)
    assert (wrong.status_code, wrong.mimetype) == (405, "application/problem+json")
    assert "POST" in wrong.headers["Allow"]


def test_a_fault_of_ours_has_a_number_and_nothing_internal(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_membership: object) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr("coachhub.api.resources.people.preview_of", fail)
    answer = group.member.get("/me/digest")
    assert answer.status_code == 500
    assert len(answer.json["incident"]) == 8
    assert b"secret" not in answer.data


def test_pages_follow_each_other(group: Group, session: Session) -> None:
    with scope(group.firm_id):
        owner = session.get_one(Membership, (group.firm_id, group.member_id))
        put, said = board(session, group)._post, {"kind": "time"}
        ids = [str(put(Offer, owner, {**said, "title": f"An hour {n}"}).id) for n in range(7)]
        session.commit()
    seen: list[str] = []
    path: str | None = f"{group.path}/offers?limit=3"
    while path:
        answer = group.other.get(path)
        seen += [one["id"] for one in answer.json["items"]]
        link = answer.headers.get("Link")
        assert (link is None) == (answer.json["next"] is None)
        path = link.split(">")[0].removeprefix("<") if link else None
    assert seen == ids[::-1]


def test_the_same_key_does_it_once(group: Group, session: Session) -> None:
    path, key = f"{group.path}/offers", {"Idempotency-Key": "one"}
    first, second = (group.member.post(path, OFFER, headers=key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json == first.json
    assert second.headers["Location"] == first.headers["Location"]
    assert second.headers["Idempotent-Replayed"] == "true"
    with scope(group.firm_id):
        assert session.scalar(select(func.count()).select_from(Offer)) == 1
    other = group.member.post(path, {**OFFER, "field": "Food"}, headers=key)
    assert other.status_code == 422
    assert group.other.post(path, OFFER, headers=key).status_code == 201
    assert group.member.post(path, OFFER, headers={"Idempotency-Key": "x" * 300}).status_code == 422


def test_what_failed_leaves_its_key_free(group: Group) -> None:
    path, key = f"{group.path}/offers", {"Idempotency-Key": "two"}
    assert group.member.post(path, {**OFFER, "title": "Hm"}, headers=key).status_code == 422
    assert group.member.post(path, OFFER, headers=key).status_code == 201


def test_what_fits_me_names_nobody(group: Group, session: Session) -> None:
    with scope(group.firm_id):
        made = board(session, group)
        mona = session.get_one(Membership, (group.firm_id, group.member_id))
        otto = session.get_one(Membership, (group.firm_id, group.other_id))
        company = made.company("Nordlicht Energy")
        made.contact(otto, company)
        made._post(Target, mona, {"company": company})
        session.commit()
    answer = group.member.get("/me/matches")
    [match] = answer.json["items"]
    assert (match["kind"], match["company"]["name"]) == ("door", "Nordlicht Energy")
    assert b"Otto" not in answer.data
    assert str(UUID(int=group.other_id.int)).encode() not in answer.data
    assert b"Quackenbush" not in answer.data
    assert group.other.get("/me/digest").json.keys() == {"subject", "text"}
