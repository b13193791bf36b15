"""Each worker's clock ticks; the first of a minute puts the work on the queue, for all of them."""

from __future__ import annotations

from collections import Counter

import pytest
from flask import Flask

from coachhub.core import jobs
from coachhub.core.jobs import queue
from fixtures_app import SECRET


def test_two_workers_ask_and_the_work_is_put_there_once(
    app: Flask, database_urls: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = database_urls.app  # type: ignore[attr-defined]
    put: Counter[str] = Counter()
    with app.app_context():
        firms = queue().firm_ids
    for _worker in range(2):
        one = jobs.Queue(app, url, SECRET)
        one.firm_ids = firms
        monkeypatch.setattr(one, "put", lambda name, firm_id, _args: put.update([name + firm_id]))
        monkeypatch.setattr(one, "_find_lost", lambda: None)
        monkeypatch.setattr(jobs.dt, "datetime", _Noon)
        one._tick()
        one.huey.storage.close()
    assert put["mail.deliver_account_mail"] == 1
    assert set(put.values()) == {1}


@pytest.mark.parametrize(("hour", "minute", "due"), [(12, 0, 1), (13, 0, 0), (12, 30, 0)])
def test_a_job_of_every_six_hours_runs_four_times_a_day(
    hour: int, minute: int, due: int, app: Flask, database_urls: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    class Then(_Noon):
        @classmethod
        def now(cls, tz: object = None) -> Then:  # type: ignore[override]
            return cls(2026, 5, 5, hour, minute, tzinfo=tz)  # type: ignore[arg-type]

    put: Counter[str] = Counter()
    one = jobs.Queue(app, database_urls.app, SECRET)  # type: ignore[attr-defined]
    one.firm_ids = list
    monkeypatch.setattr(one, "put", lambda name, _firm_id, _args: put.update([name]))
    monkeypatch.setattr(one, "_find_lost", lambda: None)
    monkeypatch.setattr(jobs.dt, "datetime", Then)
    one._tick()
    one.huey.storage.close()
    assert (put["core.forget_sent_forms"], put["mail.deliver_account_mail"]) == (due, 1)


class _Noon(jobs.dt.datetime):
    @classmethod
    def now(cls, tz: object = None) -> _Noon:  # type: ignore[override]
        return cls(2026, 5, 4, 12, 0, tzinfo=tz)  # type: ignore[arg-type]
