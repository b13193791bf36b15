"""From names as people write them to companies: one statement a step, however many names.

The order of evidence: a name that is known; a key that is known; the catalogue's alias; a score.
What is not sure becomes a company of its own, with a question that a coach answers once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from typing import cast as typed
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Table,
    Text,
    any_,
    column,
    delete,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from uuid_utils.compat import uuid7

from coachhub.companies import catalogue
from coachhub.companies.candidates import Index, block_keys
from coachhub.companies.models import Company, CompanyName, CompanyVerdict
from coachhub.companies.names import company_key, parse
from coachhub.companies.queries import known_names
from coachhub.companies.scoring import reason, score_pairs, scorer, tier_of
from coachhub.core.bulk import insert_many
from coachhub.core.db import db
from coachhub.core.tenancy import current_firm_id

LONGEST = 200
_FEW = 50  # up to so many new names, the database finds the candidates
_ROOM = 60  # candidates of one name that are looked at closely
_NEAREST = 8
_MARGIN = 0.05
_COMPANIES = typed("Table", Company.__table__)
_NAMES = typed("Table", CompanyName.__table__)


def tidy(name: str) -> str:
    """Return a name on one line, without doubled spaces, at most 200 characters."""
    return " ".join(name.replace("\x00", "").split())[:LONGEST].strip()


def blocks_of(written: str, *, asking: bool = False) -> list[int]:
    """Return a name's block keys as numbers that differ from firm to firm."""
    firm = current_firm_id().bytes
    return [
        int.from_bytes(
            hashlib.blake2b(firm + block.encode(), digest_size=8).digest(), "big", signed=True
        )
        for block in block_keys(parse(written), asking=asking)
    ]


@dataclass
class _Newcomer:
    """A key that this firm has not met, with the ways it is written."""

    key: str
    written: list[str]
    entry: catalogue.Entry | None = None


@dataclass
class _Plan:
    """What will be written: companies, names, and where each name now belongs."""

    companies: list[dict[str, Any]] = field(default_factory=list)
    names: list[dict[str, Any]] = field(default_factory=list)

    def add_company(self, name: str, key: str, domain: str = "") -> UUID:
        """Plan a new company and return its id."""
        company_id: UUID = uuid7()
        self.companies.append({"id": company_id, "name": name, "key": key, "domain": domain})
        return company_id

    def add_names(
        self,
        written: Iterable[str],
        company_id: UUID,
        how: str,
        *,
        maybe: UUID | None = None,
        score: float | None = None,
        why: str = "",
    ) -> None:
        """Plan that ways of writing stand for a company; the question goes with the first."""
        for number, text in enumerate(written):
            asks = maybe is not None and number == 0
            self.names.append(
                {
                    "id": uuid7(),
                    "written": text,
                    "key": parse(text).key,
                    "company_id": company_id,
                    "how": how if asks or maybe is None else "key",
                    "maybe_id": maybe if asks else None,
                    "score": score if asks or maybe is None else None,
                    "reason": why if asks or maybe is None else "",
                    "blocks": blocks_of(text),
                }
            )


def identities(names: Iterable[str]) -> dict[str, UUID | None]:
    """Return the company's id for each name as written; None where it names no company.

    Names that this firm has not met are remembered. Costs a handful of statements, whether for
    one name or for 20,000.
    """
    tidied = {name: tidy(name) for name in names}
    wanted = list(dict.fromkeys(text for text in tidied.values() if text))
    known = known_names(wanted)
    unmet = [text for text in wanted if text not in known]
    if unmet:
        known |= _settle(unmet)
    return {name: known.get(text) for name, text in tidied.items()}


