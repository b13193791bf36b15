"""Sign-in mails on their way into the outbox instead of straight out."""

from __future__ import annotations

from typing import Any

from flask_security import MailUtil

from coachhub.mail.outbox import queue_account_mail


class AccountMailer(MailUtil):
    """Flask-Security's mail sender, replaced by a row in the outbox."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],
        body: str | None,
        html: str | None,
        **kwargs: Any,
    ) -> None:
        """Write the mail down; it leaves when the request's transaction commits."""
        del sender, kwargs
        address = recipient if isinstance(recipient, str) else recipient[1]
        kind = template.rpartition("/")[2]
        queue_account_mail(kind, str(subject), address, body or "", html or "")
