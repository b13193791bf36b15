"""Requests of two firms over two connections, broken off at random: no row slips."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from coachhub.core.db import db
from coachhub.core.embedded import Cluster
from coachhub.core.jobs import let_go
from coachhub.mail.delivery import _signs_of_life
from fixtures_app import config_for
from proofs import bouncer, pooled
from proofs.firms import make_firms

REQUESTS = 100


@pytest.fixture(params=["direct", "pgbouncer"])
def found(
    request: pytest.FixtureRequest,
    fresh_database: Callable[..., Any],
    cluster: Cluster,
    tmp_path: Path,
) -> Iterator[pooled.Outcome]:
    """What came of the requests; afterwards a worker's sign of life is looked at the same way."""
    urls = fresh_database()
    through = request.param == "pgbouncer"
    if through and not bouncer.is_here():
        pytest.skip(bouncer.WHY_NOT)
    pool = bouncer.pooled(urls.app, tmp_path / "bouncer") if through else None
    settings = {"database_url": urls.app if pool is None else pool.__enter__()}
    if through:
        settings["direct_database_url"] = urls.app
    config = pooled.Narrow(**{**vars(config_for(urls)), **settings})
    if through:
        # More at the pooler's door than it has connections behind it.
        object.__setattr__(config, "connections", 6)
    app = pooled.make_app(config, cluster.url("postgres", urls.name))
    try:
        with app.app_context():
            made = make_firms(app, db.session(), 2, full=False)
            db.session.remove()
        yield pooled.run(made, REQUESTS)
        with app.app_context():
            _one_worker_lives()
    finally:
        let_go(app)
        if pool is not None:
            pool.__exit__(None, None, None)


def _one_worker_lives() -> None:
    with _signs_of_life() as worker:
        taken = select(func.pg_try_advisory_xact_lock(worker))
        for _ in range(3):
            with db.engine.begin() as other:
                assert other.scalar(taken) is False
    with db.engine.begin() as other:
        assert other.scalar(taken) is True


def test_no_row_slips_from_one_firm_to_another(found: pooled.Outcome) -> None:
    assert found.requests == REQUESTS
    assert (found.foreign, found.outside) == ([], [])
    assert found.rows > REQUESTS
    assert set(pooled.WAYS) <= set(found.broken)
    assert set(found.statuses) <= {200, 302, 400, 500, 503}
    # Cut in the middle of somebody's page, they are told to come again, with an incident number.
    assert set(found.killed) == {503}
