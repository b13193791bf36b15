"""A POST that is sent again is answered again, and done once: `Idempotency-Key`.

The answer is kept beside what was done, in one transaction, for a day. What failed left nothing
behind, so its key can be used again. Two at the same time: the second hears 409 and waits.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from typing import Any
from uuid import UUID

from flask import Request, Response, request
from sqlalchemy import Select, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.api.entrance import current_token
from coachhub.api.problems import InvalidError, UnderWayError
from coachhub.core.db import FirmScoped, db, now, points_to
from coachhub.core.jobs import job
from coachhub.core.secrets import Encrypted
from coachhub.core.tokens import hashed

KEPT = dt.timedelta(hours=24)
LONGEST = 255
_KEY = re.compile(rf"[!-~]{{1,{LONGEST}}}")
_HEADERS = ("ETag", "Location")


class KeptAnswer(FirmScoped):
    """What a token's request with a key was answered; `asked` is the hash of all it asked."""

    __tablename__ = "api_kept_answer"
    __table_args__ = (UniqueConstraint("firm_id", "token_id", "key_hash"),)

    token_id: Mapped[UUID] = points_to("api_token")
    key_hash: Mapped[str]
    asked: Mapped[str]
    status: Mapped[int]
    body: Mapped[str] = mapped_column(Encrypted)
    headers: Mapped[dict[str, Any]]


def key_of(asked: Request) -> str:
    """Return the request's key; empty if it has none."""
    key = asked.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        raise InvalidError(f"An Idempotency-Key has 1 to {LONGEST} plain characters, no spaces.")
    return key or ""


def before(key: str) -> Response | None:
    """Return what the same request was answered before; None if it is new.

    Raises InvalidError where the key belongs to another request, and UnderWayError while the first
    one is not answered yet.
    """
    token_id = current_token().id
    turn = func.hashtextextended(f"answer/{token_id}/{key}", 0)
    if not db.session.scalar(select(func.pg_try_advisory_xact_lock(turn))):
        raise UnderWayError("The same request is under way. Ask again in a moment.")
    found = db.session.scalar(
        select(KeptAnswer).where(
            KeptAnswer.token_id == token_id,
            KeptAnswer.key_hash == hashed(key),
            KeptAnswer.created_at > now() - KEPT,
        )
    )
    if found is None:
        return None
    if found.asked != _asked():
        raise InvalidError("This Idempotency-Key was used for something else. Choose another.")
    answer = Response(found.body, status=found.status, mimetype="application/json")
    answer.headers.update(found.headers)
    answer.headers["Idempotent-Replayed"] = "true"
    return answer


def keep(key: str, answer: Response) -> None:
    """Keep an answer, to be committed with what was done."""
    token_id, key_hash = current_token().id, hashed(key)
    db.session.execute(
        delete(KeptAnswer).where(KeptAnswer.token_id == token_id, KeptAnswer.key_hash == key_hash)
    )
    db.session.add(
        KeptAnswer(
            token_id=token_id,
            key_hash=key_hash,
            asked=_asked(),
            status=answer.status_code,
            body=answer.get_data(as_text=True),
            headers={name: answer.headers[name] for name in _HEADERS if name in answer.headers},
        )
    )
    db.session.flush()


def _old() -> Select[UUID]:
    return select(KeptAnswer.id).where(KeptAnswer.created_at < now() - KEPT)


@job("api.forget_answers", every_minutes=30, waits=_old)
def forget(_firm_id: UUID) -> None:
    """Forget the answers of yesterday."""
    db.session.execute(delete(KeptAnswer).where(KeptAnswer.created_at < now() - KEPT))


def _asked() -> str:
    told = (request.method, request.full_path, request.get_data(cache=True))
    return hashlib.sha256(repr(told).encode()).hexdigest()
