"""The peer of the pages: bare Flask views that read the rows a page reads, and give them as JSON.

What each page asks stands in the file of the setting BARE_ROWS: by page, the statements as the
driver had them. One connection is kept for each thread, and nothing else is done.
"""

import os
import pickle
import threading
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask, Response, json

ASKED: dict[str, list[tuple[str, Any]]] = pickle.loads(  # noqa: S301 - our own bench wrote it
    Path(os.environ["BARE_ROWS"]).read_bytes()
)
kept = threading.local()
app = Flask("bare")


@app.get("/<page>")
def rows(page: str) -> Response:
    """Return every row that the page's statements give."""
    connection = getattr(kept, "connection", None)
    if connection is None:
        connection = kept.connection = psycopg.connect(os.environ["DATABASE_URL"])
    found = []
    for text, values in ASKED[page]:
        answer = connection.execute(text, values)
        names = [one.name for one in answer.description or ()]
        found.append([dict(zip(names, row, strict=False)) for row in answer.fetchall()])
    connection.rollback()
    return Response(json.dumps(found, default=str), mimetype="application/json")
