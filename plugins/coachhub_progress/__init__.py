"""Updates to one's own contacts: what happened, what is looked for, what may help them."""

from __future__ import annotations

from coachhub.board.hooks import MEMBER_SECTION
from coachhub.core.plugins import Plugin
from coachhub.core.words import gettext_noop
from coachhub.digests.hooks import DIGEST_SECTION
from coachhub.firms.hooks import HOME, MEMBER_LEFT, MENU
from coachhub.mail.hooks import INBOUND, MAY_SEND
from coachhub.privacy.hooks import EXPORT_SECTION
from coachhub_progress import jobs, joins
from coachhub_progress.forms import SettingsForm
from coachhub_progress.views import bp

JOBS = (jobs.write_mails,)

plugin = Plugin(
    name="progress",
    title=gettext_noop("Progress updates"),
    version="1.0",
    summary=gettext_noop(
        "Members tell their own contacts how the search goes, in their own words: drafted from"
        " what happened, sent to whom they choose, ended by the reader with one click."
    ),
    blueprint=bp,
    settings_form=SettingsForm,
    on={
        MENU: joins.menu,
        HOME: joins.home,
        DIGEST_SECTION: joins.digest,
        MEMBER_SECTION: joins.member_section,
        MEMBER_LEFT: joins.member_left,
        MAY_SEND: joins.may_send,
        INBOUND: joins.inbound,
        EXPORT_SECTION: joins.export,
    },
)
