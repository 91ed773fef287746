"""Only /health ever answers."""

import asyncio

import fastapi

app = fastapi.FastAPI()


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.api_route("/{path:path}", methods=["GET", "POST"])
async def everything_else(path: str) -> None:
    await asyncio.Event().wait()
