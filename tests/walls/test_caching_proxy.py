"""Behind a proxy that keeps whatever it may: nobody is shown what it kept of somebody else."""

from __future__ import annotations

import random
import shutil
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from coachhub.app import create_app
from coachhub.core.db import db
from coachhub.core.embedded.state import free_port
from fixtures_app import config_for
from proofs.firms import MARK, Firms, make_firms

ASKED = 60
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
# As greedy as a proxy can be set up that still does as it is told by Cache-Control and Vary.
SETTINGS = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 100; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    proxy_cache_path {folder}/kept levels=1 keys_zone=kept:1m;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://127.0.0.1:{behind};
            proxy_set_header Host localhost;
            proxy_cache kept;
            proxy_cache_key $request_uri;
            proxy_cache_valid any 10m;
            add_header X-Kept $upstream_cache_status always;
        }}
    }}
}}
"""


@pytest.fixture
def firms(fresh_database: Callable[..., Any]) -> Iterator[Firms]:
    app = create_app(config_for(fresh_database()))
    with app.app_context():
        made = make_firms(app, db.session(), 2, full=False)
        db.session.remove()
    yield made
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def proxy(firms: Firms, tmp_path: Path) -> Iterator[str]:
    if NGINX is None:
        pytest.skip("nginx is not here: as root, `apt-get install nginx-light`.")
    port = free_port()
    server = make_server("127.0.0.1", 0, _beside(firms.app), threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    settings = tmp_path / "nginx.conf"
    settings.write_text(SETTINGS.format(folder=tmp_path, port=port, behind=server.server_port))
    process = subprocess.Popen(  # noqa: S603 - our own settings
        [NGINX, "-c", str(settings), "-p", str(tmp_path)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)
        server.shutdown()
        serving.join()
        server.server_close()


def _beside(app: Flask) -> Any:
    """Return the app with one page beside it that everybody may keep."""

    def answer(environ: dict[str, Any], start: Any) -> Any:
        if environ["PATH_INFO"] != "/for-everybody":
            return app(environ, start)
        start("200 OK", [("Cache-Control", "public, max-age=600"), ("Content-Type", "text/plain")])
        return [b"Good morning"]

    return answer


def ask(url: str, cookie: str) -> tuple[str, str]:
    """Return whether the proxy had kept it, and the page with its headers."""
    request = urllib.request.Request(url, headers={"Cookie": f"session={cookie}"})  # noqa: S310 - our own address
    for _ in range(200):
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - the same
                return answer.headers["X-Kept"], answer.read().decode() + str(answer.headers)
        except urllib.error.HTTPError as error:
            with error:
                return error.headers["X-Kept"], error.read().decode() + str(error.headers)
        except urllib.error.URLError:
            time.sleep(0.05)  # nginx is on its way up
    pytest.fail("The proxy did not come up.")


def test_what_somebody_sees_is_kept_for_nobody(firms: Firms, proxy: str) -> None:
    chance = random.Random(2)  # noqa: S311 - no secret
    people = [(one, who) for one in firms.firms for who in (one.own.member, one.own.admin)]
    kept: Counter[str] = Counter()
    for _ in range(ASKED):
        firm, who = chance.choice(people)
        cookie = firms.visitor(who).get_cookie("session").value
        slug = chance.choice(firms.firms).slug
        path = chance.choice(("/", "/account/", f"/f/{slug}/", f"/f/{slug}/me"))
        state, told = ask(proxy + path, cookie)
        kept[state] += 1
        assert set(MARK.findall(told)) <= {firm.mark}, (path, who)
    assert set(kept) == {"MISS"}
    # It does keep what everybody may have.
    states = [ask(f"{proxy}/for-everybody", "")[0] for _ in range(2)]
    assert states[1] == "HIT", states
