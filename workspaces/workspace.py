"""A workspace that this kit alone changes: laid out, swapped, reset, restored, patched, and nothing lost."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from graders import patch, submission
from graders.digest import digest
from graders.errors import KitError, NotAWorkspace, PatchConflict
from graders.patch import Files, Patch
from workspaces import contents, known, lock, saved, started
from workspaces import swap as swaps
from workspaces.known import Variant
from workspaces.saved import Saved


@dataclass(frozen=True)
class Setting:
    """Where the kit's own tree and its state folder are, and what time it is."""

    tree: Path
    state: Path
    now: datetime


@dataclass(frozen=True)
class Reset:
    """What a workspace was put back to: so many files with this sha256 over them; `kept` was left alone."""

    begun: Variant
    files: int
    sha256: str
    kept: tuple[str, ...]


Tell = Callable[[Saved], None]
"""Called at once for whatever is put aside, so that it is known of even if the command fails later."""


@contextlib.contextmanager
def opened(folder: Path, setting: Setting, tell: Tell = lambda one: None) -> Iterator[Workspace]:
    """A folder to change; a swap that was cut off is finished first. Raises Busy."""
    with lock.changing(folder) as handle:
        shop = Workspace(folder, setting, handle, tell)
        shop.settle()
        yield shop


def settle(folder: Path, setting: Setting, tell: Tell = lambda one: None) -> None:
    """Finish a swap that was cut off, if there is one."""
    with lock.reading(folder):  # one that is under way is no such
        cut_off = swaps.unsettled(folder, setting.state)
    if cut_off:
        with opened(folder, setting, tell):
            pass


@dataclass
class Workspace:
    """An opened workspace; `tell` is told of what each change has to put aside."""

    folder: Path
    setting: Setting
    lock: int
    tell: Tell

    @cached_property
    def begun(self) -> Variant | None:
        """The variant that the kit laid out here last, where it did."""
        return started.recall(self.folder, self.setting.state)

    @cached_property
    def texts(self) -> known.Texts:
        """What each file holds if nobody edited it: a fix may be typed just as the kit would lay it out."""
        return known.texts(self.setting.tree, self.begun)

    def _note(self, begun: Variant) -> None:
        started.note(self.folder, begun, self.setting.state)
        for name in ("begun", "texts"):
            self.__dict__.pop(name, None)  # read anew

    def settle(self) -> None:
        """Do the rest of a swap that was cut off."""
        swaps.clear(self.folder)
        late = swaps.settle(self.folder, self.texts, self.setting.state, self.setting.now, self.lock)
        if late:
            self.tell(late)

    def share(self) -> None:
        """Let others read the folder from here on; only changes are kept out still."""
        lock.share(self.lock)

    def lay(self, begun: Variant) -> None:
        """Swap to a variant; what does not belong to the exercise stays, but for what lies in app/."""
        files = known.files(self.setting.tree, begun)
        stray = [path for path in contents.everything(self.folder) if path.startswith("app/")]
        away = [path for path in stray if path not in files]
        self._replace(submission.encoded(files), away, contents.work(self.folder), begun)

    def reset(self) -> Reset:
        """Back to the state it was handed out in, and nothing else. Raises KitError where that is not so."""
        begun = self.begun or Variant()
        files = known.files(self.setting.tree, begun)
        there = contents.everything(self.folder)
        self._replace(submission.encoded(files), [path for path in there if path not in files], there)
        self._sweep()
        left = contents.everything(self.folder)
        if left != sorted(files):
            other = next(iter(sorted(set(left) ^ set(files))))
            raise KitError(f"{self.folder} is not as it was handed out ({other}): reset it again.")
        sha256 = digest({path: (self.folder / path).read_bytes() for path in left})
        if sha256 != digest(submission.encoded(files)):
            raise KitError(f"{self.folder} is not as it was handed out: reset it again.")
        return Reset(begun, len(left), sha256, tuple(contents.kept(self.folder)))

    def restore(self, wanted: Saved) -> None:
        """Bring saved files back, into any folder; what they overwrite is saved too."""
        pairs = {path: wanted.files / path for path in wanted.paths}
        lost = [
            path
            for path, source in pairs.items()
            if _differs(self.folder / path, source, self.texts.get(path, set()))
        ]
        self.swap(pairs, [], self._save(lost) if lost else None)

    def apply(self, fix: Patch) -> bool:
        """Put a patch on the files as they are; False where it is there already.

        Raises PatchConflict, and then nothing has changed.
        """
        texts = {path: _text(self.folder / path) for path in {hunk.path for hunk in fix.hunks}}
        unix = {path: text.replace("\r\n", "\n") for path, text in texts.items()}
        if _fits(patch.reverse(fix), unix):
            return False
        patched = patch.apply([fix], unix)
        ends = {path: "\r\n" if "\r\n" in text else "\n" for path, text in texts.items()}
        files = {
            path: text.replace("\n", ends[path]).encode("utf-8", "surrogateescape")
            for path, text in patched.items()
        }
        self._replace(files, [], contents.work(self.folder))
        return True

    def _replace(
        self, files: swaps.Sources, gone: Iterable[str], worth: list[str], begun: Variant | None = None
    ) -> None:
        """Save what is worth it where something is edited, then swap; note the variant that it is now."""
        self.expect_exercise()
        away = list(gone)
        edited = [path for path in worth if (path in self.texts or path in away) and not self._known(path)]
        whole = [path for path in worth if contents.can_be_saved(self.folder / path)]
        before = self._save(whole) if edited else None
        self.swap(files, away, before, begun)

    def swap(
        self,
        sources: swaps.Sources,
        gone: Iterable[str],
        before: Saved | None,
        begun: Variant | None = None,
    ) -> None:
        """Replace files, and save what an editor wrote meanwhile."""
        place, texts = self.setting, self.texts

        def done() -> None:
            if begun is not None:
                self._note(begun)

        late = swaps.swap(self.folder, sources, gone, before, texts, place.state, place.now, self.lock, done)
        if late:
            self.tell(late)

    def _save(self, paths: list[str]) -> Saved:
        put_aside = saved.save(self.folder, paths, self.setting.state, self.setting.now)
        self.tell(put_aside)
        return put_aside

    def _known(self, path: str) -> bool:
        place = self.folder / path
        return not place.is_symlink() and known.content(place) in self.texts.get(path, set())

    def expect_exercise(self) -> None:
        """Raise NotAWorkspace for some other project that has an app/main.py too."""
        there = [path for path in self.texts if (self.folder / path).exists()]
        if len(there) < len(self.texts) / 2:
            raise NotAWorkspace(f"{self.folder} lacks most of the exercise's files: name another folder.")

    def _sweep(self) -> None:
        """Remove what running Python left, and folders that are empty now."""
        for cache in contents.caches(self.folder):
            shutil.rmtree(cache, ignore_errors=True)
        for place in contents.folders(self.folder):
            with contextlib.suppress(OSError):  # it is none
                place.rmdir()


def _differs(place: Path, source: Path, texts: set[bytes]) -> bool:
    """Whether a file is there that is neither the one to come nor one of the exercise."""
    if not contents.can_be_saved(place):
        return False
    if place.is_symlink() or source.is_symlink():
        return not (place.is_symlink() and source.is_symlink() and os.readlink(place) == os.readlink(source))
    found = place.read_bytes()
    return found != source.read_bytes() and known.content(place) not in texts


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "surrogateescape") if path.is_file() else ""


def _fits(fix: Patch, files: Files) -> bool:
    try:
        patch.apply([fix], files)
    except PatchConflict:
        return False
    return True
