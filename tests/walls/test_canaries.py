"""Two firms with a mark in every free text: whoever crawls one never meets the other's."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from proofs.crawl import crawl
from proofs.firms import Firms, make_firms


@pytest.fixture
def firms(app: Flask, session: Session) -> Firms:
    made = make_firms(app, session, 2)
    session.close()
    return made


def test_nobody_meets_another_firms_mark(firms: Firms) -> None:
    """A member only; `make walls` crawls as every role of five firms."""
    [first, _second] = firms.firms
    assert first.marked > 40
    found = crawl(firms, first, "member", first.own.member, most=25)
    assert found.own_marks > 5
    assert (found.foreign, found.broken) == ([], [])
