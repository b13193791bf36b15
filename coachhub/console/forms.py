"""Forms of the console."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, EmailField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Email, Length, Optional, Regexp

from coachhub.core.forms import Form, choices
from coachhub.core.words import LANGUAGES, gettext_noop, lazy_gettext

ROLE_WORDS = {
    "member": gettext_noop("Member"),
    "coach": gettext_noop("Coach"),
    "admin": gettext_noop("Firm admin"),
}
ROLES = choices((role, lazy_gettext(words)) for role, words in ROLE_WORDS.items())


class InviteForm(Form):
    """Invite one person, or many at once."""

    email = EmailField(
        lazy_gettext("Mail address"), [Optional()], description=lazy_gettext("For one person.")
    )
    name = StringField(lazy_gettext("Their name"), [Length(max=120)])
    roster = TextAreaField(
        lazy_gettext("Or many at once"),
        [Length(max=50_000)],
        description=lazy_gettext("One per line: address, name. As copied from a spreadsheet."),
    )
    role = SelectField(lazy_gettext("As"), choices=ROLES)
    cohort = SelectField(lazy_gettext("Into"), [Optional()])


class RoleForm(Form):
    """Give somebody another role."""

    role = RadioField(lazy_gettext("Role here"), choices=ROLES)


class FirmForm(Form):
    """How the firm looks and signs its mails."""

    name = StringField(
        lazy_gettext("Name"), [DataRequired(lazy_gettext("A firm has a name.")), Length(max=120)]
    )
    sender_name = StringField(
        lazy_gettext("Mails come from"),
        [Length(max=120)],
        description=lazy_gettext("The firm's name if left empty."),
    )
    colour = StringField(
        lazy_gettext("Colour"),
        [
            Regexp(
                r"^#[0-9a-fA-F]{6}$",
                message=lazy_gettext("Like #1f6f6b: a # and six digits or a to f."),
            )
        ],
        render_kw={"type": "color"},
    )
    language = SelectField(
        lazy_gettext("Language"),
        choices=choices(LANGUAGES.items()),
        description=lazy_gettext(
            "Mails to people outside are in it, and invitations. Each person chooses their own"
            " for everything else."
        ),
    )
    second_factor = BooleanField(
        lazy_gettext("Everybody needs a second factor"),
        description=lazy_gettext(
            "An authenticator app or a passkey, asked for at the next click. Who looks"
            " after others needs one anyway."
        ),
    )


class NewFirmForm(Form):
    """Staff make a firm and invite its first admin."""

    name = StringField(
        lazy_gettext("The firm's name"),
        [DataRequired(lazy_gettext("Please name the firm.")), Length(max=120)],
    )
    slug = StringField(
        lazy_gettext("Its address"),
        [Length(max=40)],
        description=lazy_gettext("Made from the name if empty."),
    )
    email = EmailField(
        lazy_gettext("Its first admin's address"),
        [DataRequired(lazy_gettext("Who looks after it?"))],
    )
    admin_name = StringField(lazy_gettext("Their name"), [Length(max=120)])


class SenderForm(Form):
    """The firm's own sender address, and a key if it has one already."""

    address = EmailField(
        lazy_gettext("Sender address"),
        [
            DataRequired(lazy_gettext("Please give the address your mails should come from.")),
            Email(),
        ],
        description=lazy_gettext("At a domain of yours, as in hello@your-firm.com."),
    )
    private_key = TextAreaField(
        lazy_gettext("Your own DKIM key"),
        [Length(max=10_000)],
        description=lazy_gettext(
            "Only if you have one: RSA, in PEM form. Left empty, we make one for you."
        ),
    )


class SealForm(Form):
    """A seal of the audit trail that was written down elsewhere; it changes nothing."""

    class Meta(Form.Meta):
        """It is sent with GET."""

        csrf = False

    seal = StringField(
        lazy_gettext("Number and seal"),
        [Optional()],
        description=lazy_gettext(
            "As in 12:5f3c…, from one of our monthly mails or from a copy that you took."
        ),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class LookInForm(Form):
    """Staff say why they look into a firm, and for how long."""

    reason = TextAreaField(
        lazy_gettext("Why"),
        [DataRequired(lazy_gettext("Please say why.")), Length(min=10, max=500)],
        description=lazy_gettext("The firm's admins read it at once, by mail and on their pages."),
    )
    minutes = SelectField(
        lazy_gettext("For how long"),
        choices=choices(
            (
                ("15", lazy_gettext("15 minutes")),
                ("30", lazy_gettext("30 minutes")),
                ("60", lazy_gettext("One hour")),
            )
        ),
        default="15",
    )


class WriteForm(Form):
    """Staff say why reading is not enough."""

    reason = TextAreaField(
        lazy_gettext("Why reading is not enough"),
        [DataRequired(lazy_gettext("Please say why.")), Length(min=10, max=500)],
        description=lazy_gettext("The firm's admins get a second mail with it."),
    )


class CloseForm(Form):
    """Staff close a firm, or open it again."""

    reason = TextAreaField(
        lazy_gettext("Why"),
        [DataRequired(lazy_gettext("Please say why.")), Length(min=10, max=500)],
        description=lazy_gettext("It stands in the firm's audit trail."),
    )


class RosterForm(Form):
    """A file of people to invite, and what holds for rows that do not say it."""

    file = FileField(
        lazy_gettext("Your file"),
        [FileRequired(lazy_gettext("Please choose a file first."))],
        description=lazy_gettext(
            "CSV, up to 10 MB and 5,000 people. Columns: Email, and if you like Name, Role"
            " (member, coach, admin) and Cohort. Excel saves one as “CSV UTF-8”."
        ),
    )
    role = SelectField(lazy_gettext("As, where the file says nothing"), choices=ROLES)
    cohort = SelectField(lazy_gettext("Into, where the file says nothing"), [Optional()])