def _settle(unmet: Sequence[str]) -> dict[str, UUID]:
    newcomers: dict[str, _Newcomer] = {}
    for text in unmet:
        key = company_key(text)
        if key:
            newcomers.setdefault(key, _Newcomer(key, [])).written.append(text)
    for one in newcomers.values():
        one.entry = catalogue.identify(one.written[0])
    asked = set(newcomers)
    for one in newcomers.values():
        asked.update(catalogue.sure_keys(one.entry) if one.entry else ())
    by_key, verdicts = _companies_by_key(asked), _verdicts(newcomers)
    plan = _Plan()
    unlike = [
        one
        for one in newcomers.values()
        if not _by_key(one, by_key, plan) and not _by_catalogue(one, by_key, verdicts, plan)
    ]
    _by_likeness(unlike, verdicts, plan)
    return _write(plan)


def _companies_by_key(keys: Iterable[str]) -> dict[str, list[UUID]]:
    rows = db.session.execute(
        select(CompanyName.key, CompanyName.company_id)
        .where(CompanyName.key == any_(literal(sorted(keys), ARRAY(Text))))
        .distinct()
        .order_by(CompanyName.key, CompanyName.company_id)
    )
    found: dict[str, list[UUID]] = {}
    for row in rows:
        found.setdefault(row.key, []).append(row.company_id)
    return found


def _verdicts(keys: Iterable[str]) -> dict[tuple[str, str], bool]:
    listed = literal(sorted(keys), ARRAY(Text))
    rows = db.session.execute(
        select(CompanyVerdict.key_a, CompanyVerdict.key_b, CompanyVerdict.same).where(
            (CompanyVerdict.key_a == any_(listed)) | (CompanyVerdict.key_b == any_(listed))
        )
    )
    return {(row.key_a, row.key_b): row.same for row in rows}


def pair_of(key: str, other: str) -> tuple[str, str]:
    """Return two keys in the order in which verdicts hold them."""
    return (key, other) if key <= other else (other, key)


def _by_key(one: _Newcomer, by_key: dict[str, list[UUID]], plan: _Plan) -> bool:
    found = by_key.get(one.key, [])
    if not found:
        return False
    if len(found) == 1:
        plan.add_names(one.written, found[0], "key")
        return True
    own = plan.add_company(one.written[0], one.key)
    plan.add_names(
        one.written,
        own,
        "suggested",
        maybe=found[0],
        score=scorer().maybe,
        why="more than one known company is written like this",
    )
    return True


def _by_catalogue(
    one: _Newcomer,
    by_key: dict[str, list[UUID]],
    verdicts: dict[tuple[str, str], bool],
    plan: _Plan,
) -> bool:
    entry = one.entry
    if entry is None:
        return False
    keys = catalogue.sure_keys(entry)
    if any(verdicts.get(pair_of(one.key, key)) is False for key in keys):
        return False
    found = {company_id for key in keys for company_id in by_key.get(key, [])}
    if len(found) > 1:
        return False
    company_id = next(iter(found), None)
    if company_id is None:
        company_id = plan.add_company(entry.name, keys[0], entry.domain)
        for key in keys:
            by_key.setdefault(key, []).append(company_id)
        if entry.name not in one.written:
            plan.add_names([entry.name], company_id, "catalogue", why="name in our catalogue")
    why = f"a known name of {entry.name}"
    plan.add_names(one.written, company_id, "catalogue", why=why)
    return True


def _by_likeness(
    newcomers: Sequence[_Newcomer], verdicts: dict[tuple[str, str], bool], plan: _Plan
) -> None:
    """Settle what is left by score, against what the firm knows and against each other."""
    if not newcomers:
        return
    known = _candidates(newcomers)
    planned = [(row["written"], row["company_id"]) for row in plan.names]
    others = [*known, *planned]
    owners: list[UUID] = [owner for _, owner in others]
    index = Index([*(text for text, _ in others), *(one.written[0] for one in newcomers)])
    near = [
        _before(index, one.written[0], len(others) + number) for number, one in enumerate(newcomers)
    ]
    asked = [
        (parse(one.written[0]), parse(index.names[at]))
        for one, found in zip(newcomers, near, strict=True)
        for at in found
    ]
    scores = iter(score_pairs(asked))
    for one, found in zip(newcomers, near, strict=True):
        scored = [(at, next(scores)) for at in found]
        owners.append(_place(one, scored, index, owners, verdicts, plan))


