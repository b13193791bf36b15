"""A bare Flask app around the templates: no database, every missing name an error."""

from types import SimpleNamespace as Thing
from typing import Any

from flask import Flask, flash, render_template, request
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined

from coachhub.console.living import living_context
from coachhub.core import markup, words
from coachhub.core.once import new_mark
from coachhub.core.pages import POLICY, MenuItem, moment
from coachhub.core.paths import static, templates
from coachhub.mail import typesetting


def menu() -> list[MenuItem]:
    return [
        MenuItem("Today", "#today", "home", active=True),
        MenuItem("Board", "#board", "board", badge=3),
        MenuItem("Rounds", "#rounds", "ring"),
    ]


def bare_app() -> Flask:
    app = Flask("bare", template_folder=str(templates()), static_folder=str(static()))
    app.jinja_env.globals["new_mark"] = new_mark
    app.add_template_filter(moment)
    words.init_app(app)
    typesetting.init_app(app)
    markup.init_app(app)
    app.config.update(SECRET_KEY="for tests only", WTF_CSRF_SSL_STRICT=False)
    app.jinja_env.undefined = StrictUndefined
    CSRFProtect(app)

    @app.context_processor
    def context() -> dict[str, Any]:
        return {
            "person": Thing(name="Ada Osei"),
            "firm": Thing(
                name="Harbour Careers", slug="harbour", colour=request.args.get("colour")
            ),
            "membership": Thing(role="firm_admin"),
            "cohort": Thing(name="Spring", slug="spring"),
            "menu": menu(),
            "other_firms": [Thing(name="Northern Bridge", url="#northern")],
            "person_links": [
                {"label": "Your account", "url": "#account"},
                {"label": "Sign out", "url": "/out", "icon": "leave", "post": True},
            ],
        }

    @app.after_request
    def policy(response: Any) -> Any:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    @app.get("/living")
    def living() -> str:
        flash("Saved.", "success")
        flash("Shell was taken off your board.", "undo:/undo")
        return render_template(
            "console/components.html", **living_context(request.args.get("looked", 0, int))
        )

    @app.get("/errors/<int:status>")
    def error(status: int) -> str:
        return render_template(f"errors/{status}.html", message="", incident="3f2a")

    return app
