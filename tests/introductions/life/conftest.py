"""Tests of the life run inside the circle's firm."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from coachhub.core.tenancy import scope
from fixtures_circle import Circle


@pytest.fixture
def here(circle: Circle) -> Iterator[Circle]:
    with scope(circle.firm.id):
        yield circle
