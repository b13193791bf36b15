"""Several processes of one machine tell their figures together, and the dead are let go."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from fixtures_database import ROOT

ONE = """
from coachhub.watching import figures
figures.REQUESTS.labels("board.index", "GET", "200").inc(5)
figures.IN_USE.inc(2)
"""
ALL = """
import sys
from prometheus_client import multiprocess
from coachhub.watching import figures
for pid in sys.argv[1:]:
    multiprocess.mark_process_dead(int(pid))
print(figures.page(lambda: iter(())).decode())
"""


def test_figures_of_all_processes_are_added_up(tmp_path: Path) -> None:
    folder = tmp_path / "figures"
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder), "PYTHONPATH": str(ROOT)}
    pids = []
    for _ in range(2):
        with subprocess.Popen([sys.executable, "-c", ONE], env=environment) as process:  # noqa: S603 - ours
            assert process.wait(60) == 0
            pids.append(str(process.pid))
    told = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", ALL, *pids], env=environment, capture_output=True, text=True,
        check=True,
    ).stdout  # fmt: skip
    assert 'coachhub_requests_total{endpoint="board.index",method="GET",status="200"} 10.0' in told
    assert "coachhub_database_connections_in_use 4.0" not in told
