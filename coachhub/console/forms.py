"""Forms of the console."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, EmailField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Email, Length, Optional, Regexp

from coachhub.core.forms import Form, choices

ROLES = choices((("member", "Member"), ("coach", "Coach"), ("admin", "Firm admin")))


class InviteForm(Form):
    """Invite one person, or many at once."""

    email = EmailField("Mail address", [Optional()], description="For one person.")
    name = StringField("Their name", [Length(max=120)])
    roster = TextAreaField(
        "Or many at once",
        [Length(max=50_000)],
        description="One per line: address, name. As copied from a spreadsheet.",
    )
    role = SelectField("As", choices=ROLES)
    cohort = SelectField("Into", [Optional()])


class RoleForm(Form):
    """Give somebody another role."""

    role = RadioField("Role", choices=ROLES)


class FirmForm(Form):
    """How the firm looks and signs its mails."""

    name = StringField("Name", [DataRequired("A firm has a name."), Length(max=120)])
    sender_name = StringField(
        "Mails come from", [Length(max=120)], description="The firm's name if left empty."
    )
    colour = StringField(
        "Colour",
        [Regexp(r"^#[0-9a-fA-F]{6}$", message="Like #1f6f6b: a # and six digits or a to f.")],
        render_kw={"type": "color"},
    )
    second_factor = BooleanField(
        "Everybody needs a second factor",
        description="An authenticator app or a passkey, asked for at the next click. Who looks"
        " after others needs one anyway.",
    )


class NewFirmForm(Form):
    """Staff make a firm and invite its first admin."""

    name = StringField("The firm's name", [DataRequired("Please name the firm."), Length(max=120)])
    slug = StringField("Its address", [Length(max=40)], description="Made from the name if empty.")
    email = EmailField("Its first admin's address", [DataRequired("Who looks after it?")])
    admin_name = StringField("Their name", [Length(max=120)])


class SenderForm(Form):
    """The firm's own sender address, and a key if it has one already."""

    address = EmailField(
        "Sender address",
        [DataRequired("Please give the address your mails should come from."), Email()],
        description="At a domain of yours, as in hello@your-firm.com.",
    )
    private_key = TextAreaField(
        "Your own DKIM key",
        [Length(max=10_000)],
        description="Only if you have one: RSA, in PEM form. Left empty, we make one for you.",
    )


class SealForm(Form):
    """A seal of the audit trail that was written down elsewhere; it changes nothing."""

    class Meta(Form.Meta):
        """It is sent with GET."""

        csrf = False

    seal = StringField(
        "Number and seal",
        [Optional()],
        description="As in 12:5f3c…, from one of our monthly mails or from a copy that you took.",
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class LookInForm(Form):
    """Staff say why they look into a firm, and for how long."""

    reason = TextAreaField(
        "Why",
        [DataRequired("Please say why."), Length(min=10, max=500)],
        description="The firm's admins read it at once, by mail and on their pages.",
    )
    minutes = SelectField(
        "For how long",
        choices=choices((("15", "15 minutes"), ("30", "30 minutes"), ("60", "One hour"))),
        default="15",
    )


class WriteForm(Form):
    """Staff say why reading is not enough."""

    reason = TextAreaField(
        "Why reading is not enough",
        [DataRequired("Please say why."), Length(min=10, max=500)],
        description="The firm's admins get a second mail with it.",
    )


class CloseForm(Form):
    """Staff close a firm, or open it again."""

    reason = TextAreaField(
        "Why",
        [DataRequired("Please say why."), Length(min=10, max=500)],
        description="It stands in the firm's audit trail.",
    )


class RosterForm(Form):
    """A file of people to invite, and what holds for rows that do not say it."""

    file = FileField(
        "Your file",
        [FileRequired("Please choose a file first.")],
        description="CSV, up to 10 MB and 5,000 people. Columns: Email, and if you like Name, Role"
        " (member, coach, admin) and Cohort. Excel saves one as “CSV UTF-8”.",
    )
    role = SelectField("As, where the file says nothing", choices=ROLES)
    cohort = SelectField("Into, where the file says nothing", [Optional()])
