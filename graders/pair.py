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
from graders.initialise import Initialisation
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

    Raises ReferenceFailed, and Unanswered where the data cannot be written.
    """
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(swept()) / "alone"
        submissions.write(submissions.encoded(files), folder, data, exercise)
        with Initialisation(folder, python) as init:
            if trouble := init.trouble(limits.boot):
                raise _reference_failed(trouble, python)
        service = _service(stack, folder, python)
        _fill(service, data)
        service.start()
        service.wait(limits.boot)
        yield service


@dataclass(frozen=True)
class Services:
    """Two services that are up, save that the submission's may have `trouble`; `note` is for the report."""

    submission: Service
    reference: Service
    note: str


@contextlib.contextmanager
def booted(
    submission: Submission,
    fixed: Files,
    exercise: Files,
    data: DataSet,
    limits: Limits,
    python: str = sys.executable,
) -> Iterator[Services]:
    """Boot both with one interpreter; everything is gone again when the block is left.

    Raises ReferenceFailed, or MissingPackage where the submission imports what is not installed.
    """
    with contextlib.ExitStack() as stack:
        home = stack.enter_context(swept())
        mine, theirs = home / "reference", home / "submission"
        submissions.write(submissions.encoded(fixed), mine, data, exercise)
        submissions.write(submission.files, theirs, data, exercise)
        with Initialisation(theirs, python) as their_init, Initialisation(mine, python) as my_init:
            if my_trouble := my_init.trouble(limits.boot):
                raise _reference_failed(my_trouble, python)
            note = their_init.trouble(limits.boot)
        shutil.copyfile(mine / DATABASE, home / DATABASE)
        reference, service = [_service(stack, folder, python) for folder in (mine, theirs)]
        note = note or _fill_by_their_schema(service, data)
        try:
            if note:
                _fill_by_our_schema(service, home / DATABASE, data)
            service.start()  # not before there is something to look at as it starts
            reference.start()
            _fill(reference, data)
        except Unanswered as error:
            raise KitError(f"The hidden data cannot be written below {home.parent}: {error}.") from error
        _await(service, reference, submission, limits)
        yield Services(service, reference, note and f"{note}; the exercise's own tables were used instead")


def _service(stack: contextlib.ExitStack, folder: Path, python: str) -> Service:
    service = Service(folder, python)
    stack.callback(service.close)
    return service


def _fill(service: Service, data: DataSet) -> None:
    tables: tuple[tuple[str, list[Row]], ...] = (
        ("products", data.products),
        ("product_views", data.views),
        ("product_costs", data.costs),
    )
    for table, rows in tables:
        service.clerk.call("insert", table, rows)


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
    _fill(service, data)


def _await(service: Service, reference: Service, submission: Submission, limits: Limits) -> None:
    """Until both answer, save that the submission need not."""
    try:
        reference.wait(limits.boot)
    except Unanswered as error:
        raise _reference_failed(str(error), reference.python) from error
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
