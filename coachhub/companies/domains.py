"""From a mail address to the company's web domain, and from there to the catalogue."""

from functools import cache

from publicsuffixlist import PublicSuffixList

from coachhub.companies import catalogue
from coachhub.companies.words import DATA


@cache
def _suffixes() -> PublicSuffixList:
    # The list ships with the package; nothing is fetched.
    return PublicSuffixList()


@cache
def free_mail() -> frozenset[str]:
    """Domains where anybody gets a mailbox: they name no company."""
    lines = (DATA / "free_mail.txt").read_text("utf-8").splitlines()
    return frozenset(" ".join(line for line in lines if not line.startswith("#")).split())


def registrable(host: str) -> str:
    """What a company registers of a host name: "mail.example.co.uk" gives "example.co.uk".

    Empty for an address that is no host name, and for a bare public suffix.
    """
    host = host.strip().strip(".").lower()
    if not host or " " in host or host.replace(".", "").isdigit() or ":" in host:
        return ""
    try:
        plain = host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return _suffixes().privatesuffix(plain) or ""


def company_domain(address: str) -> str:
    """The company's domain in a mail address or web address, empty for free mail and nonsense."""
    text = address.strip().lower()
    if "//" in text:
        text = text.split("//", 1)[1]
    text = text.split("/", 1)[0].split("?", 1)[0].rsplit("@", 1)[-1]
    domain = registrable(text.split(":", 1)[0])
    return "" if domain in free_mail() or _is_free(domain) else domain


def _is_free(domain: str) -> bool:
    # The big mail houses have a domain in every country: yahoo.co.jp, hotmail.fr, gmx.at.
    return domain.split(".", 1)[0] in {"yahoo", "hotmail", "gmx", "ymail", "rocketmail"}


def same_company(address: str, domain: str) -> bool:
    """Whether a mail address is the company's own, by its registrable domain."""
    mine = company_domain(address)
    return bool(mine) and mine == registrable(domain)


def entry_for(address: str) -> catalogue.Entry | None:
    """The catalogue's company for a mail address or web address, if it knows the domain."""
    number = catalogue.by_domain().get(company_domain(address))
    return None if number is None else catalogue.entries()[number]
