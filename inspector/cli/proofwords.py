"""What the command line says of what was proven and by whose word, and of what was computed again, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping

PROOFS: Mapping[str, tuple[str, str]] = {
    "proven_given": (
        "shown by the head {head} that you gave: as much as the hand is worth that you have it from, and nothing if that is the folder's",
        "依据：您给出的台账根 {head}；其证明力取决于您从何处取得，取自本文件夹的不能证明什么",
    ),
    "proven_kept": (
        "shown by the head {head} of {file}, which you have kept; no key is pinned, so that this is the office's head is by your own word",
        "依据：您留存的 {file} 中的台账根 {head}；未指定公钥，该根是否为本机关所出由您自行确认",
    ),
    "proven_key": (
        (
            "shown by the signature of the key {told} that you pinned (head {head}): its office says so; "
            "that it tells nobody another ledger is shown by a head from another hand alone"
        ),
        "依据：您指定的公钥 {told} 的签名（台账根 {head}）：是该机关所出；其是否另有一套台账，只有他人所存的台账根可以证明",
    ),
    "head_own": (
        (
            "NOT SHOWN by {file}: this head comes with the folder, and proves only that the folder agrees with itself. Take one from "
            "a witness of the office, from another agency, or a file that was kept before; or pin the office's key with --key"
        ),
        (
            "{file} 不能作为证明：该台账根随文件夹而来，只能说明文件夹自身一致。"
            "请向存证方、其他机关索取，或者使用此前留存的文件；也可以用 --key 指定本机关公钥"
        ),
    ),
    "head_unsigned": (
        "{file} counts for nothing: no head in it is signed by the key {told} that you pinned",
        "{file} 不计：其中没有您指定的公钥 {told} 所签的台账根",
    ),
    "signed_unpinned": (
        "signed by the key {told}: whose that is the folder cannot show; ask elsewhere, and give it as --key",
        "签名公钥：{told}；该公钥属于谁，文件夹本身不能证明，请另行核实后以 --key 给出",
    ),
    "register_broken": ("THE REGISTER DOES NOT HOLD: {problem}", "公示内容不成立：{problem}"),
    "ledger_shorter": (
        "the ledger has only {held} entries, and the lodged head ({size}:{root}) covers {size}: its end was cut, or this is another ledger",
        "台账现仅有 {held} 条，而已存证的根（{size}:{root}）含 {size} 条：其末尾被截去，或者这是另一套台账",
    ),
    "ledger_proof_of": ("it is the proof of the entry with the digest {digest}", "所证明的是摘要为 {digest} 的条目"),
    "replay_counted": ("{same} of {all} computed, each the same again", "共 {all} 条，其中 {same} 条复算一致"),
    "replay_rest": ("{count}: {why}", "{count} 条：{why}"),
}
