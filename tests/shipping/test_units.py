"""What is shipped beside the wheel fits together: image, compose file, units, settings."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.fernet import Fernet

from coachhub.config import Config, ConfigError
from coachhub.core.keyring import keys_in
from fixtures_database import ROOT

UNITS = sorted((ROOT / "deploy" / "systemd").iterdir())
OF_PROCESSES = {"LANG", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "PATH"}


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return found


def known(name: str) -> bool:
    settings = {name for name, _meaning, _default in Config.documented()}
    return name.removesuffix("_FILE") in settings or name in settings | OF_PROCESSES


def test_the_compose_file_names_settings_secrets_and_folders_that_there_are() -> None:
    told = compose()
    assert {"database", "migrate", "web", "worker", "backup"} <= told["services"].keys()
    for name, service in told["services"].items():
        for secret in service.get("secrets", []):
            assert secret in told["secrets"], (name, secret)
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source.startswith("./") or source in told["volumes"], (name, volume)
        if name == "database":
            continue
        wrong = [one for one in service["environment"] if not known(one)]
        assert wrong == [], name
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        files = {value for one, value in service["environment"].items() if one.endswith("_FILE")}
        secrets = {f"/run/secrets/{one}" for one in service["secrets"]}
        assert {one for one in files if one.startswith("/run/")} == secrets, name
    for service in ("web", "worker"):
        secrets = told["services"][service]["secrets"]
        assert not {"migration_database_url", "backup_database_url"} & set(secrets)
        after = told["services"][service]["depends_on"]
        assert after == {"migrate": {"condition": "service_completed_successfully"}}


def test_the_secrets_are_made_once_and_are_good(tmp_path: Path) -> None:
    script = ROOT / "deploy" / "make-secrets.sh"
    folder = tmp_path / "secrets"

    def made() -> dict[str, str]:
        subprocess.run(["/bin/sh", script, folder, "db.example.org"], check=True, cwd=tmp_path)  # noqa: S603 - ours
        return {
            str(file.relative_to(folder)): file.read_text()
            for file in folder.rglob("*")
            if file.is_file()
        }

    first = made()
    assert first == made()
    assert {f"./secrets/{name}" for name in first} - {"./secrets/keys/keys.json"} == {
        one["file"] for one in compose()["secrets"].values()
    }
    assert {oct(file.stat().st_mode & 0o777) for file in folder.rglob("*") if file.is_file()} == {
        "0o600"
    }
    keys = keys_in(folder / "keys" / "keys.json")
    Fernet(keys.writing[0])
    assert json.loads(first["keys/keys.json"]).keys() == {"ENCRYPTION_KEYS", "INDEX_KEYS"}
    environment = {
        "BASE_URL": "https://hub.example.org", "MAIL_FROM": "hub@example.org",
        "SECRET_KEY_FILE": str(folder / "secret_key"),
        "DATABASE_URL_FILE": str(folder / "database_url"),
        "KEYS_FILE": str(folder / "keys" / "keys.json"),
    }  # fmt: skip
    config = Config.from_env(environment)
    assert config.database_url.startswith("postgresql://coachhub_app:")
    assert config.database_url.endswith("@db.example.org:5432/coachhub")
    assert "SECRET_KEY_FILE" not in config.secret_key
    with pytest.raises(ConfigError, match="SECRET_KEY_FILE names"):
        Config.from_env(environment | {"SECRET_KEY_FILE": str(tmp_path / "gone")})


def test_the_shell_scripts_can_be_read() -> None:
    for script in (ROOT / "deploy").glob("*.sh"):
        subprocess.run(["/bin/sh", "-n", script], check=True)  # noqa: S603 - ours


def test_the_image_runs_as_nobody_with_what_was_tried() -> None:
    lines = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    steps = [line.split(maxsplit=1) for line in lines if line and line[0] not in "# "]
    words = [word for word, _rest in steps]
    assert words.count("FROM") == 2
    last = steps[len(words) - 1 - words[::-1].index("FROM") :]
    told = dict(last)
    assert told["USER"] == "10001:10001"
    assert "/healthz" in told["HEALTHCHECK"]
    assert told["COPY"] == "--from=build /opt/coachhub /opt/coachhub"
    assert json.loads(told["CMD"]) == ["python", "-m", "coachhub.serving.web", "0.0.0.0:8000"]
    assert "--constraint requirements.lock" in " ".join(rest for _word, rest in steps)
    environment = dict(one.split("=", 1) for one in told["ENV"].split())
    assert [name for name in environment if not known(name)] == []
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".git", ".run", "secrets", "tests"} <= set(ignored)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_names_settings_that_there_are(unit: Path) -> None:
    for line in unit.read_text().splitlines():
        if not line.startswith("Environment="):
            continue
        for one in line.removeprefix("Environment=").split():
            assert known(one.split("=")[0]), line
    if unit.suffix == ".service":
        for word in ("NoNewPrivileges=yes", "ProtectSystem=strict", "User=coachhub"):
            assert word in unit.read_text()


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("There is no systemd-analyze here.")
    for unit in UNITS:
        text = re.sub(
            r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text(), flags=re.MULTILINE
        )
        (tmp_path / unit.name).write_text(text)
    done = subprocess.run(  # noqa: S603 - systemd's own
        [program, "verify", *sorted(tmp_path.iterdir())],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "coachhub" in line]
    assert ours == [], done.stderr
