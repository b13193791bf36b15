"""Every form with words of its own is read by the guards, or says here why it is not."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask
from wtforms import EmailField, HiddenField, PasswordField, StringField, TelField
from wtforms.fields.core import UnboundField

from coachhub.core.forms import Form, WordsField
from coachhub.moderation.guards import GuardedForm, SharedForm

NOT_WORDS = PasswordField | EmailField | TelField | HiddenField
OWN_EYES = "only the one who writes reads it"
MODERATORS = "moderators read or write it, as it is"
NAME = "a name, looked up or shown as one"
ADDRESS = "an address, a link or a code, checked as one"
HOUSE = "the firm's or the platform's own words and settings"
STRANGER = "somebody outside writes it to one member, who chose to be written to"
LATER = "it becomes a draft, which a guarded form publishes"
TRIAL = "it plays the part of a mail that comes in; what it becomes is read there"
PARENT = "the page shows the guarded form that is made of it"

# Why no guard reads a field, by form.
FREE: dict[str, dict[str, str]] = {
    OWN_EYES: {
        "BackForm": "back",
        "CompanyNoteForm": "text",
        "ContactForm": "company first_name last_name note position url",
        "GivenForm": "name what",
        "GroupForm": "name",
        "GuardedProfileForm": "keep_from",
        "HookForm": "note",
        "LeadForm": "source",
        "LetterForm": "subject text",
        "LongForm": "note",
        "NotesForm": "can_offer learned met role to_name went_well",
        "PitchForm": "note",
        "RuleForm": "gift",
        "ViewForm": "name",
    },
    MODERATORS: {
        "AppealForm": "text",
        "DecisionForm": "message",
        "NoteForm": "text",
        "CloseForm": "reason",
        "LookInForm": "reason",
        "ReportForm": "note",
        "RulingForm": "message",
        "TogetherForm": "message",
        "WordsForm": "lines",
        "WriteForm": "reason",
    },
    NAME: {
        "AboutMeForm": "name",
        "ChannelForm": "name",
        "EraseForm": "name",
        "InviteForm": "name roster",
        "JoinForm": "name",
        "MergeForm": "other",
        "NameForm": "company name",
        "NoteForm": "name",
        "RenameForm": "name",
        "TokenForm": "name",
        "WebhookForm": "name",
    },
    ADDRESS: {
        "AddressForm": "address",
        "CardForm": "link",
        "ChannelForm": "address",
        "DomainForm": "domain",
        "DoorForm": "email",
        "GuardedProfileForm": "profile_url resume_url",
        "ProviderForm": "client_id issuer",
        "ReportForm": "email",
        "SealForm": "seal",
        "SenderForm": "private_key",
        "ShortlistForm": "to_address",
        "TargetHelpForm": "email",
        "WebhookForm": "address",
    },
    HOUSE: {
        "FirmForm": "colour name sender_name",
        "HouseRuleForm": "advice meaning title",
        "NewFirmForm": "admin_name name slug",
        "SettingsForm": "lead weeks",
    },
    STRANGER: {"VisitorForm": "message name"},
    LATER: {"AskForm": "learn words", "GiveForm": "can knows makes reads"},
    TRIAL: {"ReplyForm": "text"},
    PARENT: {
        "ProfileForm": "fields headline interests keep_from places profile_url resume_url titles"
    },
}


def forms(base: type[Form] = Form) -> Iterator[type[Form]]:
    for form in base.__subclasses__():
        yield form
        yield from forms(form)


def words_of(form: type[Form]) -> Iterator[str]:
    """Yield the fields of a form that take words."""
    for name in dir(form):
        field = getattr(form, name, None)
        if not isinstance(field, UnboundField):
            continue
        kind = field.field_class
        if issubclass(kind, StringField | WordsField) and not issubclass(kind, NOT_WORDS):
            yield name


def test_every_word_that_others_read_is_read_by_the_guards(app: Flask) -> None:
    assert app  # loads every room and plugin
    unread = set()
    for form in forms():
        if form.__module__.startswith(("coachhub.", "coachhub_")):
            heard = form.guarded if issubclass(form, GuardedForm) else ()
            unread |= {(form.__name__, name) for name in words_of(form) if name not in heard}
    free = {
        (form, name)
        for why in FREE.values()
        for form, names in why.items()
        for name in names.split()
    }
    assert unread == free


def test_a_form_that_asks_by_itself_says_what_it_is(app: Flask) -> None:
    assert app
    for form in forms(SharedForm):
        assert form.read_as, form
        assert form.guarded, form
        assert set(form.details_in) <= set(form.guarded), form
