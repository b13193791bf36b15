"""Who may what, written down for people: a change of it is read before it is merged.

`make renew-who-may` writes it anew.
"""

from __future__ import annotations

import os

from flask import Flask

from proofs.mutants_of_access import WRITTEN, mutants, noticed, told


def test_who_may_what_is_as_written_down(app: Flask) -> None:
    if os.environ.get("RENEW_WHO_MAY"):
        WRITTEN.write_text(told(app), encoding="utf-8")
    assert told(app).splitlines() == WRITTEN.read_text(encoding="utf-8").splitlines()


def test_a_weaker_line_is_noticed(app: Flask) -> None:
    every = list(mutants(app))
    assert len(every) > 200
    assert [one.name for one in every[::25] if not noticed(app, one)] == []
