"""Whatever is looked for by its id and is not there is said to be nowhere, in every room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from coachhub.cohorts.queries import cohort_of
from coachhub.companies.queries import find as company
from coachhub.core.access import ANONYMOUS, Actor
from coachhub.core.errors import NotAllowedError, NotFoundError
from coachhub.core.tenancy import scope
from coachhub.firms import visits
from coachhub.firms.invitations import find as invitation
from coachhub.firms.models import Firm
from coachhub.firms.sso.domains import find as domain
from coachhub.introductions.steps import locked
from coachhub.mail import standing as mails
from coachhub.moderation.operations import hold_for_a_look

ADA = Actor("Ada")
LOOKED_FOR: dict[str, Callable[[Any], object]] = {
    "cohort": cohort_of,
    "company": company,
    "visit": visits.find,
    "domain": domain,
    "introduction": locked,
    "mail": mails.mail_of,
    "mail in doubt": lambda one: mails.send_again(ADA, one),
    "text to hold": lambda one: hold_for_a_look(ADA, "offer", one, []),
    "invitation": lambda one: invitation(str(one)),
}


@pytest.mark.parametrize("what", LOOKED_FOR)
def test_it_is_nowhere(firm: Firm, what: str) -> None:
    with scope(firm.id), pytest.raises(NotFoundError):
        LOOKED_FOR[what](uuid7())


def test_who_is_no_member_has_no_membership() -> None:
    for actor in (ADA, ANONYMOUS):
        with pytest.raises(NotAllowedError):
            actor.member_id()
