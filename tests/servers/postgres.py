"""A PostgreSQL server of the tests' own: made in a temporary folder, on this machine alone, gone at the end.

A conftest.py that imports the fixtures has them. The programs are looked for beside the PATH as well, where
Debian keeps them, so that the marker `needs` finds them.
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

USER, PASSWORD = "rulelang", "s3cret/of@tests"
NEEDS = pytest.mark.needs("psycopg", programs=("postgres", "initdb"))
SECONDS_TO_START = 60
QUICK = (
    *("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"),
    *("-c", "max_connections=30", "-c", "shared_buffers=32MB", "-c", "listen_addresses=127.0.0.1"),
)
_numbers = itertools.count(1)


def _beside_the_path() -> None:
    """Put the newest of Debian's folders at the end of the PATH, where no server is on it."""
    if shutil.which("postgres") is None:
        for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: one.parent.name)[-1:]:
            os.environ["PATH"] += os.pathsep + str(folder)


_beside_the_path()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Yield the address of the server's first database, whose owner may do everything."""
    folder = Path(tempfile.mkdtemp(prefix="rulelang-pg-"))
    server: subprocess.Popen[bytes] | None = None
    try:
        _make_cluster(folder)
        server, port = _started(folder)
        yield f"postgresql://{USER}:{PASSWORD.replace('@', '%40').replace('/', '%2F')}@127.0.0.1:{port}/postgres"
    finally:
        if server is not None and server.poll() is None:
            server.send_signal(signal.SIGQUIT)
            server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres(postgres_server: str) -> Iterator[str]:
    """Yield the address of an empty database that this test has for itself."""
    import psycopg

    name = f"test_{next(_numbers)}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        yield postgres_server.removesuffix("postgres") + name
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _make_cluster(folder: Path) -> None:
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    (folder / "log").touch()
    if os.geteuid() == 0:
        owner = _somebody()
        for path in (folder, folder / "password", folder / "log"):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    subprocess.run(
        [
            *("initdb", "-D", "cluster", "-U", USER, "--pwfile=password", "--no-sync", "-E", "UTF8"),
            *("--locale=C", "--auth-local=trust", "--auth-host=scram-sha-256"),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        **_as_somebody(folder),
    )


def _started(folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    """Start the server; another program may take the port in between, so more than one is tried."""
    for _ in range(3):
        port = _free_port()
        with (folder / "log").open("ab") as log:
            server = subprocess.Popen(
                ["postgres", "-D", "cluster", "-p", str(port), "-k", str(folder), *QUICK],
                stdout=log,
                stderr=log,
                **_as_somebody(folder),
            )
        end = time.monotonic() + SECONDS_TO_START
        while server.poll() is None and time.monotonic() < end:
            if _is_ready(folder):
                return server, port
            time.sleep(0.05)
        server.kill()
        server.wait()
    raise RuntimeError((folder / "log").read_text(encoding="utf-8"))


def _is_ready(folder: Path) -> bool:
    status = folder / "cluster" / "postmaster.pid"
    return status.is_file() and status.read_text(encoding="utf-8").rstrip().endswith("ready")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _as_somebody(folder: Path) -> dict[str, Any]:
    """Return how a program is run in the folder: as another user where we are the one that may do everything."""
    how: dict[str, Any] = {"cwd": folder, "env": {"PATH": os.environ["PATH"], "LC_ALL": "C"}}
    if os.geteuid() == 0:
        owner = _somebody()
        how |= {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": ()}
    return how


def _somebody() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")
