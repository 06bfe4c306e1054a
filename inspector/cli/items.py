"""What an item is called where people read of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inspector.domain.policy import Policy
    from inspector.labels import Lang


def itemized(policy: Policy | None, code: str, lang: Lang) -> str:
    """An item by the name that its pack gives it, with its code behind; in English by its code, for packs name items in Chinese alone."""
    item = policy.items.get(code) if policy is not None else None
    return f"{item.name}（{code}）" if item is not None and lang == "zh-Hans" else code
