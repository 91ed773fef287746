"""Submission and reference, booted together on the same hidden data."""

from __future__ import annotations

import contextlib
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from graders import submission as submissions
from graders.clerk import Clerk
from graders.client import Unanswered
from graders.dataset import DataSet, Row
from graders.errors import KitError, MissingPackage, ReferenceFailed
from graders.model import Limits
from graders.patch import Files
from graders.process import DATABASE, has_module
from graders.scratch import swept
from graders.service import Service
from graders.submission import Submission


@contextlib.contextmanager
def alone(
    files: Files, exercise: Files, data: DataSet, limits: Limits, python: str = sys.executable
) -> Iterator[Service]:
    """Boot one variant by itself on the same data; everything is gone again when the block is left.

    Raises ReferenceFailed, and KitError where the data cannot be written.
    """
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(swept()) / "alone"
        submissions.write(submissions.encoded(files), folder, data, exercise)
        service = _initialising(stack, folder, python)
        _expect_initialised(service, limits)
        _fill_ours(service, data)
        service.start()
        _await_ours(service, limits)
        yield service


@dataclass(frozen=True)
class Services:
    """Two services, of which the submission's may have `trouble`; `note` is for the report."""

    submission: Service
    reference: Service
    note: str


@contextlib.contextmanager
def booting(
    submission: Submission,
    fixed: Files,
    exercise: Files,
    data: DataSet,
    limits: Limits,
    python: str = sys.executable,
) -> Iterator[Services]:
    """Boot both with one interpreter; everything is gone again when the block is left.

    The submission need not answer yet, so that other work can be done as it boots. Raises ReferenceFailed,
    and KitError where the data cannot be written.
    """
    with contextlib.ExitStack() as stack:
        home = stack.enter_context(swept())
        mine, theirs = home / "reference", home / "submission"
        submissions.write(submission.files, theirs, data, exercise)
        submissions.write(submissions.encoded(fixed), mine, data, exercise)
        service, reference = [_initialising(stack, folder, python) for folder in (theirs, mine)]
        _expect_initialised(reference, limits)
        shutil.copyfile(mine / DATABASE, home / DATABASE)
        note = service.initialised(limits.boot) or _fill_by_their_schema(service, data)
        if note:
            _fill_by_our_schema(service, home / DATABASE, data)
        service.start()  # not before there is something to look at as it starts
        _fill_ours(reference, data)
        reference.start()
        _await_ours(reference, limits)
        yield Services(service, reference, note and f"{note}; the exercise's own tables were used instead")


def _initialising(stack: contextlib.ExitStack, folder: Path, python: str) -> Service:
    service = Service(folder, python)
    stack.callback(service.close)
    service.initialise()
    return service


def _expect_initialised(service: Service, limits: Limits) -> None:
    if trouble := service.initialised(limits.boot):
        raise _reference_failed(trouble, service.python)


def _fill(service: Service, data: DataSet) -> None:
    tables: tuple[tuple[str, list[Row]], ...] = (
        ("products", data.products),
        ("product_views", data.views),
        ("product_costs", data.costs),
    )
    for table, rows in tables:
        service.clerk.call("insert", table, rows)


def _fill_ours(service: Service, data: DataSet) -> None:
    """Raises KitError where tables of the kit's own cannot be filled."""
    try:
        _fill(service, data)
    except Unanswered as error:
        disk = service.folder.parent.parent
        raise KitError(f"The hidden data cannot be written below {disk}: {error}.") from error


def _fill_by_their_schema(service: Service, data: DataSet) -> str:
    try:
        _fill(service, data)
    except Unanswered as error:
        return f"the tables that init_db.py made cannot be filled ({error})"
    return ""


def _fill_by_our_schema(service: Service, canonical: Path, data: DataSet) -> None:
    service.clerk.close()
    for left in service.folder.glob(f"{DATABASE}*"):
        left.unlink()
    shutil.copyfile(canonical, service.folder / DATABASE)
    service.clerk = Clerk(service.folder, service.python)
    _fill_ours(service, data)


def _await_ours(service: Service, limits: Limits) -> None:
    """Until a variant of the kit's own answers. Raises ReferenceFailed."""
    try:
        service.wait(limits.boot)
    except Unanswered as error:
        raise _reference_failed(str(error), service.python) from error


def wait_for_submission(service: Service, submission: Submission, limits: Limits) -> None:
    """Until it answers, or has trouble. Raises MissingPackage where it imports what is not installed."""
    try:
        service.wait(limits.boot)
    except Unanswered as error:
        _raise_if_package_missing(str(error), submission, service)


def _reference_failed(trouble: str, python: str) -> ReferenceFailed:
    where = "on this machine" if python == sys.executable else "with the packages of --with"
    return ReferenceFailed(f"The fixed exercise does not run {where}: {trouble}.")


def _raise_if_package_missing(trouble: str, submission: Submission, service: Service) -> None:
    found = re.search(r"ModuleNotFoundError: No module named '(\w+)", trouble)
    if not found:
        return
    name = found[1]
    own = any(path.split("/")[0] in {name, f"{name}.py"} for path in submission.files)
    if not own and not has_module(name, service.folder, service.python):
        raise MissingPackage(
            f"The submission imports {name}, which is not installed here: if the candidate may use it, "
            f"grade again with `--with {name}` (the package that holds it, if that has another name)."
        )
