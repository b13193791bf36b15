"""How often doors were knocked at, counted in the database: it holds however many processes answer.

Each count is a short transaction of its own, outside the request's: what a request undoes was
tried all the same. Names of doors hold addresses, so they are kept as keyed hashes.
"""

from __future__ import annotations

import datetime as dt
import math
import time

from flask import current_app
from limits.storage import Storage
from sqlalchemy import case, delete, extract, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import Base, db
from coachhub.core.jobs import job
from coachhub.core.tokens import keyed_hash

SCHEME = "database"


class Knock(Base):
    """How often one door was knocked at by one, and until when that counts."""

    __tablename__ = "core_knock"

    key: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    until: Mapped[dt.datetime] = mapped_column(index=True)


class CountedInDatabase(Storage):
    """The counts of `limits` in the app's own PostgreSQL, by the database's clock."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - declared so by `limits`

    @property
    def base_exceptions(self) -> type[Exception]:
        """Return what means that the store is away."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count `amount` more within `expiry` seconds from the first; return how many it makes."""
        over = Knock.until <= func.clock_timestamp()
        until = func.clock_timestamp() + dt.timedelta(seconds=expiry)
        row = insert(Knock).values(key=_hashed(key), number=amount, until=until)
        counted = row.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "number": case((over, amount), else_=Knock.number + amount),
                "until": case((over, until), else_=Knock.until),
            },
        ).returning(Knock.number)
        with db.engine.begin() as connection:
            number: int = connection.execute(counted).scalar_one()
        return number

    def get(self, key: str) -> int:
        """Return how many there are now."""
        wanted = select(Knock.number).where(
            Knock.key == _hashed(key), Knock.until > func.clock_timestamp()
        )
        with db.engine.begin() as connection:
            return connection.execute(wanted).scalar_one_or_none() or 0

    def get_expiry(self, key: str) -> float:
        """Return when the count ends, in seconds since 1970."""
        wanted = select(extract("epoch", Knock.until)).where(Knock.key == _hashed(key))
        with db.engine.begin() as connection:
            found = connection.execute(wanted).scalar_one_or_none()
        return float(math.ceil(found)) if found is not None else time.time()

    def check(self) -> bool:
        """Say whether the store answers."""
        try:
            with db.engine.begin() as connection:
                connection.execute(select(1))
        except SQLAlchemyError:
            return False
        return True

    def reset(self) -> int | None:
        """Forget all counts; return how many there were."""
        with db.engine.begin() as connection:
            return connection.execute(delete(Knock)).rowcount

    def clear(self, key: str) -> None:
        """Forget one count."""
        with db.engine.begin() as connection:
            connection.execute(delete(Knock).where(Knock.key == _hashed(key)))


@job("core.forget_knocks", every_minutes=30, for_platform=True)
def forget() -> None:
    """Forget the counts that are over."""
    db.session.execute(delete(Knock).where(Knock.until < func.now()))


def _hashed(key: str) -> str:
    secret: str = current_app.config["SECRET_KEY"]
    return keyed_hash(secret, "knock", key)
