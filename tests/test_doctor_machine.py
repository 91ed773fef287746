"""doctor/machine.py: port, clock, variables, cores and isolation, made to be fine and made to fail."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import machines
import pytest
from machines import answers, one, program

from doctor import machine
from doctor.command import Outcome
from doctor.finding import Finding, Level, failure, ok
from doctor.interview import Interview, Means
from workspaces import ports

here = pytest.fixture(machines.here)


def test_a_free_port(here: Interview) -> None:
    assert one(machine.port(here, Means())) == ok("port", f"{here.port} is free")


@pytest.fixture
def taken(here: Interview) -> Iterator[Interview]:
    """The same with something that listens on the port."""
    with closing(socket.create_server(("", 0))) as listener:
        yield replace(here, port=listener.getsockname()[1])


def test_a_taken_port_is_freed_by_ending_its_holder(
    taken: Interview, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "listener", lambda port: ports.Listener("uvicorn", os.getpid()))
    finding = one(machine.port(taken, Means()))
    assert finding.sentence.startswith(
        f"Port {taken.port} is taken by uvicorn (process {os.getpid()}): end it"
    )
    assert (finding.level, finding.mends) == (Level.FAILURE, (f"kill {os.getpid()}",))


def test_a_holder_that_is_not_ours_is_ended_by_root(
    taken: Interview, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(process: int, number: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", kill)
    monkeypatch.setattr(ports, "listener", lambda port: ports.Listener("nginx", 12))
    assert one(machine.port(taken, Means())).mends == ("sudo kill 12",)
    assert one(machine.port(replace(taken, root=True), Means())).mends == ("kill 12",)


def test_an_unknown_holder_is_looked_for(taken: Interview, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "listener", lambda port: None)
    assert one(machine.port(taken, Means())).mends == (f"sudo ss -ltnp 'sport = :{taken.port}'",)
    mac = one(machine.port(replace(taken, platform="darwin"), Means()))
    assert mac.mends == (f"sudo lsof -nP -iTCP:{taken.port} -sTCP:LISTEN",)


def test_what_is_no_port(here: Interview) -> None:
    finding = one(machine.port(replace(here, port=70000), Means()))
    assert (finding.level, finding.mends) == (Level.FAILURE, ("kit doctor --port 8000",))


def clock(here: Interview, before: timedelta) -> Finding:
    """What is found by a clock that is so much before the newest file of the kit."""
    (here.temporary / "exercise").mkdir()
    file = here.temporary / "exercise" / "main.py"
    file.touch()
    written = datetime(2026, 11, 24, 9, 30, tzinfo=timezone.utc)
    os.utime(file, (written.timestamp(), written.timestamp()))
    os.utime(file.parent, (0, 0))
    return one(machine.clock(replace(here, tree=here.temporary), Means(now=lambda: written - before)))


@pytest.mark.parametrize("minutes", [-5, 0, 1])
def test_a_clock_that_goes_right(here: Interview, minutes: int) -> None:
    assert clock(here, timedelta(minutes=minutes)).level is Level.OK


def test_a_clock_that_was_set_back(here: Interview, tmp_path: Path) -> None:
    program(tmp_path, "timedatectl")
    assert clock(here, timedelta(days=1)) == failure(
        "clock",
        "The clock says 2026-11-23 09:30 UTC, but the kit is of 2026-11-24 09:30 UTC: it was set back.",
        "sudo timedatectl set-ntp true",
    )


def test_how_a_clock_is_set(here: Interview, tmp_path: Path) -> None:
    assert machine.set_clock(replace(here, platform="darwin")).startswith("sudo systemsetup ")
    assert machine.set_clock(here).startswith("sudo date ")
    program(tmp_path, "chronyc")
    assert machine.set_clock(replace(here, root=True)) == "chronyc makestep"


@pytest.mark.parametrize(
    ("name", "harmful", "harmless"),
    [
        ("DATABASE_URL", "postgresql://me:secret@db/shop", "sqlite:///./shop.db"),
        ("ANALYTICS_TTL_SECONDS", "60", "2"),
        ("WEB_CONCURRENCY", "4", "1"),
        ("PYTHONSAFEPATH", "1", ""),
    ],
)
def test_variables_that_change_the_exercise(here: Interview, name: str, harmful: str, harmless: str) -> None:
    def found(value: str) -> Finding:
        return one(machine.environment(replace(here, environment={name: value}), Means()))

    assert found(harmless).level is Level.OK
    assert (found(harmful).level, found(harmful).mends) == (Level.FAILURE, (f"unset {name}",))
    assert harmful not in found(harmful).sentence.split()


@pytest.mark.parametrize(
    ("variables", "level"),
    [
        ({"http_proxy": "http://proxy:3128"}, Level.WARNING),
        ({"ALL_PROXY": "http://proxy:3128", "no_proxy": "intranet"}, Level.WARNING),
        ({"http_proxy": "http://proxy:3128", "NO_PROXY": "intranet, localhost"}, Level.OK),
        ({"http_proxy": "http://proxy:3128", "no_proxy": "*"}, Level.OK),
        ({"https_proxy": "http://proxy:3128"}, Level.OK),
    ],
)
def test_a_proxy_that_curl_would_ask(here: Interview, variables: dict[str, str], level: Level) -> None:
    assert one(machine.environment(replace(here, environment=variables), Means())).level is level


@pytest.mark.parametrize(("count", "level"), [(1, Level.WARNING), (2, Level.OK)])
def test_cores(here: Interview, count: int, level: Level) -> None:
    assert one(machine.cores(here, Means(cores=lambda: count))).level is level


def test_isolation_is_never_promised(here: Interview, tmp_path: Path) -> None:
    mac = one(machine.isolation(replace(here, platform="darwin"), Means()))
    assert (mac.level, "bwrap" in mac.sentence) == (Level.WARNING, False)
    missing = one(machine.isolation(here, Means()))
    assert missing.sentence.endswith("There is no bwrap here, and this kit uses none yet.")
    program(tmp_path, "bwrap")
    works = one(machine.isolation(here, Means(run=answers())))
    broken = one(
        machine.isolation(here, Means(run=answers(bwrap=Outcome(False, "bwrap: Permission denied\n"))))
    )
    assert works.sentence.endswith("bwrap yet, which works here.")
    assert broken.sentence.endswith("which does not work here (bwrap: Permission denied).")
    assert {works.level, missing.level, broken.level} == {Level.WARNING}
