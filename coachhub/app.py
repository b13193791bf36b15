"""The app, as a table of contents. Making one touches no database."""

from __future__ import annotations

import os
from collections.abc import Sequence

from flask import Flask

from coachhub.accounts import address, security, tries, weaknesses
from coachhub.accounts import views as accounts
from coachhub.api import entrance as api_entrance
from coachhub.api import pages as tokens
from coachhub.api import problems
from coachhub.api import views as api
from coachhub.api.scim import errors as scim_errors
from coachhub.api.scim import views as scim
from coachhub.api.webhooks import views as webhooks
from coachhub.board import views as board
from coachhub.cohorts import entrance as cohort_entrance
from coachhub.cohorts import views as cohorts
from coachhub.companies import views as companies
from coachhub.config import Config
from coachhub.console import cases, desk, desk_appeals, house, mails, sign_on, staff, trail, watched
from coachhub.console import jobs as console_jobs
from coachhub.console import views as console
from coachhub.console import visits as looks
from coachhub.console.rosters import views as rosters
from coachhub.contacts import views as contacts
from coachhub.core import (
    access,
    forms,
    jobs,
    limits,
    looking,
    once,
    pages,
    paths,
    plugins,
    secrets,
    words,
)
from coachhub.core.db import db
from coachhub.core.keyring import Keys
from coachhub.digests import views as digests
from coachhub.firms import entrance, layout, visits
from coachhub.firms import views as firms
from coachhub.firms.sso import views as sso
from coachhub.introductions import views as introductions
from coachhub.introductions.rounds import many as all_rounds
from coachhub.introductions.rounds import views as rounds
from coachhub.mail import collecting, delivery, inbound, mailbox, typesetting
from coachhub.moderation import views as moderation
from coachhub.privacy import views as privacy
from coachhub.watching import doors, tallies

ROOMS = [accounts, address, firms, sso, privacy, cohorts, companies, contacts, board, board.landing]
ROOMS += [introductions, rounds, all_rounds, digests, moderation, console, cases, house, watched]
ROOMS += [mails, sign_on, trail, looks, rosters, staff, desk, desk_appeals, tokens, api, scim]
ROOMS += [webhooks, weaknesses]


def create_app(
    config: Config | None = None, shelf: Sequence[plugins.Plugin] | None = None
) -> Flask:
    """Return the app for `config` (default: the environment) with the plugins on `shelf`."""
    config = config or Config.from_env(os.environ)
    app = Flask(
        "coachhub", template_folder=str(paths.templates()), static_folder=str(paths.static())
    )
    app.config.from_mapping(config.flask())
    app.extensions["coachhub.config"] = config
    db.init_app(app)
    keys = Keys.of(config.encryption_keys, config.index_keys, config.secret_key)
    secrets.init_app(app, keys, config.keys_file)
    work = [looking, delivery, inbound, collecting, console_jobs, tallies]
    jobs.init_app(app, config.jobs_url, config.secret_key, work)
    forms.init_app(app)
    once.init_app(app)
    limits.init_app(app)
    security.init_app(app)
    for room in [*ROOMS, mailbox] if config.mailbox else ROOMS:
        app.register_blueprint(room.bp)
    entrance.init_app(app)
    cohort_entrance.init_app(app)
    api_entrance.init_app(app)
    # Before the guard: a plugin that is off is not there, whoever asks.
    shelf = list(plugins.find() if shelf is None else shelf)
    plugins.init_app(app, shelf)
    words.init_app(app, [one.folder for one in shelf if one.folder], security.language)
    typesetting.init_app(app)
    access.guard(app)
    visits.init_app(app)
    tries.init_app(app)
    pages.init_app(app, layout.context)
    problems.init_app(app)
    scim_errors.init_app(app)
    entrance.tell_core(app)
    doors.init_app(app)
    return app
