"""The trial's mailbox: every mail that would have gone out, to be read in the browser.

Only there where MAILBOX names a folder, which production refuses.
"""

from __future__ import annotations

import email
import email.policy
import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.security import safe_join
from werkzeug.wrappers import Response as Answer

from coachhub.core.access import access
from coachhub.core.db import now
from coachhub.core.errors import NotFoundError
from coachhub.core.words import gettext
from coachhub.mail.forms import ReplyForm
from coachhub.permissions import Permission

bp = Blueprint("mailbox", __name__, url_prefix="/mailbox")
NEWEST = 200


@dataclass(frozen=True)
class Shown:
    """One mail as the mailbox shows it."""

    name: str
    to: str
    sender: str
    subject: str
    date: str
    text: str
    has_html: bool
    reply_to: str


@bp.get("/")
@access(Permission.OPEN_LINK)
def index() -> str:
    """List the newest mails, or those to one address."""
    to = request.args.get("to", "").strip().lower()
    files = sorted(_folder().glob("*.eml"), reverse=True)
    shown = (_shown(path) for path in files)
    mails = [mail for _, mail in zip(range(NEWEST), shown, strict=False) if to in mail.to.lower()]
    return render_template("mail/mailbox.html", mails=mails, to=to)


@bp.get("/<name>")
@access(Permission.OPEN_LINK)
def read(name: str) -> str:
    """Show one mail as text."""
    return render_template("mail/read.html", mail=_shown(_path(name)), form=ReplyForm())


@bp.post("/<name>/reply")
@access(Permission.OPEN_LINK)
def reply(name: str) -> Answer | tuple[str, int]:
    """Answer a mail as its receiver would, over SMTP to our own entrance."""
    path, form = _path(name), ReplyForm()
    if form.validate_on_submit():
        try:
            _send(_answer(_message(path), form.text.data or ""))
        except (OSError, smtplib.SMTPException) as error:
            flash(gettext("The reply could not be sent: %(error)s", error=error), "error")
        else:
            flash(gettext("Sent. What comes of it appears in the mailbox in a moment."), "success")
        return redirect(url_for("mailbox.read", name=name), 303)
    return render_template("mail/read.html", mail=_shown(path), form=form), 422


@bp.get("/<name>/html")
@access(Permission.OPEN_LINK)
def as_html(name: str) -> Response:
    """Show the HTML part of a mail, on its own and with nothing of it running."""
    part = _message(_path(name)).get_body(("html",))
    if part is None:
        raise NotFoundError
    response = Response(part.get_content(), mimetype="text/html")
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    )
    return response


def _folder() -> Path:
    return Path(current_app.extensions["coachhub.config"].mailbox)


def _path(name: str) -> Path:
    inside = safe_join(str(_folder()), f"{name}.eml")
    if inside is None or not Path(inside).is_file():
        raise NotFoundError
    return Path(inside)


def _message(path: Path) -> EmailMessage:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - what that policy makes
    return message


def _answer(to: EmailMessage, text: str) -> EmailMessage:
    answer = EmailMessage(policy=email.policy.SMTP)
    answer["From"], answer["To"] = str(to["To"]), str(to["Reply-To"] or to["From"])
    answer["Subject"] = f"Re: {to['Subject']}"
    answer["Date"], answer["Message-ID"] = now(), make_msgid(domain="mailbox.example.org")
    answer["In-Reply-To"] = answer["References"] = str(to["Message-ID"])
    original = to.get_body(("plain",))
    quoted = "".join(
        f"> {line}\n" for line in (original.get_content() if original else "").splitlines()
    )
    answer.set_content(f"{text}\n\nOn {to['Date']}, {to['From']} wrote:\n{quoted}")
    return answer


def _send(answer: EmailMessage) -> None:
    where = urlsplit(current_app.extensions["coachhub.config"].inbound_listen)
    with smtplib.SMTP(where.hostname or "", where.port or 25, timeout=10) as server:
        server.send_message(answer)


def _shown(path: Path) -> Shown:
    message = _message(path)
    text = message.get_body(("plain",))
    return Shown(
        name=path.stem,
        to=str(message["To"]),
        sender=str(message["From"]),
        subject=str(message["Subject"]),
        date=str(message["Date"]),
        text=text.get_content() if text else "",
        has_html=message.get_body(("html",)) is not None,
        reply_to=str(message["Reply-To"] or ""),
    )
