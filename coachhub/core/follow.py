"""Pages that follow a piece of work until it has ended: how far it is, and how to stop it.

With scripts the page asks for itself and takes in what is new of the figures, so that an open
question or the place of the focus is not lost; without them the browser loads it again. When the
work has ended the whole page is shown anew. `components/follow.html` is the other half.
"""

from __future__ import annotations

from flask import make_response, request
from werkzeug.wrappers import Response


def page(body: str, *, goes_on: bool) -> Response:
    """Return a page that is followed; `goes_on` says whether the work has not ended."""
    answer: Response = make_response(body)
    if not goes_on and request.headers.get("HX-Target") == "div#followed":
        answer.headers["HX-Refresh"] = "true"
    return answer
