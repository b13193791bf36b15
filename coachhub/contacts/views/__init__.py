"""Pages of the contacts room."""

from flask import Blueprint

from coachhub.contacts import doors, forgetting, joins
from coachhub.contacts.views import address_book, imports, invites

bp = Blueprint("contacts", __name__, url_prefix="/f/<firm>/contacts")
address_book.add_to(bp)
imports.add_to(bp)
# They listen once this module is loaded.
JOINED = (invites.menu, invites.homes, doors.doors, joins.export, forgetting.forget)
