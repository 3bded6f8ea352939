"""A PostgreSQL server of a test's own: made in a temporary folder, reached over a socket in it, gone when the test is."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

#: Signs that must be escaped in an address, so that both spellings can be looked for.
PASSWORD = "grankott/@7Qx"
_PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin")


@dataclass(frozen=True)
class Server:
    """Where it is; `owner` may do everything, `reader` may read what it is given."""

    folder: Path

    def address(self, user="owner", password=PASSWORD, database="postgres") -> str:
        return f"postgresql://{user}:{quote(password, safe='')}@/{database}?host={self.folder}"

    def run(self, *statements: str) -> None:
        import psycopg

        with psycopg.connect(self.address()) as connection:
            for statement in statements:
                connection.execute(statement)


@contextmanager
def running_server() -> Iterator[Server]:
    """A server, or a skipped test where PostgreSQL is not installed; in CI, which installs it, that is a failure."""
    programs = _programs()
    if programs is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("PostgreSQL's initdb and pg_ctl are not here; install the package postgresql to run this test")
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    try:
        (folder / "password").write_text(PASSWORD)
        as_user = _not_root(folder)
        _run(*as_user, programs / "initdb", "-D", folder / "data", "-U", "owner", "--auth=scram-sha-256", f"--pwfile={folder / 'password'}", "--no-sync", "-E", "UTF8", "--locale=C")
        settings = f"-k {folder} -c listen_addresses= -c fsync=off"
        _run(*as_user, programs / "pg_ctl", "-D", folder / "data", "-l", folder / "log", "-w", "-o", settings, "start")
        try:
            yield Server(folder)
        finally:
            _run(*as_user, programs / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else sorted((place for pattern in _PLACES for place in Path("/").glob(pattern[1:])), reverse=True)
    return next((place for place in places if (place / "pg_ctl").is_file()), None)


def _not_root(folder) -> list[str]:
    """The server refuses to run as root: then another user owns the folder and runs it."""
    if os.geteuid() != 0:
        return []
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    for path in (folder, folder / "password"):
        os.chown(path, user.pw_uid, user.pw_gid)
    return ["runuser", "-u", user.pw_name, "--"]


def _run(*command) -> None:
    done = subprocess.run([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd="/", check=False)
    assert done.returncode == 0, done.stderr
