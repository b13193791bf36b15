"""Settings, read once from the environment into one frozen object.

In production the app refuses to start with a setting missing or unsafe, and says which and how to
mend it. A trial (`make run`) and the tests fill in their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from urllib.parse import urlsplit

SHORTEST_SECRET = 32
LOOKUPS = ("postfix:", "folder:", "http://", "https://")


class ConfigError(RuntimeError):
    """A setting is missing or wrong; the message is one line that says how to mend it."""


def _key(name: str, doc: str, default: str = "") -> str:
    return field(default=default, metadata={"name": name, "doc": doc})


@dataclass(frozen=True)
class Config:
    """Every setting there is. `Config.documented()` lists names, meanings and defaults."""

    mode: str = _key("COACHHUB_MODE", "production, trial or test", "production")
    secret_key: str = _key(
        "SECRET_KEY", "signs sessions and links; 32 characters or more, kept outside the database"
    )
    encryption_keys: str = _key(
        "ENCRYPTION_KEYS",
        "Fernet keys for private texts, separated by spaces; the first one writes",
    )
    index_keys: str = _key(
        "INDEX_KEYS",
        "keys of the hashes that find encrypted texts again, separated by spaces; the first one"
        " writes; empty: SECRET_KEY",
    )
    keys_file: str = _key(
        "KEYS_FILE",
        "JSON file outside the database with ENCRYPTION_KEYS and INDEX_KEYS, the same for every"
        " process: it counts more than these two, and `coachhub keys rotate` writes it",
    )
    erasures: str = _key(
        "ERASURES",
        "folder outside the database where it is written, by hash, who was erased: read when an"
        " older backup is brought back; keep it as long as backups, and apart from them",
    )
    database_url: str = _key(
        "DATABASE_URL", "postgresql://… as the application's role, which owns nothing"
    )
    migration_database_url: str = _key(
        "MIGRATION_DATABASE_URL", "postgresql://… as the role that owns the tables"
    )
    base_url: str = _key("BASE_URL", "the address people use, as in https://hub.example.org")
    queue_url: str = _key(
        "HUEY_URL", "redis://… for the queue; empty: the same PostgreSQL as the data"
    )
    limits_url: str = _key(
        "LIMITS_URL", "where sign-in tries are counted: redis://… or memory://", "memory://"
    )
    require_second_factor: str = _key(
        "REQUIRE_SECOND_FACTOR",
        "yes: coaches, admins and staff need an authenticator app or a passkey; no: they may;"
        " empty: yes in production, no in a trial",
    )
    mail_host: str = _key("MAIL_HOST", "the SMTP server", "127.0.0.1")
    mail_port: str = _key("MAIL_PORT", "its port", "25")
    mail_user: str = _key("MAIL_USER", "its user, if it asks for one")
    mail_password: str = _key("MAIL_PASSWORD", "and password")
    mail_tls: str = _key("MAIL_TLS", "none, starttls or ssl", "starttls")
    mail_from: str = _key("MAIL_FROM", "the address mails come from, as in hub@example.org")
    mail_pace: str = _key(
        "MAIL_PACE", "how many mails a minute go to one receiving domain; 0: no limit", "300"
    )
    mail_lease: str = _key(
        "MAIL_LEASE", "seconds after which a stopped worker's mail is looked for", "900"
    )
    mail_lookup: str = _key(
        "MAIL_LOOKUP",
        "how the mail server is asked whether it took a mail: postfix:/var/log/mail.log,"
        " folder:/path, or http(s)://… with {message_id} in it; empty: it cannot be asked",
    )
    inbound_domain: str = _key(
        "INBOUND_DOMAIN",
        "domain that replies and bounces come back to; empty: that of MAIL_FROM;"
        " none: replies by mail are not taken",
    )
    inbound_listen: str = _key(
        "INBOUND_LISTEN",
        "where `coachhub inbound` listens: smtp://, lmtp:// with host and port, or lmtp:///path",
        "smtp://127.0.0.1:8025",
    )
    inbound_mailbox: str = _key(
        "INBOUND_MAILBOX",
        "a catch-all mailbox to look into once a minute, instead of `coachhub inbound`:"
        " imaps://user:password@host/folder, or imap:// with STARTTLS",
    )
    resolver: str = _key(
        "RESOLVER",
        "who is asked for TXT records of domains: the IP address of a name server; empty: the"
        " machine's own; in a trial also file:/path with a name and a text on each line",
    )
    mailbox: str = _key("MAILBOX", "folder of the trial's local mailbox; empty in production")

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Config:
        """Read every setting; raises ConfigError for the first that is missing or unsafe."""
        given = {
            one.name: environ[one.metadata["name"]]
            for one in fields(cls)
            if environ.get(one.metadata["name"])
        }
        config = cls(**given)
        config.check()
        return config

    @classmethod
    def documented(cls) -> list[tuple[str, str, str]]:
        """Return (name, meaning, default) of every setting."""
        return [
            (one.metadata["name"], one.metadata["doc"], str(one.default)) for one in fields(cls)
        ]

    def check(self) -> None:
        """Refuse what is missing everywhere, and what is unsafe in production."""
        if self.mode not in {"production", "trial", "test"}:
            raise ConfigError("COACHHUB_MODE must be production, trial or test.")
        for one in ("secret_key", "encryption_keys", "database_url", "base_url", "mail_from"):
            if not getattr(self, one) and not (one == "encryption_keys" and self.keys_file):
                name = next(f.metadata["name"] for f in fields(self) if f.name == one)
                raise ConfigError(
                    f"{name} is not set: set it in the environment (`coachhub settings` lists all)."
                )
        if not self.database_url.startswith("postgresql://"):
            raise ConfigError("DATABASE_URL must begin with postgresql://.")
        self._check_mail()
        if self.require_second_factor not in {"", "yes", "no"}:
            raise ConfigError("REQUIRE_SECOND_FACTOR must be yes or no.")
        if self.mode == "production":
            self._check_production()

    def _check_mail(self) -> None:
        for one in ("mail_port", "mail_pace", "mail_lease"):
            if not getattr(self, one).isdigit():
                raise ConfigError(f"{one.upper()} must be a number.")
        if self.mail_lookup and not self.mail_lookup.startswith(LOOKUPS):
            raise ConfigError("MAIL_LOOKUP must begin with postfix:, folder:, http:// or https://.")
        where = urlsplit(self.inbound_mailbox)
        if self.inbound_mailbox and not (
            where.scheme in {"imap", "imaps"} and where.hostname and where.username
        ):
            raise ConfigError("INBOUND_MAILBOX must be like imaps://user:password@host/folder.")

    def _check_production(self) -> None:
        if len(self.secret_key) < SHORTEST_SECRET:
            raise ConfigError("SECRET_KEY is too short: use 32 random characters or more.")
        if urlsplit(self.base_url).scheme != "https":
            raise ConfigError("BASE_URL must begin with https:// in production.")
        if self.mailbox:
            raise ConfigError("MAILBOX shows every mail to everybody: unset it in production.")
        if self.resolver.startswith("file:"):
            raise ConfigError(
                "RESOLVER must be a name server in production: a file proves nothing."
            )

    @property
    def sqlalchemy_url(self) -> str:
        """Return DATABASE_URL with the driver named, as SQLAlchemy wants it."""
        return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)

    def flask(self) -> dict[str, object]:
        """Return what Flask and its extensions read."""
        host = urlsplit(self.base_url)
        secure = host.scheme == "https"
        return {
            "TESTING": self.mode == "test",
            "SECRET_KEY": self.secret_key,
            "PREFERRED_URL_SCHEME": host.scheme,
            "TRUSTED_HOSTS": [host.hostname, "127.0.0.1", "localhost"]
            if self.mode != "production"
            else [host.hostname],
            "MAX_CONTENT_LENGTH": 11 * 1024 * 1024,
            "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
            "SESSION_COOKIE_NAME": "__Host-session" if secure else "session",
            "SESSION_COOKIE_SECURE": secure,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "PERMANENT_SESSION_LIFETIME": 14 * 24 * 3600,
            "SQLALCHEMY_DATABASE_URI": self.sqlalchemy_url,
            "SQLALCHEMY_ENGINE_OPTIONS": {"pool_pre_ping": True},
            "MAIL_SERVER": self.mail_host,
            "MAIL_PORT": int(self.mail_port),
            "MAIL_USERNAME": self.mail_user or None,
            "MAIL_PASSWORD": self.mail_password or None,
            "MAIL_USE_TLS": self.mail_tls == "starttls",
            "MAIL_USE_SSL": self.mail_tls == "ssl",
            "MAIL_DEFAULT_SENDER": self.mail_from,
            "RATELIMIT_STORAGE_URI": self.limits_url,
            "RATELIMIT_STORAGE_OPTIONS": {"wrap_exceptions": True},
            "RATELIMIT_ENABLED": self.mode != "test",
            # Argon2id as its library has it; half a second for each sign-in is too much for tests.
            "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
                "argon2__rounds": 1,
                "argon2__memory_cost": 64,
                "argon2__parallelism": 1,
            }
            if self.mode == "test"
            else {},
            # A trial and the tests call servers on this machine; see `core.outgoing`.
            "OUTGOING_PRIVATE": self.mode != "production",
            "REQUIRE_SECOND_FACTOR": self.require_second_factor == "yes"
            or (self.mode == "production" and not self.require_second_factor),
        }
