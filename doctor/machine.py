"""The machine itself: port, clock, environment, cores, and what keeps a submission apart from it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

from doctor.finding import Finding, failure, ok, warning
from doctor.interview import Interview, Means
from graders.errors import UsageError
from workspaces import ports, serve

TRAPS = {
    "DATABASE_URL": "sqlite:///./shop.db",
    "ANALYTICS_TTL_SECONDS": "2",
    "WEB_CONCURRENCY": "1",  # uvicorn starts as many processes, each with a cache of its own
    "PYTHONSAFEPATH": "",  # then a script does not find the modules beside it
}
"""Variables that change how the candidate's exercise runs, with the value that changes nothing."""
TOLERANCE = timedelta(minutes=2)
"""By how much a file may be newer than now: a network drive has a clock of its own."""
CORES = 2
BWRAP_SECONDS = 10


def port(interview: Interview, means: Means) -> Iterator[Finding]:
    """Whether the exercise can be served."""
    try:
        serve.expect_free(interview.port)
    except UsageError as error:
        yield failure("port", str(error), _free_it(interview))
    else:
        yield ok("port", f"{interview.port} is free")


def _free_it(interview: Interview) -> str:
    """The command that frees the port, or shows by what it is taken."""
    listener = ports.listener(interview.port)
    if listener:
        command = f"kill {listener.process}"
        return command if _is_ours(listener.process) else interview.as_root(command)
    try:
        ports.taken(interview.port)
    except (OSError, OverflowError):  # it is not to be had, whoever listens
        return f"kit doctor --port {8000 if interview.port != 8000 else 8001}"
    if interview.platform == "linux":
        return interview.as_root(f"ss -ltnp 'sport = :{interview.port}'")
    return interview.as_root(f"lsof -nP -iTCP:{interview.port} -sTCP:LISTEN")


def _is_ours(process: int) -> bool:
    """Whether this user may end a process."""
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True


def clock(interview: Interview, means: Means) -> Iterator[Finding]:
    """The wall clock cannot be before the kit was made."""
    now, newest = means.now(), _newest(interview.tree)
    if now + TOLERANCE < newest:
        yield failure(
            "clock",
            f"The clock says {_minute(now)}, but the kit is of {_minute(newest)}: it was set back.",
            set_clock(interview),
        )
    else:
        yield ok("clock", _minute(now))


def set_clock(interview: Interview) -> str:
    """The command that takes the time from the network."""
    if interview.platform == "darwin":
        return interview.as_root("systemsetup -setusingnetworktime on")
    if interview.which("timedatectl"):
        return interview.as_root("timedatectl set-ntp true")
    if interview.which("chronyc"):
        return interview.as_root("chronyc makestep")
    return interview.as_root("date -u -s 'YYYY-MM-DD hh:mm:ss'")


def _newest(tree: Path) -> datetime:
    """When a file of the kit was last written."""
    files = (path for part in ("exercise", "solutions", "graders") for path in (tree / part).rglob("*"))
    newest = max((path.lstat().st_mtime for path in files), default=0.0)
    return datetime.fromtimestamp(newest, timezone.utc)


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(timezone.utc):%Y-%m-%d %H:%M} UTC"


def environment(interview: Interview, means: Means) -> Iterator[Finding]:
    """Variables that are set where the candidate will type."""
    set_here = interview.environment
    found = [name for name, harmless in TRAPS.items() if set_here.get(name, harmless) != harmless]
    if found:
        sentence = f"{' and '.join(found)} set here would change how the exercise runs."
        yield failure("environment", sentence, f"unset {' '.join(found)}")
    elif _asks_a_proxy(interview):
        yield warning(
            "environment",
            "http_proxy is set, so that curl would ask the proxy for localhost.",
            "export no_proxy=localhost,127.0.0.1",
        )
    else:
        yield ok("environment", "no variable changes how the exercise runs")


def _asks_a_proxy(interview: Interview) -> bool:
    """Whether curl asks a proxy for what the exercise's README has it ask."""
    get = interview.environment.get
    proxy = get("http_proxy") or get("all_proxy") or get("ALL_PROXY")
    excepted = (get("no_proxy") or get("NO_PROXY") or "").split(",")
    return bool(proxy) and not {"localhost", "*"} & {name.strip() for name in excepted}


def cores(interview: Interview, means: Means) -> Iterator[Finding]:
    """Two services are measured beside each other."""
    count = means.cores()
    if count < CORES:
        yield warning("cores", "One core makes times noisy: grade on a machine, or in a container, with two.")
    else:
        yield ok("cores", f"{count}")


def isolation(interview: Interview, means: Means) -> Iterator[Finding]:
    """What a submission may do to this machine."""
    sentence = (
        "A submission runs with your rights: grade only code of people you trust, "
        "or in a container or virtual machine."
    )
    if interview.platform != "linux":
        yield warning("isolation", sentence)
    elif not interview.which("bwrap"):
        yield warning("isolation", f"{sentence} There is no bwrap here, and this kit uses none yet.")
    else:
        command = [interview.which("bwrap"), "--ro-bind", "/", "/", "true"]
        outcome = means.run(command, interview.environment, Path("/"), BWRAP_SECONDS)
        works = "works here" if outcome.right else f"does not work here ({outcome.why})"
        yield warning("isolation", f"{sentence} This kit does not use bwrap yet, which {works}.")
