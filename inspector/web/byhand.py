"""Whether somebody has gone to a page, or a program has fetched it: previews and scanners of links in mail and chat do (decision 93)."""

from __future__ import annotations

from fastapi import Request


def by_hand(request: Request) -> bool:
    """Whether a browser says that somebody has gone to the page (Fetch Metadata, W3C).

    Pages are not read by previews, for the time to accept would begin, or go on, for somebody who has nothing. One that drives a browser
    is believed until its channel says that the push came to nobody. What says nothing changes nothing: whoever reads says yes or no.
    """
    said = request.headers
    early = "prefetch" in said.get("sec-purpose", "") or "prefetch" in said.get("purpose", "")
    return said.get("sec-fetch-mode") == "navigate" and said.get("sec-fetch-dest") == "document" and not early


def wanted(request: Request) -> bool:
    """Whether it is somebody who looks: by hand, by a press, or by a script of the page that he or she has open."""
    return request.method == "POST" or by_hand(request) or request.headers.get("sec-fetch-site") == "same-origin"
