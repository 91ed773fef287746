"""Everything that can go wrong with the kit itself, as a tree.

KitError
├── UsageError           the command was given something it cannot work with
│   ├── UnknownSlug      no bug has this name
│   └── NotAWorkspace    the folder does not hold the exercise
├── PatchConflict        a patch does not fit the text it is put on
├── MissingPackage       the submission needs a package that is not installed here
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


class PatchConflict(KitError):
    """A hunk's old lines do not occur exactly once."""


class MissingPackage(KitError):
    """The submission imports a package that is not installed here."""


class ReferenceFailed(KitError):
    """The fixed exercise does not run on this machine."""
