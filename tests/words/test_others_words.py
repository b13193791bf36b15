"""What the libraries under us say to people is said in their language, too."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from coachhub.core.forms import Form
from coachhub.core.words import gettext, in_language

FRENCH = {"Accept-Language": "fr"}


class TwoFields(Form):
    class Meta(Form.Meta):
        csrf = False

    first = StringField("First", [InputRequired()])
    second = StringField("Second", [Length(max=3)])


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        ("en", "This field is required.", "Field cannot be longer than 3 characters."),
        ("es", "Este campo es obligatorio.", "El campo no puede tener más de 3 caracteres."),
        ("fr", "Ce champ est requis.", "Le champ ne peut pas contenir plus de 3 caractères."),
    ],
)
def test_forms_complain_in_the_readers_language(
    app: Flask, language: str, first: str, second: str
) -> None:
    with app.test_request_context(
        "/", method="POST", headers={"Cookie": f"language={language}"}, data={"second": "four"}
    ):
        form = TwoFields()
        assert not form.validate()
        assert (form.first.errors, form.second.errors) == ([first], [second])


def test_signing_in_says_what_is_wrong_in_french(client: FlaskClient) -> None:
    page = client.post(
        "/account/login",
        data={"email": "ada@example.org", "password": "not this one"},
        headers=FRENCH,
    ).get_data(as_text=True)
    assert "L’adresse mail et le mot de passe ou le code ne vont pas ensemble." in page
    assert "do not go together" not in page


def test_no_text_is_the_head_of_a_catalogue(app: Flask) -> None:
    with app.app_context(), in_language("fr"):
        assert gettext("") == ""
