"""The routes of the shop."""

from typing import Annotated, Any, Literal

import fastapi
from fastapi import responses

from app import analytics, catalog, database, reports

app = fastapi.FastAPI(title="Shop", telemetry={"tracing": False})


@app.exception_handler(database.UnknownProduct)
async def unknown_product(request: fastapi.Request, error: Exception) -> responses.JSONResponse:
    return responses.JSONResponse({"detail": "Unknown product"}, status_code=404)


@app.exception_handler(database.ReportsBusy)
async def reports_busy(request: fastapi.Request, error: Exception) -> responses.JSONResponse:
    return responses.JSONResponse({"detail": "Too many reports, try later"}, status_code=503)


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/products")
def list_products(
    limit: Annotated[int, fastapi.Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, fastapi.Query(ge=0)] = 0,
) -> list[dict[str, Any]]:
    return catalog.list_products(limit, offset)


@app.get("/products/{product_id}/analytics")
async def product_analytics(product_id: int) -> dict[str, Any]:
    return await analytics.analyse(product_id)


@app.get("/products/{product_id}/report")
async def product_report(
    product_id: int, currency: Literal["EUR", "USD", "GBP", "CHF"] = "EUR"
) -> dict[str, Any]:
    return await reports.report(product_id, currency)


app.post("/products/{product_id}/views", status_code=201)(database.record_view)
