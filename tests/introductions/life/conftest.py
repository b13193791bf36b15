"""Tests of the life run inside the circle's firm."""

import pytest

from coachhub.core.tenancy import scope


@pytest.fixture
def here(circle):
    with scope(circle.firm.id):
        yield circle
