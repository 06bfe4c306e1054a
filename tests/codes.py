"""Ways to write a code that no column or line could hold; told by `test_policyproofs`."""

from __future__ import annotations

from tests.packs import ITEM, SHIPPED, after, edited

BROKEN = {
    "a level longer than its column is refused, for on one database no case of it could be kept": (
        SHIPPED.replace('"C"', '"level-of-many-letters"'),
        ["code_unusable"],
        "level level-of-many-letters · code: 'level-of-many-letters' is no code: at most 20 printable characters",
    ),
    "a code of two lines is refused, for frames are lines": (
        after(ITEM, ITEM, 'code = "business\\nlicence"'),
        ["code_unusable"],
        "code: 'business\\nlicence' is no code",
    ),
    "a version with the sign that parts it from the pack's name is refused": (
        edited(('version = "2026.1"', 'version = "2026@1"')),
        ["code_unusable"],
        "version: '2026@1' is no code: at most 60 printable characters, no white space, none of @",
    ),
}
