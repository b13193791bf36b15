"""Words that a firm watches are dropped once."""

from __future__ import annotations

import pytest
from uuid_utils.compat import uuid7

from coachhub.core.access import Actor
from coachhub.core.errors import NotFoundError
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm
from coachhub.moderation import watch_list


def test_a_word_that_is_not_there_cannot_be_dropped(firm: Firm) -> None:
    with scope(firm.id), pytest.raises(NotFoundError):
        watch_list.drop(Actor("Ada"), uuid7())
