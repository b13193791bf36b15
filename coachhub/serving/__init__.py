"""Running it: the pages under gunicorn, the worker, and a trial with everything included."""

from coachhub.serving.commands import run, worker
from coachhub.serving.letterbox import inbound
from coachhub.serving.wsgi import wsgi_app

__all__ = ["inbound", "run", "worker", "wsgi_app"]
