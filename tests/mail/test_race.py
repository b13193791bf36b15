"""Permission is looked at again just before a mail leaves, and what is gone by then stays here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from mail.race import MOST_SECONDS, WAYS, race

TRIALS = 150  # `make bench-mail-race` makes a thousand


def test_what_is_taken_back_before_the_last_look_does_not_leave(
    fresh_database: Callable[..., Any], tmp_path: Path
) -> None:
    found = race(fresh_database(), tmp_path, TRIALS)
    assert found.leaked == []
    assert found.sent.total() + found.withheld.total() == TRIALS
    assert found.longest <= MOST_SECONDS
    # There was a race: every way was lost and won.
    assert set(found.withheld) == set(WAYS)
    assert found.sent.total() > 0
