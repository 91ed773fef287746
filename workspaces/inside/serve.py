"""Serve a workspace with reload: `serve.py PARENT HOST PORT`, a session that ends with its parent."""

from __future__ import annotations

import os
import signal
import sys
import threading


def watch(parent: int) -> None:
    """End with all children once the parent is gone, however it went."""
    while os.getppid() == parent:
        threading.Event().wait(0.5)
    os.killpg(0, signal.SIGKILL)


def main(parent: str, host: str, port: str) -> None:
    import uvicorn

    threading.Thread(target=watch, args=(int(parent),), daemon=True).start()
    uvicorn.run("app.main:app", host=host, port=int(port), reload=True, app_dir=os.getcwd())


if __name__ == "__main__":
    main(*sys.argv[1:])
