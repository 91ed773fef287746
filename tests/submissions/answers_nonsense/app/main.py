"""Everything is answered at once, with the JSON that fits least."""

import itertools

import fastapi
from fastapi import responses

BODIES = itertools.cycle(
    [
        "[]",
        "{}",
        "null",
        '"text"',
        "[[]]",
        "[null]",
        '[{"id": []}]',
        "{",
        "NaN",
        '{"views_by_day": [1]}',
        "[" * 9999,
    ]
)

app = fastapi.FastAPI(openapi_url=None)


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.api_route("/{path:path}", methods=["GET", "POST"])
async def everything_else(request: fastapi.Request, path: str) -> fastapi.Response:
    status = 201 if request.method == "POST" else 200
    return responses.Response(next(BODIES), status_code=status, media_type="application/json")
