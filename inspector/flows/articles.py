"""Legal bases as a pack's documents and their articles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from inspector.domain.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A legal basis: the code as decisions store it, and what it cites. `source` is the document's name in the pack."""

    code: str
    citation: str
    id: str
    source: str
    article: str


def articles(policy: Policy, basis: str | Iterable[str]) -> tuple[Article, ...]:
    """The citations behind a basis such as "S0:7;S1:42": the source as the pack names it, and the article."""
    codes = basis.split(";") if isinstance(basis, str) else [code for one in basis for code in one.split(";")]
    return tuple(_article(policy, code.strip()) for code in dict.fromkeys(codes) if code.strip())


def _article(policy: Policy, code: str) -> Article:
    source, _, article = code.partition(":")
    named = policy.sources.get(source)
    citation = f"{named} {article}".strip() if named else code
    return Article(code=code, citation=citation, id=source, source=named or source, article=article)
