"""Everything that can go wrong with the kit itself, as a tree.

KitError
├── UsageError           the command was given something it cannot work with
│   ├── UnknownSlug      no bug has this name
│   ├── NotAWorkspace    the folder does not hold the exercise
│   ├── NotAReport       the file does not hold a report that this kit can read
│   └── Busy             another kit is at work in the folder
├── PatchConflict        a patch does not fit the text it is put on
├── NotJudged            the submission could not be judged, through no fault of its own
│   ├── MissingPackage   it needs a package that is not installed here
│   ├── ClockMoved       the machine's clock was set while it was graded
│   └── NoRoom           the disk filled up while it was graded
└── ReferenceFailed      the fixed exercise itself does not run on this machine

A submission's trouble is never here: it is data, and ends up in the report.
"""


class KitError(Exception):
    """The kit cannot go on; the text is one sentence that says what to do."""


class UsageError(KitError):
    """The command was given something it cannot work with."""


class UnknownSlug(UsageError):
    """No bug has this name."""


class NotAWorkspace(UsageError):
    """The folder does not hold the exercise."""


class NotAReport(UsageError):
    """The file does not hold a report that this kit can read."""


class Busy(UsageError):
    """Another kit is at work in the folder."""


class PatchConflict(KitError):
    """A hunk's old lines do not occur exactly once."""


class NotJudged(KitError):
    """The submission could not be judged, through no fault of its own."""


class MissingPackage(NotJudged):
    """The submission imports a package that is not installed here."""


class ClockMoved(NotJudged):
    """The machine's clock was set while a submission was graded."""


class NoRoom(NotJudged):
    """The disk for temporary files filled up while a submission was graded."""


class ReferenceFailed(KitError):
    """The fixed exercise does not run on this machine."""
