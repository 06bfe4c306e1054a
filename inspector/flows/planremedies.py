"""What may be wrong with the plan and the rosters of a draw without the daemon, and how to mend it, in both languages by code."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str, str, str]] = {
    "plan_key_unknown": ("nobody knows this key", "不认识该项", "take it out; known are {known}", "请删去；可用：{known}"),
    "plan_key_of_list": (
        "with [[lists]] each list has it for itself",
        "有 [[lists]] 时，各名单各写各的",
        "move it into the table of each list that it is of, below its [[lists]]",
        "请移到所属名单的 [[lists]] 之下",
    ),
    "status_undeclared": (
        "{value} is neither 1 nor one of the codes that the plan declares for the list {list} ({known})",
        "“{value}”既不是 1，也不是计划为名单“{list}”写明的代码（{known}）",
        'whoever has it may not be drawn, so write codes = ["{value}"] in the plan, where the list\'s rules stand; else write 1',
        '确为不参与抽取的状态，请在计划中该名单的规则处写 codes = ["{value}"]；否则请填 1',
    ),
    "plan_key_missing": ("it is missing", "缺少该项", "add it", "请补上"),
    "plan_table": (
        "{value} is no table",
        "“{value}”不是表",
        "write it as a table: [strata.A], [[seed]] or [[lists]], with its keys below",
        "请写成表：[strata.A]、[[seed]] 或 [[lists]]，其下写各项",
    ),
    "plan_text": ("{value} cannot stand here", "“{value}”不可用", "write a short text in quotes", "请填带引号的简短文字"),
    "plan_list": (
        "{value} cannot name a list",
        "“{value}”不能作名单名称",
        "use a-z, 0-9 and -, at most 32",
        "请用 a-z、0-9 和 -，最多32个",
    ),
    "plan_chain": (
        "{value} is no chain of drand",
        "“{value}”不是 drand 的链",
        "quicknet, default, or the chain's hash (64 digits 0-9a-f)",
        "应为 quicknet、default，或者该链的摘要（64位 0-9a-f）",
    ),
    "plan_hex64": ("{value} is no digest", "“{value}”不是摘要", "64 digits 0-9a-f", "应为64位 0-9a-f"),
    "plan_hash": (
        "{value} is no party's hash: nobody could ever tell its secret, and the draw would never be carried out",
        "“{value}”不是参与方的摘要（hash）：无人能揭示其随机数，抽取将无法完成",
        "write the 64 digits 0-9a-f that the party gave you",
        "请填写该方提供的 64 位 0-9a-f",
    ),
    "plan_count": ("{value} is no whole number", "“{value}”不是整数", "write digits only", "请只填数字"),
    "plan_team": (
        "a team of {value} cannot be",
        "每组不能是 {value} 人",
        "write 1 to 1000; law asks for 2",
        "请填1至1000；法定为2",
    ),
    "plan_codes": (
        "{value} are no codes",
        "“{value}”不是代码列表",
        'write ["cap", "closed"]; 1 is no code',
        '请写成 ["cap", "closed"]；1 不是代码',
    ),
    "plan_ratio": (
        "{value} is no ratio from 0 to 1",
        "“{value}”不是0到1的比例",
        'write it in quotes: "3%", "2.5%" or "1/30"',
        '请带引号填写："3%"、"2.5%" 或 "1/30"',
    ),
    "plan_ppm": ("{value} is not 0 to 1000000", "“{value}”不在0至1000000之间", "write parts per million", "请填百万分之几"),
    "plan_ratio_twice": ("ratio and ppm are both there", "比例 ratio 与百万分比 ppm 并存", "keep one", "保留一项"),
    "plan_ratio_systematic": (
        "such a ratio is no whole number of parts per million, and is then not rounded systematically (ruling 9)",
        "该比例不是整数个百万分之一，不能用系统舍入（规则第9条）",
        'write round = "ceil"',
        '请写 round = "ceil"',
    ),
    "plan_party": ("{value} cannot name a party", "“{value}”不能作参与方名称", "leave =, / and \\ out", "请勿用 =、/ 和 \\"),
    "plan_list_twice": (
        "the list {list} stands twice",
        "名单“{list}”重复",
        "give each list its own name",
        "请给各名单不同的名称",
    ),
    "plan_party_twice": ("a party stands twice", "参与方重复", "give each its own name", "请各用不同名称"),
    "plan_make": (
        "{value} is no order",
        "“{value}”不可用",
        "write make = true, or the hash",
        "请写 make = true，或填写摘要（hash）",
    ),
    "plan_reveal": (
        "a reveal has either the party's hash or make = true",
        "揭示方应有摘要（hash）或 make = true，二者取一",
        "ask the party for its hash, or let its secret be made here",
        "请向参与方索取摘要（hash），或在此生成其随机数",
    ),
    "plan_time": (
        "{value} is no time with its offset",
        "“{value}”不是带时区的时间",
        'write "2026-07-10T10:56:00.000Z"',
        '请写成 "2026-07-10T10:56:00.000Z"',
    ),
    "plan_form": (
        "{value} is no form of a ceremony",
        "“{value}”不是仪式的形式",
        "write dice = 26 and sides = 6 (lowest = 0 for digits), or balls = [[6, 33], [1, 16]]",
        "请写 dice = 26 和 sides = 6（数字从 0 起的写 lowest = 0），或 balls = [[6, 33], [1, 16]]",
    ),
    "plan_bits_overstated": (
        "{value} bits declared, the figures hold {most} at most",
        "声明 {value} 比特，而其数字至多含 {most} 比特",
        "leave bits out, or write no more than {most}",
        "请删去比特数 bits，或填写不超过 {most} 的数",
    ),
    "plan_seed_twice": (
        "two sources are one and the same ({source}): its chance counts once",
        "有两个种子来源实为同一个（{source}），其随机性只算一次",
        "give each party a hash of its own, and each beacon another round",
        "请由各方各给自己的摘要，各信标各取不同的轮次",
    ),
    "plan_drawing_twice": (
        "one drawing or throw stands for two sources ({source}): its chance counts once",
        "同一次开奖或掷出写作两个种子来源（{source}），其随机性只算一次",
        "take one of them out; where they are two, say in what which is which (the issue, the first throw and the second)",
        "请删去其一；确为两次的，请在名称（what）中写明各是哪一次（期号、第一次、第二次）",
    ),
    "plan_beacon_unpinned": (
        "nobody could check a value of this {kind} source, so it counts no bit of chance: no key of it is pinned",
        "该 {kind} 来源没有固定公钥，其数值无人能核验，随机性计为零",
        "name a chain that is pinned (quicknet, default), or the authority of the pulses (ca); else the other sources must hold enough",
        "请改用已固定公钥的链（quicknet、default），或写明脉冲的证书机构（ca）；否则须由其他来源提供足够的随机性",
    ),
    "plan_bits_unpinned": (
        "{bits} bits of chance without the source whose value nobody could check, at least {least} are required",
        "除去数值无人能核验的来源，随机性为 {bits} 比特，至少须 {least}",
        "add a source: 26 dice give 67 bits, a party's reveal 256, as does a beacon whose key is pinned",
        "请增加来源：26枚骰子为67比特，一方揭示或已固定公钥的信标为256比特",
    ),
    "card_number": (
        "by its form it is a natural person's identity number, which would lie in the bundle as it is",
        "形式上是自然人的身份证件号码，将原样进入复核包",
        "write a pseudonym of your own in its place, and keep which is whose apart; of a firm its credit code",
        "请改填自编的代号，代号与人的对照另行保管；单位请填统一社会信用代码",
    ),
    "ban_reason": (
        "free text as the reason of a ban, which would lie in the bundle as it is",
        "回避原因为自由文字，将原样进入复核包",
        "write one of {known}, or leave it empty: the bundle has the fact alone; keep the words of who declared it in the house",
        "请填 {known} 之一，或留空：复核包只载事实，申报的具体理由留存本机关",
    ),
    "object_barred": (
        "{object} (class {stratum}) has no team: of area {pool}, qualification {qual}, {barred} are barred, {count} left; a team is {team}",
        "{object}（类别 {stratum}）无法成组：片区 {pool}、所需资格 {qual}，回避 {barred} 人后剩 {count} 人，而每组 {team} 人",
        "compare the bans, give inspectors the area before the draw, or say --uncovered: drawn, it has a seat that nobody fills",
        "请核对回避名单，或在抽取前补充人员；仍要抽取的，请加 --uncovered，抽中时将有席位无人可派",
    ),
    "few_may_go": (
        "bans leave {count} objects fewer than {each} inspectors for each seat, so anybody can guess who goes: {strata}; first {first}",
        "因回避名单，有 {count} 个对象每席位可派人员不足 {each} 人，派谁不难猜到：{strata}；首个为 {first}",
        "see by whom these bans were told, and whether they are so; the draw goes on",
        "请核实这些回避由谁提供、是否属实；抽取照常进行",
    ),
    "plan_seed_of_one": (
        "without one party's secret the seed holds {bits} bits: that party knows the outcome beforehand",
        "除去一方的随机数，种子只剩 {bits} 比特：该方可预知结果",
        "add a ceremony or a beacon of {least} bits, or the reveal of another agency; of all with make = true one counts",
        "请增加不少于 {least} 比特的公开仪式或信标，或另一机关的随机数；写 make = true 的合计只算一方",
    ),
    "plan_bits": (
        "{bits} bits of chance, at least {least} are required: whoever makes the commitment could try out outcomes",
        "随机性 {bits} 比特，至少须 {least}：否则可反复试算结果",
        "add a source: 26 dice give 67 bits, a party's reveal or a beacon 256",
        "请增加来源：26枚骰子为67比特，一方揭示或信标为256比特",
    ),
}
