"""The peer: a Flask app with one view that asks PostgreSQL one thing, under the same gunicorn."""

import os

import psycopg
from flask import Flask, g

app = Flask("bare")


@app.get("/")
def bare() -> str:
    """Return a few kilobytes after one query on a kept connection."""
    connection = app.extensions.get(os.getpid())
    if connection is None:
        connection = app.extensions[os.getpid()] = []
    g.mine = connection.pop() if connection else psycopg.connect(os.environ["DATABASE_URL"])
    [(one,)] = g.mine.execute("SELECT count(*) FROM firms_firm").fetchall()
    g.mine.rollback()
    connection.append(g.mine)
    return f"<p>{one}</p>" * 200
