"""Groups of readers are their owner's; a link that is none finds nobody."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.core.errors import NotFoundError
from coachhub.core.tenancy import scope
from coachhub.firms.entrance import acting
from coachhub.firms.models import Firm, Membership
from coachhub_progress import operations
from coachhub_progress.models import Group


def test_a_group_is_forgotten_by_its_owner(
    firm: Firm, session: Session, make_member: Callable[..., Membership]
) -> None:
    ada, ben = make_member("Ada"), make_member("Ben")
    with scope(firm.id):
        group = Group(owner_id=ada.id, name="Old colleagues")
        session.add(group)
        session.flush()
        with pytest.raises(NotFoundError):
            operations.drop_group(acting(ben), group)
        assert session.scalars(select(Group)).all() == [group]
        operations.drop_group(acting(ada), group)
        assert session.scalars(select(Group)).all() == []


@pytest.mark.parametrize("token", ["", "nobody-knows-this-one"])
def test_a_link_that_is_none_finds_no_address(firm: Firm, token: str) -> None:
    with scope(firm.id), pytest.raises(NotFoundError):
        operations.by_token(token)
