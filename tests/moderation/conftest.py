"""What the tests of this room share."""

from collections.abc import Callable, Iterator

import pytest

from coachhub.core.db import now
from coachhub.core.tenancy import scope
from coachhub.firms.models import Membership
from fixtures_group import Group, group
from moderation.scene import Scene, post_offer

__all__ = ["group"]


@pytest.fixture
def scene(group: Group, make_member: Callable[..., Membership]) -> Iterator[Scene]:
    group.people["rita"] = make_member("Rita Admin", role="admin", welcomed_at=now())
    with scope(group.firm.id):
        made = Scene(group, post_offer(group))
        group.session.commit()
        yield made
