"""A pitch, its versions and what is said about it belong together, and to their owners."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from coachhub.cohorts.models import Cohort
from coachhub.core.errors import NotFoundError
from coachhub.core.tenancy import scope
from coachhub.firms.entrance import acting
from coachhub.firms.models import Firm, Membership
from coachhub_pitch import operations, queries
from coachhub_pitch.models import Comment, Pitch, Version


def test_versions_and_comments_are_of_their_pitch(
    firm: Firm, session: Session, make_member: Callable[..., Membership]
) -> None:
    ada, ben = make_member("Ada"), make_member("Ben")
    with scope(firm.id):

        def written(text: str) -> tuple[Pitch, Version]:
            pitch = Pitch(owner_id=ada.id, kind="hook", text=text)
            session.add(pitch)
            session.flush()
            version = Version(pitch_id=pitch.id, number=1, text=text)
            session.add(version)
            session.flush()
            return pitch, version

        (one, of_one), (two, of_two) = written("I make old plants quiet."), written("I bake.")
        with pytest.raises(NotFoundError):
            operations.restore(acting(ada), one, of_two)
        with pytest.raises(NotFoundError):
            operations.restore(acting(ben), one, of_one)
        assert one.text == "I make old plants quiet."
        assert queries.version_of(two, of_two.id) is of_two
        for version_id in (of_one.id, uuid4()):
            with pytest.raises(NotFoundError):
                queries.version_of(two, version_id)
        with pytest.raises(NotFoundError):
            operations.comment(acting(ben), one, operations.Remark(number=2, text="Good."))
        said = Comment(pitch_id=one.id, owner_id=ben.id, number=1, text="Good.")
        session.add(said)
        session.flush()
        assert queries.comment_of(said.id) is said
        with pytest.raises(NotFoundError):
            queries.comment_of(uuid4())
        with pytest.raises(NotFoundError):
            operations.settle(acting(ben), said, done=True)
        with pytest.raises(NotFoundError):
            operations.take_back(acting(ada), said)
        assert said.done_at is None
        operations.settle(acting(ada), said, done=True)
        assert said.done_at is not None


def test_a_pitch_is_read_in_its_own_group(
    firm: Firm, session: Session, make_member: Callable[..., Membership],
    make_cohort: Callable[..., Cohort],
) -> None:  # fmt: skip
    here, elsewhere = make_cohort(), make_cohort()
    ada = make_member("Ada", cohorts=(here,))
    ben = make_member("Ben", cohorts=(here, elsewhere))
    with scope(firm.id):
        pitch = Pitch(owner_id=ada.id, cohort_id=here.id, kind="hook", text="I bake.", shared=True)
        session.add(pitch)
        session.flush()
        assert queries.readable(acting(ben), here, pitch.id) is pitch
        for cohort, wanted in ((elsewhere, pitch.id), (here, uuid4())):
            with pytest.raises(NotFoundError):
                queries.readable(acting(ben), cohort, wanted)
