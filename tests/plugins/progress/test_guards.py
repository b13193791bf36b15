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
from coachhub_progress import operations, queries
from coachhub_progress.models import Group, Update


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


def test_an_update_is_its_writers(
    firm: Firm, session: Session, make_member: Callable[..., Membership]
) -> None:
    ada, ben = make_member("Ada"), make_member("Ben")
    with scope(firm.id):
        update = Update(owner_id=ada.id, subject="News of mine")
        group = Group(owner_id=ada.id, name="Old colleagues")
        session.add_all([update, group])
        session.flush()
        for act in (
            lambda: operations.drop(acting(ben), update),
            lambda: operations.remember(acting(ben), update, "Mine now"),
            lambda: operations.add_group(acting(ben), update, group),
            lambda: queries.group_of(acting(ben), group.id),
        ):
            with pytest.raises(NotFoundError):
                act()
        assert queries.group_of(acting(ada), group.id) is group
        operations.drop(acting(ada), update)
        assert session.scalars(select(Update)).all() == []
