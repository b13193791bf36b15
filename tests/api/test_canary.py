"""What a member's token is told, the member's pages tell too: no word more.

Every text of what two members and a coach have is a word that stands nowhere else. What the API
says to one of them, all of its reading routes together, must stand on that member's own pages.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.api.rest import ROUTES
from coachhub.board.models import Ask, Lead, Offer, Target
from coachhub.board.rules import MODELS
from coachhub.cohorts.models import Cohort
from coachhub.console.models import MemberNote
from coachhub.core.db import now
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.introductions.models import Introduction
from coachhub.introductions.steps import move
from fixtures_api import Group
from fixtures_board_posts import Board

CANARY = re.compile(r"canary\d+x")
_numbers = itertools.count(1)


def word() -> str:
    return f"canary{next(_numbers)}x"


def fill(session: Session, group: Group) -> dict[str, str]:
    """Put everything there; return the words that nobody but their owner may read."""
    board = Board(session, session.get_one(Cohort, (group.firm_id, group.cohort_id)))
    mona, otto = (
        session.get_one(Membership, (group.firm_id, one))
        for one in (group.member_id, group.other_id)
    )
    secret = {name: word() for name in ("contact", "source", "learn", "held", "note", "keep_from")}
    shared = board.company(f"Harbour {word()}")
    lone = board.company(f"Foundry {secret['contact']}")
    for one in (mona, otto):
        one.headline, one.interests = word(), word()
        one.titles, one.fields, one.places = [word()], [word()], [word()]
        one.profile_url = f"https://example.org/{word()}"
    otto.keep_from = [secret["keep_from"]]
    board.contact(otto, lone, first_name=secret["contact"], position=word(), note=word())
    board.contact(otto, shared, first_name=word(), last_name=word())
    for owner, learn, source in ((mona, word(), word()), (otto, secret["learn"], secret["source"])):
        put: Callable[..., Any] = board._post
        put(Target, owner, {"company": shared, "roles": word(), "learn": learn})
        put(Offer, owner, {"kind": "skill", "title": word(), "body": word(), "topics": [word()]})
        put(Ask, owner, {"kind": "time", "title": word(), "body": word(), "field": word()})
        put(Lead, owner, {"kind": "opening", "title": word(), "place": word(), "source": source})
    held = board._post(Offer, otto, {"kind": "skill", "title": secret["held"], "body": word()})
    session.add(MemberNote(member_id=mona.id, by_id=otto.id, text=secret["note"]))
    step = Introduction(
        cohort_id=group.cohort_id, giver_id=otto.id, receiver_id=mona.id, need="target",
        need_id=held.id, asset="door", company_id=shared.id, reason=secret["note"],
        key=word(), state_since=now(), giver_asked_at=now(), receiver_asked_at=now(),
        promise=word(), contact_name=secret["contact"], gift=word(), blurb=word(),
        contact_email=f"{secret['contact']}@example.com",
    )  # fmt: skip
    session.add(step)
    session.flush()
    for state in ("giver_asked", "receiver_asked"):
        move(step, state)
    session.flush()
    held.moderation = "quarantined"
    session.commit()
    return secret


def test_a_members_token_reads_no_word_more_than_their_pages(
    group: Group, session: Session, client: FlaskClient,
    sign_in: Callable[[FlaskClient, Membership], None],
) -> None:  # fmt: skip
    with scope(group.firm_id):
        secret = fill(session, group)
        ids = {kind: list(session.scalars(select(model.id))) for kind, model in MODELS.items()}
        introductions = list(session.scalars(select(Introduction.id)))
        companies = set(session.scalars(select(Target.company_id)))
        slugs = (
            session.get_one(Firm, group.firm_id).slug,
            session.get_one(Cohort, (group.firm_id, group.cohort_id)).slug,
        )
        member = session.get_one(Membership, (group.firm_id, group.member_id))
    sign_in(client, member)
    things = {"company_id": companies, "introduction_id": introductions}
    told: set[str] = set()
    asked = 0
    for made in (one for one in ROUTES if one.method == "GET"):
        name = next((one for one in made.arguments if one != "cohort_id"), "")
        kind = made.path.split("/")[3].removesuffix("s") if name == "post_id" else ""
        for one in ids[kind] if kind else things.get(name, [group.member_id]):
            path = made.address.replace("{cohort_id}", str(group.cohort_id))
            path = path.replace(f"{{{name}}}", str(one))
            for query in ("", "?mine=true") if made.name.startswith("list_") else ("",):
                told |= set(CANARY.findall(group.member.get(path + query).text))
                asked += 1
    pages = set(CANARY.findall("".join(pages_of(client, *slugs, group, ids, companies))))
    assert asked > len(ROUTES) // 3
    assert len(told) > 20
    assert told - pages == set()
    assert told & set(secret.values()) == set()


def pages_of(
    client: FlaskClient, firm: str, cohort: str, group: Group, ids: Any, companies: Any
) -> list[str]:
    """Return the member's pages as texts, those behind links too."""
    here = f"/f/{firm}/c/{cohort}"
    paths = [
        f"/f/{firm}/",
        f"/f/{firm}/me",
        f"/f/{firm}/introductions",
        f"/f/{firm}/digest/preview",
    ]
    paths += [f"{here}/board", f"{here}/board?post=target", f"{here}/people"]
    paths += [f"{here}/people/{one}" for one in (group.member_id, group.other_id)]
    paths += [f"{here}/companies/{one}" for one in companies]
    paths += [f"{here}/mine?post={kind}" for kind in ids]
    paths += [f"{here}/posts/{kind}/{one}/edit" for kind, some in ids.items() for one in some]
    texts = [client.get(path).text for path in paths]
    found = set(re.findall(rf'"(/f/{firm}/introductions/[0-9a-f-]+)"', "".join(texts)))
    return texts + [client.get(path).text for path in found]
