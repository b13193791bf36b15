"""Who may what, written down for people: a change of it is read before it is merged.

`make renew-who-may` writes it anew.
"""

from __future__ import annotations

import os

from flask import Flask

from coachhub.core.plugins import registry
from proofs.mutants_of_access import WRITTEN, mutants, noticed, told

SHELF = 8  # the plugins that come with CoachHub


def test_who_may_what_is_as_written_down(app: Flask) -> None:
    if os.environ.get("RENEW_WHO_MAY"):
        WRITTEN.write_text(told(app), encoding="utf-8")
    written = WRITTEN.read_text(encoding="utf-8").splitlines()
    # A plugin that somebody is just writing has no line yet; those of ours have.
    with app.app_context():
        mounts = {f"/f/<firm>/{name}/" for name in registry().plugins}
    fresh = {one for one in mounts if not any(line.startswith(one) for line in written)}
    assert len(mounts - fresh) >= SHELF
    lines = told(app).splitlines()
    assert [one for one in lines if not one.startswith(tuple(fresh))] == written


def test_a_weaker_line_is_noticed(app: Flask) -> None:
    every = list(mutants(app))
    assert len(every) > 200
    assert [one.name for one in every[::25] if not noticed(app, one)] == []
