"""What a receipt says in words, in every language: where the row stood, what became of it, and that the draw is void if it is."""

from __future__ import annotations

from collections.abc import Mapping

from inspector.domain.exclusion import CODES, Exclusion
from inspector.domain.frame import ELIGIBLE
from inspector.domain.publish import Voided
from inspector.labels import LANGS, label, of


def said(told: Mapping[str, object], name: str, void: Voided | None) -> dict[str, list[str]]:
    """What a receipt says, by language. `name`: the object's key, which one that shows no row does not hold."""
    undone = [] if void is None else ["void" if void.numbers else "void_alone"]
    if "line" not in told:
        early = {**told, "id": name, "row": int(str(told["index"])) + 1, **(void.facts if void else {})}
        words = [*(["list"] if "list" in told else []), "veiled", *(undone or ["early"])]
        return {lang: [label(f"receipt.{one}", lang, **early) for one in words] for lang in LANGS}
    line, index = str(told["line"]).split("\t"), int(str(told["index"]))
    facts = {**told, "id": line[0], "stratum": line[1], "status": line[2], "row": index + 1}
    limit = told.get("limit")
    if line[2] != ELIGIBLE:
        words = ["frame", "excluded"]
    else:
        facts |= dict(zip(("k", "eligible"), str(told["chance"]).split("/"), strict=True))
        facts |= {"limit": limit or "—"}
        words = ["frame", "chance", "drawn" if isinstance(limit, str) and str(told["ticket"]) <= limit else "undrawn"]
    words = [*(["list"] if "list" in told else []), *words, *(["visited"] if "visited" in told else []), *undone]
    facts |= void.facts if void else {}
    if line[2] not in CODES:
        return {lang: [label(f"receipt.{one}", lang, **facts) for one in words] for lang in LANGS}
    why = Exclusion(line[2])
    return {lang: [label(f"receipt.{one}", lang, **{**facts, "status": of(why, lang)}) for one in words] for lang in LANGS}