def _before(index: Index, written: str, position: int) -> list[int]:
    """Return the nearest names that stand before a position: its own and later ones don't count."""
    found = index.near(parse(written), most=3 * _NEAREST)
    return [at for at in found if at < position][:_NEAREST]


def _place(
    one: _Newcomer,
    scored: list[tuple[int, float]],
    index: Index,
    owners: list[UUID],
    verdicts: dict[tuple[str, str], bool],
    plan: _Plan,
) -> UUID:
    best: dict[UUID, tuple[float, int]] = {}
    for at, score in scored:
        verdict = verdicts.get(pair_of(one.key, company_key(index.names[at])))
        if verdict is False:
            continue
        sure = 1.0 if verdict else score
        if owners[at] not in best or sure > best[owners[at]][0]:
            best[owners[at]] = (sure, at)
    ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[1][1]))
    if not ranked or tier_of(ranked[0][1][0]) == "different":
        own = plan.add_company(one.written[0], one.key)
        plan.add_names(one.written, own, "key")
        return own
    like, (score, at) = ranked[0]
    why = reason(parse(one.written[0]), parse(index.names[at]))
    alone = len(ranked) == 1 or score - ranked[1][1][0] >= _MARGIN
    if tier_of(score) == "same" and alone:
        plan.add_names(one.written, like, "scored", score=score, why=why)
        return like
    own = plan.add_company(one.written[0], one.key)
    if not alone:
        why += "; but another known company is as near"
    plan.add_names(one.written, own, "suggested", maybe=like, score=score, why=why)
    return own


def _candidates(newcomers: Sequence[_Newcomer]) -> list[tuple[str, UUID]]:
    """Return the known names that the newcomers are compared with: (written, company id)."""
    names = select(CompanyName.written, CompanyName.company_id)
    if len(newcomers) > _FEW:
        rows = db.session.execute(names.order_by(CompanyName.id))
        return [(row.written, row.company_id) for row in rows]
    found: dict[str, UUID] = {}
    for one in newcomers:
        asked = literal(blocks_of(one.written[0], asking=True), ARRAY(BigInteger))
        blocks = func.unnest(CompanyName.blocks).table_valued(
            column("block", BigInteger), name="own"
        )
        blocks = blocks.render_derived()
        shared = select(func.count()).select_from(blocks).where(blocks.c.block == any_(asked))
        rows = db.session.execute(
            names.where(CompanyName.blocks.op("&&")(asked))
            .order_by(
                shared.scalar_subquery().desc(),
                func.abs(func.length(CompanyName.written) - len(one.written[0])),
                CompanyName.written,
            )
            .limit(_ROOM)
        )
        found |= {row.written: row.company_id for row in rows}
    return list(found.items())


def _write(plan: _Plan) -> dict[str, UUID]:
    """Write what is planned; a name that another transaction wrote first keeps its company."""
    if not plan.names:
        return {}
    if plan.companies:
        db.session.execute(insert_many(_COMPANIES, plan.companies))
    written = insert_many(_NAMES, plan.names).on_conflict_do_nothing(
        index_elements=["firm_id", "written"]
    )
    kept = set(db.session.scalars(written.returning(_NAMES.c.written)))
    settled = {row["written"]: row["company_id"] for row in plan.names if row["written"] in kept}
    lost = [row["written"] for row in plan.names if row["written"] not in kept]
    if lost:
        settled |= known_names(lost)
        used = {*settled.values(), *(row["maybe_id"] for row in plan.names)}
        unused = [row["id"] for row in plan.companies if row["id"] not in used]
        db.session.execute(delete(Company).where(Company.id.in_(unused)))
    return settled
