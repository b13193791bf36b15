"""S16: the drill works with what came back, and fails loudly on what is short or old."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from coachhub.upkeep import BackupError
from coachhub.upkeep.backup import Made
from coachhub.upkeep.drill import Step, drill
from fixtures_dump import World
from upkeep.conftest import settings
from upkeep.test_backup import copied

DAY = dt.timedelta(hours=24)


def test_a_drill_end_to_end(world: World) -> None:
    told: list[Step] = []
    steps = drill(settings(world, world.urls), None, DAY, told.append)
    assert steps == told
    assert [one.name for one in steps] == [
        "dump", "file", "server", "restore", "amcheck", "contents", "erasures", "app", "sign-in",
        "audit",
    ]  # fmt: skip
    found = {one.name: one.found for one in steps}
    assert "a member signs in" in found["sign-in"]
    assert "whole to their ends" in found["audit"]


def test_a_short_and_an_old_dump_fail_before_a_server_is_made(
    world: World, made: Made, tmp_path: Path
) -> None:
    config = settings(world, world.urls)
    told: list[Step] = []
    with pytest.raises(BackupError, match=r"^file: The backup is old"):
        drill(config, made.file, dt.timedelta(0), told.append)
    file = copied(made, tmp_path)
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(BackupError, match=r"^file: .* is short"):
        drill(config, file, DAY, told.append)
    assert [one.name for one in told] == ["dump", "dump"]
