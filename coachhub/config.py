"""Settings, read once from the environment into one frozen object.

In production the app refuses to start with a setting missing or unsafe, and says which and how to
mend it. A trial (`make run`) and the tests fill in their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

SHORTEST_SECRET = 32
SHORTEST_TOKEN = 16
DIRECT = "direct"  # the name of the engine that goes past PgBouncer
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
    direct_database_url: str = _key(
        "DIRECT_DATABASE_URL",
        "the same database and role past PgBouncer, when DATABASE_URL goes through it: for the"
        " queue and for locks that outlive a transaction; empty: nothing stands between",
    )
    backup_database_url: str = _key(
        "BACKUP_DATABASE_URL",
        "postgresql://… as a role that may read every row (BYPASSRLS and pg_read_all_data), for"
        " `coachhub backup`, `restore` and `drill` alone",
    )
    backups: str = _key(
        "BACKUPS", "folder of the backups, which `coachhub backup` fills and `doctor` looks into"
    )
    base_url: str = _key("BASE_URL", "the address people use, as in https://hub.example.org")
    proxies: str = _key(
        "PROXIES",
        "how many reverse proxies of yours stand in front: as many of the X-Forwarded-For and"
        " -Proto they write are believed; 0: none is",
        "0",
    )
    queue_url: str = _key(
        "QUEUE_URL", "redis://… for the queue; empty: the same PostgreSQL as the data"
    )
    limits_url: str = _key(
        "LIMITS_URL",
        "where sign-in tries are counted: redis://…, or memory:// for a single process; empty: the"
        " same PostgreSQL as the data",
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
    metrics: str = _key(
        "METRICS",
        "who may read /metrics: nobody if empty; loopback: this machine, unproxied; else a token of"
        " 16 characters or more that is sent as Bearer",
    )
    metrics_folder: str = _key(
        "PROMETHEUS_MULTIPROC_DIR",
        "folder where the processes of one machine keep their metrics together, emptied before the"
        " first of them starts; needed when WEB_PROCESSES is more than 1",
    )
    metrics_listen: str = _key(
        "METRICS_LISTEN",
        "host:port where a worker answers /healthz, /readyz and /metrics; empty: nowhere",
    )
    log_format: str = _key(
        "LOG_FORMAT", "text, or json: one object a line, with ids and without names", "text"
    )
    sentry_dsn: str = _key(
        "SENTRY_DSN", "where Sentry takes errors, without names; wants coachhub[sentry]"
    )
    security_contact: str = _key(
        "SECURITY_CONTACT",
        "where weaknesses are told: mailto:… or https://…; empty: the address of MAIL_FROM",
    )
    resolver: str = _key(
        "RESOLVER",
        "who is asked for TXT records of domains: the IP address of a name server; empty: the"
        " machine's own; in a trial also file:/path with a name and a text on each line",
    )
    mailbox: str = _key("MAILBOX", "folder of the trial's local mailbox; empty in production")

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Config:
        """Read every setting, or the file that ``<NAME>_FILE`` names for it.

        Raises:
            ConfigError: for the first that is missing or unsafe.
        """
        given = {
            one.name: value
            for one in fields(cls)
            if (value := _told(environ, one.metadata["name"]))
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
        for name in ("database_url", "direct_database_url", "backup_database_url"):
            given = getattr(self, name)
            if given and not given.startswith("postgresql://"):
                raise ConfigError(f"{name.upper()} must begin with postgresql://.")
        self._check_mail()
        self._check_watching()
        if self.security_contact and not self.security_contact.startswith(("mailto:", "https://")):
            raise ConfigError("SECURITY_CONTACT must begin with mailto: or https://.")
        if self.require_second_factor not in {"", "yes", "no"}:
            raise ConfigError("REQUIRE_SECOND_FACTOR must be yes or no.")
        if self.mode == "production":
            self._check_production()

    def _check_watching(self) -> None:
        if self.log_format not in {"text", "json"}:
            raise ConfigError("LOG_FORMAT must be text or json.")
        if self.metrics not in {"", "loopback"} and len(self.metrics) < SHORTEST_TOKEN:
            raise ConfigError("METRICS must be loopback, or a token of 16 characters or more.")
        if self.metrics_listen and not self.metrics_listen.rpartition(":")[2].isdigit():
            raise ConfigError("METRICS_LISTEN must be like 127.0.0.1:9091.")

    def _check_mail(self) -> None:
        for one in ("mail_port", "mail_pace", "mail_lease", "proxies"):
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
        return _with_driver(self.database_url)

    @property
    def jobs_url(self) -> str:
        """Return where the queue is: listening on it wants PostgreSQL itself, not PgBouncer."""
        return self.queue_url or self.direct_database_url or self.database_url

    def _engines(self) -> dict[str, object]:
        """Return what SQLAlchemy is told; behind PgBouncer, a connection keeps nothing."""
        options: dict[str, object] = {"pool_pre_ping": True, "hide_parameters": True}
        if not self.direct_database_url:
            return {"SQLALCHEMY_ENGINE_OPTIONS": options}
        direct = _with_driver(self.direct_database_url)
        return {
            # What a connection prepared, PgBouncer's next one does not know.
            "SQLALCHEMY_ENGINE_OPTIONS": options | {"connect_args": {"prepare_threshold": None}},
            "SQLALCHEMY_BINDS": {DIRECT: {**options, "url": direct}},
        }

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
            **self._engines(),
            "MAIL_SERVER": self.mail_host,
            "MAIL_PORT": int(self.mail_port),
            "MAIL_USERNAME": self.mail_user or None,
            "MAIL_PASSWORD": self.mail_password or None,
            "MAIL_USE_TLS": self.mail_tls == "starttls",
            "MAIL_USE_SSL": self.mail_tls == "ssl",
            "MAIL_DEFAULT_SENDER": self.mail_from,
            "RATELIMIT_STORAGE_URI": self.limits_url or "database://",
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


def _told(environ: Mapping[str, str], name: str) -> str:
    """Return a setting from the environment, or from a file: so secrets come by their own way."""
    file = environ.get(f"{name}_FILE")
    if environ.get(name) or not file:
        return environ.get(name, "")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"{name}_FILE names {file}, which cannot be read: {error}.") from error


def _with_driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
