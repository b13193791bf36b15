"""For which firms a job of the clock has something to do: asked in each firm, once for all jobs.

Nobody can look over the walls between firms. So some firms at a time are gone through, each in its
own scope, and one statement asks there for every job that is due: what has nothing to do is not
put on the queue. A job says what it `waits` for; one that says nothing runs at each turn.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from coachhub.core.db import db
from coachhub.core.jobs import JOBS, LOOK, Job, job, queue
from coachhub.core.plugins import is_heard
from coachhub.core.tenancy import scope

log = logging.getLogger(__name__)


@job(LOOK, for_platform=True)
def look(names: str, firm_ids: str) -> None:
    """Put the jobs on the queue that have something to do: their names and firms, with spaces."""
    jobs = [JOBS[name] for name in names.split()]
    for firm_id in firm_ids.split():
        for name in _wanted(jobs, UUID(firm_id)):
            queue().put(name, firm_id, ())


def _wanted(jobs: Sequence[Job], firm_id: UUID) -> list[str]:
    try:
        with scope(firm_id):
            heard = [one for one in jobs if is_heard(one.name.partition(".")[0])]
            asked = [one.waits().exists() for one in heard if one.waits]
            found = iter(db.session.execute(select(*asked)).one() if asked else ())
            return [one.name for one in heard if one.waits is None or next(found)]
    except Exception:
        # Better too much work than none; each job tells of what is wrong by itself.
        log.exception("Could not look what firm %s waits for.", firm_id)
        db.session.rollback()
        return [one.name for one in jobs]
