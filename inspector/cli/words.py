"""What the command line says by itself, in English and Chinese. Errors, states and rules have theirs in `inspector.labels`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from inspector.cli.drawwords import DRAWS
from inspector.cli.folderwords import FOLDERS
from inspector.cli.leavewords import LEAVES
from inspector.cli.lifewords import LIVES
from inspector.cli.proofwords import PROOFS
from inspector.cli.purgewords import PURGES
from inspector.cli.restwords import RESTS
from inspector.domain.errors import InspectorError
from inspector.labels import Lang, headed, hinted, in_words
from inspector.labels import words as labels

_FACT = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_SECRET = re.compile("[0-9a-fA-F]{64,}")

WORDS: Mapping[str, tuple[str, str]] = {
    "error": ("error", "错误"),
    "nothing": ("nothing", "没有"),
    "further": (
        "there are more: go on with --after {after}, or narrow with {filters}",
        "还有更多：用 --after {after} 继续，或用 {filters} 缩小范围",
    ),
    "awaiting": (
        "The database does not answer yet ({problem}). It is tried again for {seconds} seconds.",
        "数据库尚未响应（{problem}），将在 {seconds} 秒内继续尝试连接。",
    ),
    "begun": ("A new, empty database was made: {where}", "已建立新的空数据库：{where}"),
    "issued_within": (
        "Note: metrics, the ops page and credit levels concern {beyond} too; they want a token of {above}.",
        "注意：指标、运行页面和信用等级还涉及 {beyond}，须用 {above} 的令牌。",
    ),
    "issued_nowhere": (
        "Note: metrics, the ops page and credit levels concern {beyond} too, and no agency stands above all: add one to the settings.",
        "注意：指标、运行页面和信用等级还涉及 {beyond}，而没有统辖全部机关的机关：请在配置中加上。",
    ),
    "demo_starts": ("Inspector: the demo office is starting …", "Inspector：正在启动演示……"),
    "demo_talks": (
        "(demo office 演示: no --config and no INSPECTOR_CONFIG, so this is about the demo's database {file})",
        "（demo office 演示：未指定 --config 和 INSPECTOR_CONFIG，以下为演示数据库 {file} 的内容）",
    ),
    "no_connectors": ("The settings name no connectors: there is nothing to look at", "配置中没有连接器，无可检查"),
    "serving": (
        "Inspector serves at {url} — ops page {url}/ops, metrics {url}/metrics. Ctrl-C drains and stops.",
        "Inspector 已启动：{url}，运行页面 {url}/ops，监测指标 {url}/metrics。按 Ctrl-C 处理完手头工作后停止。",
    ),
    "shadow": (
        "Shadow: everything is decided and written down, nothing leaves the house, and what is drawn binds nobody.",
        "影子运行：照常作出决定并记录，但不向外发送任何内容，抽取结果不作为检查依据。",
    ),
    "shadow_cases": ("cases taken in, now {state}: {count}", "受理的办件，现为“{state}”：{count} 件"),
    "shadow_sent": ("would have gone out or went, {kind} by {lane}: {count}", "本会或者已经发出，{kind}（{lane}）：{count} 次"),
    "shadow_ours": (
        "visits asked for by the program: {visits}, to {objects} objects, at most {most} to one",
        "程序安排的检查：{visits} 次，涉及 {objects} 户，一户至多 {most} 次",
    ),
    "shadow_theirs": (
        "visits that people made: {visits}, to {objects} objects, at most {most} to one",
        "人工实际检查：{visits} 次，涉及 {objects} 户，一户至多 {most} 次",
    ),
    "shadow_both": ("objects that both would have seen: {count}", "两者都检查的对象：{count} 户"),
    "push_test": (
        "test {test} is on its way by {channels}; `push list` shows what came of it",
        "测试 {test} 正经由 {channels} 发送；可用 push list 查看结果",
    ),
    "push_link": ("the link of {seat} opens nothing any more", "席位 {seat} 的原链接已失效"),
    "push_on": ("channel {channel} serves inspector {inspector} again", "检查人员 {inspector} 的渠道 {channel} 已恢复"),
    "draining": (
        "Draining: work under way is ended, the rest is kept for the next start. Ctrl-C again leaves at once.",
        "正在停止：处理完手头工作，其余留待下次启动。再按 Ctrl-C 立即退出。",
    ),
    "stopped": ("Stopped. Everything is kept; the next start goes on from here.", "已停止。记录均已保存，下次启动后继续。"),
    "wrote": ("wrote {file}", "已写入 {file}"),
    "apart_asked": (
        "nothing is written until another person, of another machine user, says the same of this file ({count} rows)",
        "名录暂不变更：须由另一人（另一操作系统用户）以同一文件作同样的确认，涉及 {count} 行",
    ),
    "misnamed_asked": (
        "{object} stays until another person signs the same for case {case}",
        "{object} 暂不移出：须由另一人就办件 {case} 再次签署",
    ),
    "misnamed": (
        "{object} is out of the register; the approving system hears of case {case}, and sends the right firm's anew",
        "已将 {object} 移出名录；审批系统将收到办件 {case} 的通知，请其重新提交正确主体的办件",
    ),
    "renewed_asked": (
        "the register stays as it is until another person signs the same number for {inspector}",
        "名录暂不变更：须由另一人就 {inspector} 登记同一证号",
    ),
    "renewed": (
        "{inspector} has the new certificate number; files that are imported from now on bear it",
        "{inspector} 的新执法证号已登记；此后导入的文件请填新证号",
    ),
    "packs_flawed": (
        "warning: the packs cannot be taken up, and this goes on without them: {flaw}",
        "警告：政策包无法使用，本命令不依赖政策包，继续执行：{flaw}",
    ),
    "aborted": ("broken off before the end; the same command may be given again", "已中断，没有执行完；可以重新执行同一命令"),
    # What was typed wrongly.
    "usage": ("usage: {usage} (help: {command} --help)", "用法：{usage}（帮助：{command} --help）"),
    "no_command": ("there is no command {value}", "没有命令 {value}"),
    "no_option": ("there is no option {value}", "没有选项 {value}"),
    "nearest": ("; did you mean {near}?", "；是否想输入 {near}？"),
    "command_missing": ("name a command", "请写明命令"),
    "surplus": ("too many words: {value}", "多余的参数：{value}"),
    "not_one_of": ("{value} is not known; write one of {known}", "不认识 {value}；请填其中之一：{known}"),
    "too_small": ("must be at least {value}", "至少为 {value}"),
    "too_large": ("must be at most {value}", "至多为 {value}"),
    "no_day": (
        "{value} is no date; write year-month-day, as in 2026-10-08",
        "{value} 不是日期，请按“年-月-日”填写，例如 2026-10-08",
    ),
    "no_number": ("must be a whole number", "须为整数"),
    "not_in_range": ("{value} is out of range {known}", "{value} 超出范围 {known}"),
    "not_valid": ("{value} is no {known}", "{value} 不是 {known}"),
    "option_bare": ("{value} needs a value behind it", "{value} 后面要写值"),
    "option_or_argument_missing": ("{name} is needed", "缺少 {name}"),
    "why?": ("Why, or what was done", "理由或处理情况"),
    "yes": ("yes", "是"),
    "no": ("no", "否"),
    # Migrations.
    "migrated": ("the database is at revision {revision} (was {before})", "数据库现为版本 {revision}（原为 {before}）"),
    "pending": ("migrations to run: {count}", "将执行 {count} 项迁移："),
    "current": ("the database is at revision {revision}; nothing to do", "数据库已是版本 {revision}，无需迁移"),
    # Keys of personal data.
    "secret_made": (
        "{file} holds key {id}; keep a copy apart from the database and its backups",
        "已在 {file} 生成密钥 {id}；请与数据库及备份分开保管副本",
    ),
    "rotate_unsure": (
        "RESTART THE DAEMON FIRST: {daemons} runs, by keys that it does not tell; without the new one it reads nothing sealed by it",
        "请先重启守护进程：{daemons} 正在运行而未申报密钥；没有新密钥的守护进程读不出用它加密的数据",
    ),
    "rotated": (
        "{rows} rows and {codes} codes were sealed anew, under {seals} and {lookup}; what lies there already stayed",
        "已重新加密 {rows} 行、{codes} 个代码（密钥 {seals}、{lookup}）；已用现行密钥的不动",
    ),
    # Files.
    "flaws": ("errors: {count}; nothing was written", "共 {count} 处错误，未写入任何内容"),
    "flaws_behind": (
        "errors: {count}, from somebody else's work meanwhile; {written} cases are in and stay. Mend and import the same file again",
        "共 {count} 处错误，系导入期间他人操作所致；此前各行的 {written} 件已经受理，予以保留。请改正后重新导入同一文件，已受理的不会重复",
    ),
    "flaw": ("row {row}, {column}: {what} → {fix}", "第{row}行，{column}：{what} → {fix}"),
    "odd": ("row {row}, {column}: remark: {what} → {fix}", "第{row}行，{column}：提示：{what} → {fix}"),
    "odds": ("remarks, which keep nothing out: {count}", "共 {count} 条提示，不影响导入"),
    "more_open": (
        "… and {count} more: `assistance list --skip {skip}` shows them",
        "……另有 {count} 条，用 assistance list --skip {skip} 查看",
    ),
    "more": ("… and {count} more (--json shows all)", "……另有 {count} 处（--json 显示全部）"),
    "rows": ("rows", "行"),
    # After a draw.
    "void_asked": (
        "{by} asks that draw {draw} be void: {reason}. Another person signs with the same reason",
        "{by} 申请作废抽取 {draw}：{reason}。须另一人以同一理由签署",
    ),
    "void_asked_anew": (
        "this stands in the place of the reason that was signed before: {reason}",
        "此理由取代此前签署的理由：{reason}",
    ),
    "void_made": ("draw {draw} is void: {reason}, signed by {by}", "抽取 {draw} 已作废：{reason}，签署人：{by}"),
    "void_keeps": (
        "its result stays as evidence, and decides nothing",
        "其结果作为证据保留，不作为检查依据",
    ),
    "void_next": (
        "{folder} stays as it is, so that its number is accounted for; lay a draw of another number beside it",
        "{folder} 原样保留，以便其编号有据可查；重新抽取须另取编号",
    ),
    "extension_asked": (
        "{by} asks that draw {draw} be extended: {words}. Another person signs the same",
        "{by} 申请追加抽取 {draw}：{words}。须另一人签署同一内容",
    ),
    "extension_made": ("draw {draw} is extended by {number}, signed by {by}", "抽取 {draw} 已追加为 {number}，签署人：{by}"),
    "replaced": ("{visit} has ended; the next of the reserve came in as {came}", "{visit} 已结束；候补依次补入，任务编号 {came}"),
    "ceased_asked": (
        "{visit} is to be made until another person signs the same words; who does not agree closes the matter object_ceased:{visit}",
        "另一人以同样内容签署前，{visit} 照常办理；不同意的，请关闭待办 object_ceased:{visit}",
    ),
    "not_replaced": ("{visit} has ended; nobody came in for it", "{visit} 已结束；无补入"),
    "budget": ("replaced at discretion: {spent} of at most {most}", "个别替换：{spent}，上限 {most}"),
    "next_beside": (
        "0. Looked at: {count} draws, each directly in {folders}. That the newest is there, and nothing used elsewhere, is yours to see",
        "0. 已查对：{folders} 下一级文件夹中的抽取 {count} 次。编号和随机数未在他处使用过、最近一次抽取即在其中，须由您自行确认",
    ),
    "provisional": ("{at} (provisional)", "{at}（暂定）"),
    "send_back_asked": (
        "{by} asks to send case {case} back ({reason}): another officer says case send-back-agree {case}, or why not",
        "{by} 提出退回办件 {case}（{reason}）：由另一名工作人员执行 case send-back-agree {case}，或者说明不同意的理由",
    ),
    "send_back_done": (
        "case {case} is sent back ({reason}); who sent it hears why",
        "办件 {case} 已退回（{reason}），报送机关会收到理由",
    ),
    "withdrawal_answered": (
        "case {case}: the withdrawal is answered ({answer}); its subject is told, outcome and record stay",
        "办件 {case} 的撤回申请已答复（{answer}）；当事人会收到告知，结论和信用记录不变",
    ),
    "send_back_declined": ("case {case} is not sent back, and goes on", "办件 {case} 不退回，继续办理"),
    "clock_suspended": (
        "the clock of {case} stands still ({reason}) to the end of {until}; its date is now {due_at}",
        "{case} 的期限自即时起中止（{reason}），至 {until} 止；期限变为 {due_at}",
    ),
    "clock_resumed": ("the clock of {case} goes on; its date is now {due_at}", "{case} 的期限恢复计算，变为 {due_at}"),
    "deputy_named": (
        "{deputy} decides in the stead of {officer} from {since} to {until}.",
        "自 {since} 至 {until}，由 {deputy} 代行 {officer} 的职责。",
    ),
    "deputy_ended": ("{deputy} stands in for {officer} no more.", "{deputy} 不再代行 {officer} 的职责。"),
    "letter_anew": (
        "{letter}: no row keeps what was written; it is worded by how the request stands now",
        "{letter}：已无当时写定的内容，按请求的现状拟写",
    ),
    "request_stands": ("{request} is now: {state}, due {due_at}", "{request} 现为：{state}，期限 {due_at}"),
    "clock_extended": ("the term of {case} was lengthened; its date is now {due_at}", "{case} 的期限已延长，变为 {due_at}"),
    "opened": (
        "on behalf of {sender}: cases opened: {opened}, there already: {known}",
        "代表 {sender}：新受理 {opened} 件，已有 {known} 件",
    ),
    "would_open": (
        "dry run, on behalf of {sender}: cases that would be opened: {opened}, there already: {known}; nothing was written",
        "试运行，代表 {sender}：将新受理 {opened} 件，已有 {known} 件；未写入任何内容",
    ),
    "would_keep": (
        "dry run: levels that would stand: {kept}, older than what is known: {older}, against another: {conflicts}; nothing was written",
        "试运行：将有效的等级 {kept} 条，早于已有记录 {older} 条，与已有记录不一致 {conflicts} 条；未写入任何内容",
    ),
    "compared": (
        "alike: {alike}; under way or just moved: {moving}; differ: {differ}",
        "一致 {alike} 条，办理中 {moving} 条，不一致 {differ} 条",
    ),
    "on_record": (
        "on record of the subject: {entry}, {grade}, since {since}, {state}",
        "该主体的信用记录：{entry}，{grade}，{since} 认定，{state}",
    ),
    "barred": (
        "{added} bad records of other authorities entered, {changed} mended, {same} as before",
        "录入其他机关的不良信用记录 {added} 条，更改 {changed} 条，未变 {same} 条",
    ),
    "would_bar": (
        "{added} would be entered, {changed} mended, {same} are as before; nothing was written",
        "将录入 {added} 条，更改 {changed} 条，未变 {same} 条；没有写入",
    ),
    "bar_repaired": ("{bar} is repaired on {on}", "{bar} 已于 {on} 修复"),
    "bar_unrepaired": ("{bar} is not repaired: it bars again", "{bar} 未修复，重新限制承诺"),
    "compared_dry": (
        "dry run: alike: {alike}; under way or just moved: {moving}; differ: {differ}; nothing was written or sent",
        "试运行：一致 {alike} 条，办理中 {moving} 条，不一致 {differ} 条；未写入或报送任何内容",
    ),
    "entry_decided": ("{entry}: {step}", "{entry}：{step}"),
    "levels": (
        "levels that stand: {kept}, older than what is known: {older}, against another of the same moment, which stands: {conflicts}",
        "有效等级 {kept} 条，早于已有记录 {older} 条，与同一时点的已有记录不一致（以先记录的为准）{conflicts} 条",
    ),
    # Registers.
    "preview": (
        "{added} added, {changed} changed, {removed} removed, {same} unchanged",
        "新增 {added}，变更 {changed}，移除 {removed}，不变 {same}",
    ),
    "preview_kept": (
        "{added} added, {changed} changed, {removed} not in the file and kept, {same} unchanged",
        "新增 {added}，变更 {changed}，文件中没有而予以保留 {removed}，不变 {same}",
    ),
    "field_original": ("code as written", "代码原文"),
    "field_warnings": ("remarks on the code", "代码提示"),
    "field_enrolled": ("enrolled by a case", "因办件列入"),
    "field_unfiled": ("by a case alone", "仅因办件列入"),
    "struck": ("{object} is out of the register; the next commitment counts it", "{object} 已移出名录，下次抽取承诺中计入更正数"),
    "struck_for": (
        "{object} stands in the register as {stands}; the next commitment counts it",
        "{object} 在名录中更正为 {stands}，下次抽取承诺中计入更正数",
    ),
    "inspections": (
        "past inspections: new {added}, told anew {changed}, known already {same}",
        "以往检查：新增 {added} 条，更正 {changed} 条，已有 {same} 条",
    ),
    "findings_taken": ("findings: new {new}, known already {same}", "发现：新增 {new} 条，已有 {same} 条"),
    "imported": ("rows in the register now: {count}", "名录现有 {count} 条"),
    "would_need": (
        "taking {count} rows out would need {options}; --keep would leave them in",
        "移除 {count} 条须加 {options}；--keep 则予以保留",
    ),
    "dry": ("dry run: nothing was written", "试运行：未写入任何内容"),
    "kept": ("rows that the file lacks, kept: {count}", "文件中没有的 {count} 条予以保留"),
    "remove?": ("Take {count} rows out of force?", "确认移除 {count} 条？"),
    "conflict_ended": (
        "from the next draw on {inspector} may be sent to {code} again",
        "自下次抽取起，{inspector} 可以再被派往 {code}",
    ),
    "declared": ("{inspector} will not be sent to {code}", "{inspector} 将不会被派往 {code}"),
    "challenge_made": (
        "{inspector} is on visit {visit} and goes on until the head has decided",
        "{inspector} 正在执行检查任务 {visit}，在负责人决定前不停止工作",
    ),
    "challenge_granted": ("{inspector} is recused from visit {visit}", "{inspector} 已回避检查任务 {visit}"),
    "challenge_refused": ("{inspector} stays on visit {visit}", "{inspector} 继续执行检查任务 {visit}"),
    # Work, connectors, tokens, attention.
    "retried": ("work {id} goes round again", "工作 {id} 将重新执行"),
    "released": ("work {id} is let go", "工作 {id} 已放行，不再执行"),
    "paused": ("connector {name} is paused", "连接器 {name} 已暂停"),
    "resumed": ("connector {name} goes on", "连接器 {name} 已恢复"),
    "resumed_unpaused": (
        "connector {name} was not paused; it is called again at once",
        "连接器 {name} 本未暂停，现立即重新调用",
    ),
    "connector_begun": (
        "a connector of your own lies in {folder}; its README.md says how to try and install it",
        "新连接器位于 {folder}；测试和安装方法见其中的 README.zh-Hans.md",
    ),
    "issued": (
        "token of {name} for {agency} as {role}, until {until}; it is shown only now:",
        "{name} 的令牌（{agency}，{role}），有效期至 {until}；仅显示这一次：",
    ),
    "key_made": (
        "key in {file} (keep it secret), its public half in {public}; name the first as visit_key_file of the agency",
        "密钥已写入 {file}（请妥善保密），公钥已写入 {public}；请将前者设为机关的 visit_key_file",
    ),
    "key_page": ("the firms' page is in {file}", "供企业核验的网页已写入 {file}"),
    "admitted": ("{name} may sign in as {role} until {until}: admission {id}", "{name}获准以{role}登录，至{until}：准入 {id}"),
    "dismissed": ("{id} is over; sessions ended: {count}", "{id} 已终止，结束登录{count}次"),
    "revoked": ("token {id} is revoked", "令牌 {id} 已吊销"),
    "posted_late": (
        "posted later than its page allows for: the page says {printed}, and {due_at} counts, by the day of posting written on it",
        "寄出晚于函上所计：函上所印为 {printed}，现以 {due_at} 为准（按函上填写的寄出日期计算）",
    ),
    "closed": ("{id} is closed", "{id} 已关闭"),
    **DRAWS,
    **FOLDERS,
    **LEAVES,
    **LIVES,
    **PROOFS,
    **PURGES,
    **RESTS,
    # Packs.
    "pack_agrees": ("{label}: agrees with its examples ({count})", "{label}：与 {count} 个示例一致"),
    "pack_silent": (
        '{label}: warning: has no examples; write examples-{version}.toml beside it with the line pack = "{label}"',
        '{label}：警告：没有示例；请在旁边写 examples-{version}.toml，首行写 pack = "{label}"',
    ),
    "pack_of_today": ("{label} is the version in force on {day}", "{label} 为 {day} 有效的版本"),
    "pack_same": ("no difference", "没有差别"),
    "gap": ("gap: {gap}", "空档：{gap}"),
}


def say(key: str, lang: Lang, /, **facts: object) -> str:
    """The words of a key."""
    return _fill(WORDS[key][0 if lang == "en" else 1], facts)


def told(error: InspectorError, lang: Lang) -> str:
    """What an error says: the house's words, else its own code and facts."""
    if error.code == "packs_invalid":  # it tells every flaw by itself, in both languages
        return str(error)
    # who works at the machine sees everything: nothing is somebody else's
    text = labels(lang).get(f"operator.{error.code}") or labels(lang).get(f"error.{error.code}")
    facts = in_words(error.facts, lang)
    if isinstance(named := facts.get("errno"), str):
        known = labels(lang).get(f"os.{named}") or _fill(labels(lang)["os.OTHER"], {"detail": facts.get("problem", named)})
        facts = {**facts, "problem": known}
    return _fill(headed(f"error.{error.code}", hinted(text, facts, lang), facts, lang), facts) if text else str(error)


def unsaid(typed: str) -> str:
    """What somebody has typed, to be repeated in an error without what may be a secret in it: a terminal's lines are read by others."""
    return _SECRET.sub("…", typed)


def _fill(text: str, facts: Mapping[str, object]) -> str:
    return _FACT.sub(lambda found: _plain(facts.get(found[1], "…")), text)


def _plain(fact: object) -> str:
    return "; ".join(map(str, fact)) if isinstance(fact, list | tuple) else str(fact)
