"""The coach's browser, for the tests of rounds."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select

from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm
from coachhub.introductions.models import Round


@pytest.fixture
def pages(client: FlaskClient, group: Any, sign_in: Any, session: Any, firm: Firm) -> Any:
    """The coach at a browser: `pages.get("/")`, `pages.post("/", key=…)` under the rounds."""

    class Pages:
        prefix = f"/f/{firm.slug}/c/{group.cohort.slug}/rounds"
        status = 0

        def at(self, member: Any) -> Pages:
            # A request undoes at its end what no view committed.
            session.commit()
            sign_in(client, member)
            return self

        def _open(
            self, method: str, path: str, headers: dict[str, str] | None = None, **form: Any
        ) -> BeautifulSoup:
            session.commit()
            address = path if path.startswith("/f/") else self.prefix + path
            answer = client.open(address, method=method, data=form or None, headers=headers)
            self.status, self.headers = answer.status_code, answer.headers
            return BeautifulSoup(answer.text, "html.parser")

        def get(self, path: str, headers: dict[str, str] | None = None) -> BeautifulSoup:
            return self._open("GET", path, headers)

        def post(self, path: str, **form: Any) -> BeautifulSoup:
            page = self._open("POST", path, **form)
            if self.status == 303:
                return self.get(self.headers["Location"])
            return page

        def round(self) -> Round:
            with scope(group.cohort.firm_id):
                return session.scalars(select(Round).order_by(Round.number.desc())).first()

    return Pages().at(group.coach)
