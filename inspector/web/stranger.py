"""The verifier's page for strangers: it computes in their browser, so it asks nothing of us and we learn nothing of them."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from inspector.verifier import page, policy

router = APIRouter(include_in_schema=False)


@router.get("/verify")
def show_verifier() -> HTMLResponse:
    """The very page that lies beside every export, under a policy stricter than that of our other pages: no network at all."""
    return HTMLResponse(page(), headers={"Content-Security-Policy": f"{policy()}; frame-ancestors 'none'"})
