"""What the tests of backups share: a firm with real commits, and settings that reach it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from coachhub.config import Config
from coachhub.core.embedded import Cluster
from coachhub.upkeep.backup import Made, backup
from fixtures_app import config_for
from fixtures_database import own_database
from fixtures_dump import World


@pytest.fixture(scope="module")
def world(
    cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:

    with own_database(cluster, template, "upkeep") as urls:
        made = World(urls, cluster, tmp_path_factory.mktemp("upkeep"))
        made.write_of_them()
        yield made
        made.close()


def settings(world: World, urls: Any, **more: str) -> Config:
    """Return the settings of an installation on `urls` with the world's keys."""
    given = {
        "backup_database_url": world.cluster.url("postgres", urls.name),
        "erasures": str(world.home / "erasures"),
    }
    return dataclasses.replace(config_for(urls), **given | more)


@pytest.fixture(scope="module")
def made(world: World, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A backup of the world, made once."""
    return backup(settings(world, world.urls), tmp_path_factory.mktemp("backups"))
