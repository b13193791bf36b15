"""Style sheets, scripts and pictures of the pages: compressed, and kept by browsers for good.

The address of a file carries the mark of what is in it, ``/static/<mark>/app.css``: what changes
has another address. WhiteNoise serves them before the app, with the compressed neighbour that
``make assets`` has laid beside a copy in ``coachhub/packed/<mark>/``. A mark that is not ours, as a
page of an older version asks for, gets the present file, which is not kept.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import cache, wraps
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from flask import Flask, Response
from whitenoise import WhiteNoise

from coachhub.core import paths

ENDPOINT = "static"
PREFIX = "/static/"
_MARK = 12  # hexadecimal digits
_MARKED = re.compile(rf"[0-9a-f]{{{_MARK}}}/")


def mark_of(content: bytes) -> str:
    """Return the mark of a file that holds `content`."""
    return hashlib.sha256(content).hexdigest()[:_MARK]


@cache
def marked(folder: Path) -> Mapping[str, str]:
    """Return for each file below `folder`, by its name, ``<mark>/<name>``."""
    return {
        name: f"{mark_of(path.read_bytes())}/{name}"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
        for name in [path.relative_to(folder).as_posix()]
    }


class Files(WhiteNoise):  # type: ignore[misc]  # the library ships no types
    """Serves every file at its marked address, and lets all else through to the app."""

    def __init__(self, app: Flask, headers: Mapping[str, str]) -> None:
        """Stand before `app`, with `headers` in each answer."""

        def add(made: Headers, _path: str, _url: str) -> None:
            for name, value in headers.items():
                made[name] = value

        super().__init__(
            app.wsgi_app,
            allow_all_origins=False,
            add_headers_function=add,
            immutable_file_test=lambda _path, _url: True,
        )
        for name, its_mark in marked(paths.static()).items():
            packed = paths.packed() / its_mark
            source = packed if packed.is_file() else paths.static() / name
            self.add_file_to_dictionary(PREFIX + its_mark, str(source))

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request as WSGI asks for it."""
        if environ.get("PATH_INFO", "") in self.files:
            environ["coachhub.endpoint"] = ENDPOINT
        answer: Iterable[bytes] = super().__call__(environ, start_response)
        return answer


def init_app(app: Flask, headers: Mapping[str, str]) -> None:
    """Serve the files of pages; `headers` stand in each answer."""
    known = marked(paths.static())

    @app.url_defaults
    def mark(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == ENDPOINT and "filename" in values:
            values["filename"] = known.get(values["filename"], values["filename"])

    @wraps(app.view_functions[ENDPOINT])  # also what says who may
    def present(filename: str) -> Response:
        return app.send_static_file(_MARKED.sub("", filename, count=1))

    app.view_functions[ENDPOINT] = present
    app.wsgi_app = Files(app, headers)  # type: ignore[method-assign]  # as Flask's manual has it
