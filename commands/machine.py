"""doctor: whether this machine is ready."""

from __future__ import annotations

import os
import secrets
from typing import Annotated

import typer

from commands import shell
from commands.shell import Folder

app = typer.Typer()


@app.command(
    epilog="Example: kit doctor --port 8000", short_help="What would fail here, before the clock starts."
)
def doctor(
    folder: Folder = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where the workspace will be served.")] = 8000,
) -> None:
    """Check all that could fail in front of a candidate; each finding comes with the command that mends it.

    Takes about twenty seconds. Exit code: 0 ready, 1 an interview would fail here.
    """
    from doctor import examine, interview, text
    from doctor.finding import would_fail

    with shell.told():
        order = interview.Interview(
            tree=shell.TREE,
            version=shell.version(),
            folder=shell.place(folder),
            state=shell.state(),
            port=port,
            environment=dict(os.environ),
            seed=secrets.randbelow(1_000_000),
            temporary=interview.temporary(),
        )
        console, findings = shell.console(), []
        with shell.progress(console) as progress:
            for finding in examine.examine(order, progress):
                findings.append(finding)
                console.print(text.render(finding, console.width), crop=False)
        console.print(text.summary(findings))
    raise typer.Exit(1 if would_fail(findings) else 0)
