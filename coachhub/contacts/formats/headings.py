"""Headings of address books: which column holds what, in five languages and many dialects.

English names are those of LinkedIn's, Google's and Outlook's own exports; the German, French,
Spanish and Italian ones are LinkedIn's words for the same fields together with what people
write in their own lists. A heading is compared by its letters and digits alone.
"""

import unicodedata
from dataclasses import dataclass, field, fields
from typing import Final

from coachhub.contacts.formats.entries import Mapping
from coachhub.core.words import gettext_noop

FIELDS: Final = tuple(f.name for f in fields(Mapping))

# Within a line the better name stands first: "Job Title" before Outlook's "Title" (Mr, Ms).
_NAMES: Final = {
    "first_name": "firstname givenname forename vorname rufname prenom nombredepila voornaam",
    "last_name": "lastname surname familyname nachname familienname zuname nomdefamille "
    "apellidos apellido cognome achternaam",
    "full_name": "fullname displayname formattedname contactname vollstandigername anzeigename "
    "ansprechpartner nomcomplet nometprenom prenometnom nombrecompleto nombreyapellidos "
    "nomecompleto nomeecognome fileas contact person",
    "email": "emailaddress email email1value email1address primaryemail mail mailaddress "
    "emailadresse mailadresse adresseemail adressemail adressedemessagerie courriel "
    "adresseelectronique correoelectronico correo direcciondecorreoelectronico "
    "direcciondecorreo direcciondeemail indirizzoemail indirizzodiposta "
    "indirizzodipostaelettronica postaelettronica email2address email3address email2value "
    "email3value email2 email3",
    "url": "url profileurl linkedinurl linkedinprofile linkedinprofileurl linkedin "
    "publicprofileurl profilurl profillink urlduprofil urldeprofil urldelperfil urldelprofilo "
    "urlprofilo liendeprofil website1value websites website webpage webseite siteweb sitioweb "
    "sitoweb paginaweb link",
    "company": "company companyname currentcompany organization1name organizationname "
    "organization organisation employer firm firma unternehmen arbeitgeber firmenname "
    "entreprise societe employeur empresa compania organizacion azienda societa "
    "organizzazione datoredilavoro bedrijf",
    "position": "position currentposition jobtitle organization1title organizationtitle "
    "positiontitle berufsbezeichnung jobbezeichnung stelle funktion rolle poste intituleduposte "
    "fonction puesto cargo posicion posizione posizionelavorativa ruolo qualifica "
    "beruf occupation headline role title titel titre",
    "connected_on": "connectedon connectiondate dateconnected connectedsince verbundenam "
    "vernetztam vernetztseit verknupftam verbundenseit kontaktseit kontaktdatum "
    "connectele dateconnexion datedeconnexion datedemiseenrelation relationdepuis "
    "enrelationdepuis misenrelationle conectadoel conectadodesde contactodesde "
    "fechadeconexion collegatoil collegatodal collegatodata datadicollegamento "
    "datacollegamento datadiconnessione connessoil",
    "note": "notes note notizen notiz bemerkungen bemerkung kommentar remarques remarque "
    "commentaires commentaire notas comentarios comentario notecommenti commenti comments "
    "comment tags",
}
_KNOWN: Final = {
    name: (which, rank)
    for which, names in _NAMES.items()
    for rank, name in enumerate(names.split())
}
# "Name" beside "Vorname" is the last name, "Nombre" beside "Apellidos" the first; alone, both.
_EITHER_NAME: Final = frozenset({"name", "nom", "nome", "nombre", "naam"})
_SEVERAL: Final = frozenset({"email", "url"})  # the first of these that is filled counts
_MAX_HEADING = 80

_GOOGLE: Final = frozenset(
    {"email1value", "groupmembership", "organization1name", "yominame", "phoneticfirstname"}
)
_OUTLOOK: Final = frozenset(
    {
        "businessstreet",
        "homestreet",
        "email2address",
        "emaildisplayname",
        "strassegeschaftlich",
        "strasseprivat",
        "emailangezeigtername",
        "ruebureau",
    }
)
_LINKEDIN_2018: Final = frozenset({"currentcompany", "currentposition"})


@dataclass(frozen=True, slots=True)
class Headings:
    """A line of headings: its cells, and for every field the columns that may hold it."""

    format: str
    cells: tuple[str, ...]
    english: bool
    places: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def mapping(self) -> Mapping:
        """The best column for every field."""
        return Mapping(**{which: columns[0] for which, columns in self.places.items()})

    @property
    def complete(self) -> bool:
        """Whether an import can do without asking: a name, and something about the person."""
        found = self.places.keys()
        named = bool(found & {"first_name", "last_name", "full_name"})
        told = found & {"email", "url", "company", "position", "connected_on"}
        return (named and bool(told)) or {"first_name", "last_name"} <= found


def letters_of(heading: str) -> str:
    """The heading's letters and digits, in small letters without accents."""
    folded = unicodedata.normalize("NFKD", heading.casefold())
    return "".join(c for c in folded if c.isalnum())


def read_headings(cells: list[str]) -> Headings:
    """Find the known names among the cells; `complete` tells whether it is enough."""
    names = [letters_of(c) if len(c) <= _MAX_HEADING else "" for c in cells]
    found: dict[str, list[tuple[int, int]]] = {}
    for column, name in enumerate(names):
        if name in _KNOWN:
            which, rank = _KNOWN[name]
            found.setdefault(which, []).append((rank, column))
    either = [column for column, name in enumerate(names) if name in _EITHER_NAME]
    if either:
        which = "full_name"
        if ("first_name" in found) != ("last_name" in found):
            which = "last_name" if "first_name" in found else "first_name"
        found.setdefault(which, []).append((0, either[0]))
    places = {
        which: tuple(column for _, column in sorted(ranked))[: None if which in _SEVERAL else 1]
        for which, ranked in found.items()
    }
    present = frozenset(names)
    return Headings(
        format=_format(present, places),
        cells=tuple(c.strip() for c in cells),
        english=not present.isdisjoint({"firstname", "lastname", "connectedon", "givenname"}),
        places=places,
    )


def _format(present: frozenset[str], places: dict[str, tuple[int, ...]]) -> str:
    """The name by which people know the file."""
    if present & _GOOGLE:
        return gettext_noop("Google Contacts")
    if present & _OUTLOOK:
        return gettext_noop("Outlook contacts")
    named = places.keys() >= {"first_name", "last_name"}
    if named and ("connected_on" in places or present >= _LINKEDIN_2018):
        return gettext_noop("LinkedIn connections")
    return gettext_noop("Spreadsheet (CSV)")
