"""What the command line says of draws, with the daemon and without it, and of the ledger, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping

DRAWS: Mapping[str, tuple[str, str]] = {
    # Draws and the ledger.
    "prepared": (
        "draw {number} of plan {plan} is being prepared; it waits for the promise of {parties}, until {until} at the latest",
        "计划 {plan} 的抽取 {number} 正在准备，等待承诺：{parties}，最迟至 {until}",
    ),
    "stands": ("draw {number} of plan {plan}: {state}", "计划 {plan} 的抽取 {number}：{state}"),
    "not_prepared": (
        "no draw: there is nothing to draw from",
        "未抽取：没有可抽取的对象",
    ),
    "not_prepared_behind": (
        "no draw: the agency draws one at a time, and another one is still open",
        "未抽取：同一机关一次只进行一项抽取，另有一项尚未结束",
    ),
    "needs_encoding": (
        "the file does not say its encoding: writing would need --encoding gb18030 or --encoding big5",
        "文件没有说明编码：正式导入须加 --encoding gb18030 或者 --encoding big5",
    ),
    "encoding?": (
        "the file does not say its encoding. As GB 18030 it holds: {read}; as Big5: {other}. Is GB 18030 right?",
        "文件未注明编码。按 GB 18030 读作：{read}；按 Big5 读作：{other}。是 GB 18030 吗？",
    ),
    "plan_next": ("next: {command}", "下一步：{command}"),
    "plan_approval_next": (
        "next, another person: with a token, POST /v1/plans/{plan}/{year}/approve, or as another user of this machine: {command}",
        "下一步由他人办理：以其本人令牌 POST /v1/plans/{plan}/{year}/approve，或以其本人系统用户执行：{command}",
    ),
    "catalogue_review_next": (
        "next, another person: with a token, POST /v1/catalogue/{agency}/{item}/review, or as another user of this machine: {command}",
        "下一步由他人办理：以其本人令牌 POST /v1/catalogue/{agency}/{item}/review，或以其本人系统用户执行：{command}",
    ),
    "case_by_reference": ("{reference} is the number of the application of {case}", "{reference} 是申请编号，办件编号为 {case}"),
    "catalogue_repealed": (
        "{title} is repealed; items to be looked at again: {count}",
        "{title}已登记废止；须复审的证明事项：{count} 项",
    ),
    "catalogue_repeal_mended": (
        "re-reviews whose day of repeal is now {day}: {count}",
        "废止日期已更正为 {day} 的复审：{count} 项",
    ),
    "catalogue_unrepealed": (
        "the repeal of {title} is taken back; re-reviews that are over: {count}",
        "{title}的废止已撤销；随之办结的复审：{count} 项",
    ),
    "holds": ("draw {number}: the result follows from its inputs", "抽取 {number}：结果与其输入一致"),
    "numbers_missing": (
        "✗ there is no draw of the numbers {numbers}: see draw register",
        "✗ 缺少以下编号的抽查：{numbers}，见 draw register",
    ),
    "ask_figures": ("the figures of draw {draw}, with blanks between them", "抽查 {draw} 的数字（以空格隔开）"),
    "redeals_one": ("one seat was dealt again", "有一个席位曾改派"),
    "redeals_several": (
        "{count} SEATS WERE DEALT AGAIN, each as the rule gives: their order decides who comes in next. Ask why for each",
        "共有 {count} 个席位曾改派，每次均符合规则；但先后次序会影响下一个由谁替补，请逐一询问原因",
    ),
    "figures_held": (
        "the figures are those that you state from the minutes: {figures}",
        "数字与您所给出的现场记录一致：{figures}",
    ),
    "holds_void": (
        "draw {number}: made void before it had a result; what it committed to agrees",
        "抽取 {number}：产生结果前已作废；其承诺内容一致",
    ),
    "holds_not": ("draw {number}: DOES NOT HOLD", "抽取 {number}：不成立"),
    "time_proven": (
        (
            "time proven: the witness held this commitment's value before the seed was known; ask whether it holds any other value "
            "of this OFFICE, under whatever number, that you were not shown: a second series of numbers passes else"
        ),
        (
            "时间已证明：见证方在种子公开之前已存有本承诺的见证值；"
            "请一并询问其是否还存有本机关的其他见证值（不论编号）而您未曾见到：否则另起一套编号也能通过"
        ),
    ),
    "time_unproven": (
        "CONSISTENT, BUT TIME NOT PROVEN by what was told of it: what lacks is said below",
        "前后一致，但所给的说明未能证明时间：欠缺之处见下",
    ),
    "time_not_proven": (
        "CONSISTENT, BUT TIME NOT PROVEN: ask the witness{receipt} for its value and give it with --witness",
        "前后一致，但时间未证明：请向见证方{receipt}索取见证值，用 --witness 给出",
    ),
    "receipt_named": (" ({receipt})", "（{receipt}）"),
    "void": ("the draw is void: {reason}", "抽取作废：{reason}"),
    "step_gathered": ("gathering the results", "汇集结果"),
    "step_written": ("writing the pages", "写出页面"),
    "site_written": (
        "{results} results in {folder}: {posted} new, {removed} taken back, {withheld} waiting; {written} files written, {unchanged} not",
        "{folder} 共 {results} 项：本次公布 {posted} 项、撤下 {removed} 项，待定 {withheld} 项；写出文件 {written}，未变 {unchanged}",
    ),
    "register_posted": (
        "Posted {at} at {address}, by a head of {size} entries",
        "公布于 {at}，网址 {address}，所依台账根含 {size} 个条目",
    ),
    "register_since": (
        "You hold a head of {last} entries: whether one was posted since entry {size}, only the `ledger.json` of the site shows (--newer)",
        "所持台账根已有 {last} 个条目：自第 {size} 个条目以后是否另行公布，本文件夹不能证明；请以 --newer 给出网站现有的 ledger.json",
    ),
    "register_holds": (
        "The register is as it was posted: {files} files",
        "公示内容与公示时一致：共 {files} 个文件",
    ),
    "equality_of": (
        "{agency}, {since} until {until}, {pack} ({basis}): {draws} draws compared, {waiting} under embargo come later",
        "{agency}，{since} 至 {until}，{pack}（{basis}）：比较抽查 {draws} 次，另有 {waiting} 次尚在保密期，以后计入",
    ),
    "equality_by": (
        (
            "at most {alpha} false alarms over all measures and all looks of a year ({spending}), {level} here; "
            "odds that differ by {effect} are to be found with {power}, or it says insufficient"
        ),
        (
            "各项、全年各次合计误报不超过 {alpha}（{spending}），本次 {level}；"
            "比值相差 {effect} 倍的应以 {power} 的把握发现，达不到的注明“不足”"
        ),
    ),
    "returns_digest": (
        "{since} to {until} {per}; {unreadable} cases could not be read; SHA-256 of the CSV: {digest}",
        "{since} 至 {until}，{per}；{unreadable} 件无法读取；CSV 的 SHA-256：{digest}",
    ),
    "returns_open": (
        "NOT OVER: {until} is still to come or has not ended, so more may be added",
        "期间未结束：{until} 尚未过完，数据还会增加",
    ),
    "equality_groups": (
        "quarters told, by their first days: {quarters}; under embargo: {waiting}",
        "已计入的季度（首日）：{quarters}；尚在保密期：{waiting}",
    ),
    "pledge_site": (
        "{case}: its letter may stand on the public register, and does with the next posting",
        "{case}：其承诺书可以上网公开，下次发布时列入",
    ),
    "pledge_no_site": ("{case}: its letter does not go on the public register", "{case}：其承诺书不上网公开"),
    "publication_said": ("{id}: {state}", "{id}：{state}"),
    "ledger_differs": (
        "the ledger of {size} entries has another root now than the lodged one ({root}): something in it was cut, changed or laid anew",
        "台账前 {size} 条现在的根与已存证的根（{root}）不一致：其中有内容被删改或者重排",
    ),
    "heads_lost": (
        "the heads of the ledger that the former posting in {folder} tells are gone, or cut: hold a copy to `ledger verify --head`",
        "{folder} 中上次发布的台账根文件已丢失或者残缺：请以另存的副本运行 ledger verify --head 核对",
    ),
    "published_differs": (
        "{row}: what is stored of it is not what the ledger says was published: find out who changed it, and restore it from a backup",
        "{row}：所存内容与台账所记的公布内容不一致：请查明何人改动，并从备份恢复",
    ),
    "ledger_tree": (
        "{size} entries are in the tree, root {root}; held to {heads} lodged heads",
        "台账树共 {size} 条，根为 {root}；已与 {heads} 个存证的根核对",
    ),
    "ledger_proof_written": ("the proof is in {file}; it tells nothing of what was said", "证明已写入 {file}，不含台账内容"),
    "ledger_proof_holds": ("the proof holds by the heads that you gave ({size} entries)", "证明成立（按所给台账根，{size} 条）"),
    "ledger_proof_fails": (
        "the proof does not hold by the heads that you gave ({size} entries)",
        "证明不成立（按所给台账根，{size} 条）",
    ),
    "ledger_holds": ("{seals} seals hold; {unsealed} entries wait for the next one", "{seals} 个封印完好；{unsealed} 条待封"),
    "ledger_head": ("seal {number}: {head}", "封印 {number}：{head}"),
    "ledger_broken": (
        "THE LEDGER DOES NOT HOLD after {seals} seals: {problem}",
        "台账不成立（前 {seals} 个封印完好）：{problem}",
    ),
    "file_written": (
        "the file is in {folder}: {entries} entries, the words of {withheld} withheld, of {erased} erased; proven by {head}",
        "档案已写入 {folder}：台账条目 {entries} 条，其中 {withheld} 条内容不附、{erased} 条内容已清除；所依的台账根 {head}",
    ),
    "file_holds": (
        "the file holds by the heads that you gave: {entries} entries, the words of {withheld} withheld, of {erased} erased",
        "档案完好（按所给台账根）：台账条目 {entries} 条，其中 {withheld} 条内容不附、{erased} 条内容已清除",
    ),
    "file_erased": (
        "that the days of {erased} erased entries were over is their purges' own word; `ledger purges` holds it to the records",
        "{erased} 条已清除的内容是否保存期满，以清除条目所述为准；与案卷是否一致，由机关以 ledger purges 核对",
    ),
    "file_younger": (
        "NOT SHOWN: {younger} of {entries} entries are younger than your heads. Ask for a head of {size} entries or more",
        "尚不能证明：{entries} 条中有 {younger} 条晚于所给台账根。请索取 {size} 条或者更多的台账根",
    ),
    "file_later": (
        (
            "NOT SHOWN: the file is proven by the head of {since} entries, yours has {size}. "
            "Ask for `ledger prove --since {since} --size {size}` (--growth)"
        ),
        (
            "尚不能证明：本档案所依的台账根为 {since} 条，所给的为 {size} 条。"
            "请索取 ledger prove --since {since} --size {size} 的证明，以 --growth 给出"
        ),
    ),
    "file_grown": (
        "the proof of growth that was given runs from {since} to {size} entries: it does not lead to a head that was given",
        "所给的增长证明为 {since} 条至 {size} 条：不通向所给的任何台账根",
    ),
    "replay_altered": (
        "ALTERED: {what} ({about}); what is computed from it shows nothing",
        "已被改动：{what}（{about}）；以此复算不能证明什么",
    ),
    "file_broken": ("THE FILE DOES NOT HOLD: {problem}", "档案不成立：{problem}"),
    # Draws without the daemon.
    "flaw_in": ("{file} row {row}, {named}: {what} → {fix}", "{file} 第{row}行，{named}：{what} → {fix}"),
    "odd_in": ("{file} row {row}, {named}: remark: {what} → {fix}", "{file} 第{row}行，{named}：提示：{what} → {fix}"),
    "flaw_in_plan": ("{file}, {named}: {what} → {fix}", "{file}，{named}：{what} → {fix}"),
    "odd_in_plan": ("{file}, {named}: remark: {what} → {fix}", "{file}，{named}：提示：{what} → {fix}"),
    "unread_in": ("{file}: {what}", "{file}：{what}"),
    "more_in": ("{file}: … and {count} more", "{file}：……另有 {count} 处"),
    "step_reading": ("reading {file}", "读取 {file}"),
    "step_replaying": ("judging recorded cases again", "重新推演办件"),
    "step_printing": ("printing the page", "打印页面"),
    "step_freezing": ("freezing the rosters", "冻结名录"),
    "step_committing": ("committing", "生成承诺"),
    "step_writing": ("writing", "写入"),
    "step_comparing": ("comparing the registers with the commitment", "比对名录与承诺"),
    "step_books": ("asking the platform about entries", "向平台逐条核对"),
    "step_selecting": ("selecting objects", "抽取检查对象"),
    "step_dealing": ("dealing inspectors", "分派检查人员"),
    "committed": (
        "draw {number} is committed to: objects {objects}, inspectors {inspectors}, bans {bans}",
        "抽取 {number} 已作出承诺：检查对象 {objects}，检查人员 {inspectors}，回避 {bans}",
    ),
    "committed_folder": (
        "the bundle lies in {folder}; nothing in it may be changed any more",
        "复核包位于 {folder}；其中内容不得再改动",
    ),
    "committed_w": ("W = {w}", "W = {w}"),
    "committed_share": ("  stratum {stratum}: {share}, at least {least}", "  类别 {stratum}：{share}，至少 {least}"),
    "next_private": (
        "1. Keep private, apart from the folder, and read what each is for: {files}",
        "1. 以下文件须保密，与文件夹分开保管，用途见文件内说明：{files}",
    ),
    "next_lodge": (
        "2. Lodge W with a witness before the seed is known, and have the date confirmed: {file}. Nothing else leaves the house yet",
        "2. 在种子产生之前将 W 交见证方收存并确认日期：{file}。此时不得外传其他内容",
    ),
    "next_before": ("   not later than {at}", "   不得晚于 {at}"),
    "next_seed": ("3. When the seed is there: {command}", "3. 种子产生后：{command}"),
    "next_prev": (
        "C = {c}: the `prev` of the next draw's plan. With the seed it tells who is drawn: it stays in the house until the visits are over",
        "C = {c}：下一次抽取计划的 prev。由此值与种子即可推知抽取结果，检查结束前不得外传",
    ),
    "carried": ("draw {number} is carried out", "抽取 {number} 已完成"),
    "carried_again": ("draw {number} had been carried out; the same result came out", "抽取 {number} 此前已完成；重算结果相同"),
    "carried_next": (
        "result.json and seed.json lie in {folder}; check them with ./run draw verify {folder}",
        "result.json 和 seed.json 位于 {folder}；请用 ./run draw verify {folder} 复核",
    ),
    "seats_empty": ("list {list}: seats nobody could fill: {count}", "名单 {list}：无人可派的席位：{count}"),
    "seats_left": (
        "{out} still stands for these visits: {objects}. Pass those seats on as well, one by one, where {out} cannot go",
        "{out} 仍在下列检查的名单上：{objects}。不能前往的，请逐一办理改派",
    ),
    "seats_next": (
        "the selection stands; deal these visits with more inspectors under the next number (how-to/draw.md)",
        "抽中的对象不变；请补充人员，并在下一编号下为这些检查派员（见 how-to/draw.md）",
    ),
    "visits_unmanned": (
        "  ! list {list}: {count} visits have no team: nobody is sent",
        "  ! 名单 {list}：{count} 次检查没有派人",
    ),
    "ask_nonce": ("secret of {party} (64 digits 0-9a-f)", "{party} 的随机数（64位 0-9a-f）"),
    "ask_first": ("first person, unseen: figures of {what}", "第一人（不显示）：录入 {what} 的数字"),
    "ask_second": ("second person: the same figures", "第二人：录入同样的数字"),
    "ask_differ": ("the two do not agree; both type again", "两人录入不一致，请重新录入"),
}
