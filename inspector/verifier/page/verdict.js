// This part: the verdict on a bundle, and what one firm asks of it.

const STEPS = ["files", "commit", "witness", "seed", "registers", "selection", "teams", "result", "after", "prev"];
const NEEDED = ["commit.json", "seed.json", "result.json"], RECORD = "witness/record.json";
const OURS = ["verify_draw.py", "verify_draw.html"];

// Where two JSON values first differ and how; true is not 1, and the order of keys says nothing.
function* differences(told, own, at) {
  if (isObject(told) && isObject(own)) {
    for (const name of new Set([...Object.keys(own), ...Object.keys(told)])) {
      if (has(told, name) && has(own, name)) yield* differences(told[name], own[name], `${at}.${name}`);
      else yield { at: `${at}.${name}`, told: has(told, name) ? told[name] : undefined, own: has(own, name) ? own[name] : undefined };
    }
  } else if (Array.isArray(told) && Array.isArray(own)) {
    for (let n = 0; n < Math.max(told.length, own.length); n++) {
      if (n < told.length && n < own.length) yield* differences(told[n], own[n], `${at}[${n}]`);
      else yield { at: `${at}[${n}]`, told: told[n], own: own[n] };
    }
  } else if (told !== own) yield { at, told, own };
}

const shown = (value) => (value === undefined ? "—" : typeof value === "bigint" ? String(value) : JSON.stringify(value, (_, one) => (typeof one === "bigint" ? Number(one) : one)).slice(0, 200));

// The same within a sentence: a text without its marks. What stands where a name should may be an object, which JavaScript cannot say.
const named = (value) => (typeof value === "string" ? value : shown(value));

// `wanted` may be left out of a result, but is true where it stands (ruling 5).
function published(list, given) {
  const strata = { __proto__: null };
  for (const { code, n, eligible, wanted, k, selected, reserve, limit } of list.strata) {
    const told = isObject(given?.strata) && isObject(given.strata[code]) && has(given.strata[code], "wanted") ? { wanted } : {};
    strata[code] = { __proto__: null, n, eligible, k, selected, reserve, limit, ...told };
  }
  return { __proto__: null, name: list.name, strata, teams: Object.assign(Object.create(null), Object.fromEntries(list.teams)) };
}

// Judges a bundle: a Map of file names (within its folder) to bytes. Yields how far it is; returns the report, whatever the files hold.
function* judge(files) {
  const report = { outcome: "agrees", step: "files", done: [], problem: null, differences: [], remarks: [], lists: [], known: NaN };
  try {
    const steps = recompute(files, report);
    for (let told = steps.next(); !told.done; told = steps.next()) yield { step: report.step, ...told.value };
  } catch (error) {
    const { code, facts, unreadable } = error instanceof Problem ? error : { code: "program", facts: { problem: String(error) }, unreadable: true };
    report.outcome = unreadable ? "unreadable" : "differs";
    report.problem = { code, facts };
  }
  return report;
}

function* recompute(files, report) {
  const step = (name) => {
    report.done.push(report.step);
    report.step = name;
  };
  const remark = (code, facts = {}, grave = false) => report.remarks.push({ code, facts, grave });
  const record = files.has(RECORD) ? parse(files.get(RECORD), RECORD) : {};
  const halt = isText(record.void) && !files.has("seed.json") && !files.has("result.json");  // stopped: there is no result
  for (const file of halt ? NEEDED.slice(0, 1) : NEEDED) legible(files.has(file), "file_missing", { file });
  const used = new Set([...NEEDED, RECORD, ...OURS]), bytes = files.get("commit.json");

  step("commit");
  const commit = commitment(bytes), H = SUITES[commit.hash], hex = (text) => toHex(H(utf8(text)));
  const c = toHex(H(bytes)), w = hex(`ssj1/witness\n${c}\n`);
  const known = commit.sources.map((one) => one.known).filter((at) => !Number.isNaN(at));
  Object.assign(report, { draw: commit.draw, hash: commit.hash, made: commit.made, prev: commit.prev, c, w, known: Math.min(...known) });
  report.undated = commit.sources.filter((one) => Number.isNaN(one.known)).map((one) => one.kind);
  const [seed, result] = ["seed.json", "result.json"].map((file) => (halt ? { parts: [] } : parse(files.get(file), file)));
  legible(Array.isArray(seed.parts) && seed.parts.every(isObject), "seed_parts");
  const ends = (ending) => [...files.keys()].some((name) => !name.includes("/") && name.endsWith(ending));
  const bare = !ends("objects.tsv") && !ends("inspectors.tsv") && !ends("bans.tsv");
  report.kind = bare && (halt || ends("drawn.jsonl")) ? "public" : "auditor";
  const alone = commit.lists.length === 1, held = commit.lists.map((list) => filesOf(files, list, H, report.kind === "public", alone, used));

  step("witness");
  for (const [field, own] of [["draw", commit.draw], ["w", w]]) must(!has(record, field) || record[field] === own, "record_other", { field });
  // Of its lists alone: another file of such a name says nothing.
  const logs = held.map(({ lines }) => lines).filter(({ bytes }) => bytes).sort((one, other) => (one.file < other.file ? -1 : 1));
  const log = { lines: BigInt(logs.reduce((sum, { told }) => sum + told.length, 0)), sha256: toHex(SUITES.sha256(...logs.map(({ bytes }) => bytes))) };
  const noted = record.after ?? null, same = noted === null || differences(noted, log, "after").next().done;
  // What followed is the house's word, by whatever hash of it the reader has (`judgeAfter`); the public's is what the record notes.
  report.log = report.kind === "public" ? (isObject(noted) ? noted.sha256 : undefined) : log.sha256;
  must(report.kind === "public" || same, "after_other", { found: log.lines, told: shown(isObject(noted) ? noted.lines : noted) });
  must(!known.some((at) => moment(commit.made) >= at), "made_late", { made: commit.made });
  for (const { kind, known: at } of commit.sources) must(halt || !(at > Date.now()), "beacon_ahead", { kind });
  report.record = Object.fromEntries(["receipt", "announced_at", "seeded_at"].filter((name) => isText(record[name])).map((name) => [name, record[name]]));
  remark("no_witness", { w }, true);
  if (isText(record.void)) report.remarks.push(...voided(commit, record, !halt));
  if (halt) report.stop = stopOf(commit, record);

  const context = { commit, held, H, hex, remark, report, step, seed, result };
  yield* halt ? halted(context) : carriedOut(context);

  if (report.kind === "auditor" && logs.length < held.length) remark("after_absent");
  if (report.kind === "auditor") remark("after_alone", { sha256: log.sha256, lines: log.lines });
  if (commit.prev !== null) remark("prev_unchecked", { prev: commit.prev });
  // The first number alone has none before it, by its own word; of any other this bundle cannot say that it is not the better one of two.
  const first = commit.prev === null && /^(?:[^]*[^0-9])?0*1$/.test(commit.draw);
  remark(first ? "number_first" : "numbers_before", { draw: commit.draw }, !first);
  const others = [...files.keys()].filter((name) => !used.has(name));
  if (others.length) remark("files_ignored", { files: others.slice(0, 20).join(", ") });
  if (report.step !== "prev") step("prev");
  report.done.push("prev");
}

// A draw that its record says was stopped: its commitment, and its registers where they lie here; there is nothing else to recompute (7.12).
function* halted({ held, H, remark, report, step }) {
  remark("stopped");
  if (report.kind === "public") remark("registers_absent");
  else {
    step("registers");
    for (const one of held) for (const [kind, [found, told]] of Object.entries(one.registers)) yield* register(H, found, kind, told);
  }
  report.kind = "stopped";
}

const nameOf = ({ what, party, kind }) => named(what ?? party ?? kind);

// A draw with its seed: that it is the one promised, and then what follows from it.
function* carriedOut(context) {
  const { commit, hex, remark, report, seed, step } = context, { c } = report;
  step("seed");
  must(seed.commit === c, "seed_of_another");
  must(seed.parts.length === commit.sources.length, "seed_count", { count: BigInt(seed.parts.length), wanted: BigInt(commit.sources.length) });
  const values = commit.sources.map((source, n) => seedValue(hex, source, seed.parts[n])), b = values.join("+");
  const key = (tag) => hex(`ssj1/${tag}\n${c}\n${b}\n`).slice(0, 32);
  report.sources = commit.sources.map(({ kind, known: at, party, what, round, time, form }, n) => (
    { kind, known: at, what, of: shown(party ?? what ?? round ?? time), value: values[n], groups: kind === "text" ? thrown({ form }) : null }));
  Object.assign(report, { b, key: key("draw") });
  commit.sources.forEach((source, n) => { if (source.kind === "text") remark("figures_typed", { what: source.what, figures: values[n] }, true); });
  for (const kind of new Set(commit.sources.map((one) => one.kind))) if (kind === "drand" || kind === "nist") remark("signature_unchecked", { kind }, true);
  for (const { kind, unchecked } of seed.parts) if (unchecked === true && (kind === "drand" || kind === "nist")) remark("drawn_unchecked", { kind }, true);
  if (commit.sources.some((one) => one.kind === "nist" && one.chain === undefined)) remark("chain_unnamed");
  values.forEach((value, n) => values.slice(0, n).forEach((before, m) => {
    if (before === value) remark("seed_shared", { first: nameOf(commit.sources[m]), second: nameOf(commit.sources[n]) }, true);
  }));
  if (commit.spare < 64n) remark("seed_of_one", { bits: commit.spare }, true);

  yield* report.kind === "public" ? publicly({ ...context, key }) : privately({ ...context, key });
}

function lineObjects(files, list, file, alone, used) {
  const found = find(files, list, file, alone), name = found?.file ?? file, given = lines(found?.bytes ?? new Uint8Array());
  used.add(name);
  legible(given !== null, "line_unended", { file: name });
  return { file: name, bytes: found?.bytes, told: given.map((line) => parse(line, name)) };
}

// The files of one list, before anything is compared: what lacks here makes the whole unreadable.
function filesOf(files, list, H, isPublic, alone, used) {
  const nothing = { n: 0n, root: toHex(H()) }, registers = {};
  for (const kind of isPublic ? [] : Object.keys(COLUMNS)) {
    const found = find(files, list, `${kind}.tsv`, alone), told = list[kind] ?? nothing;
    legible(found || told.n === 0n, "file_missing", { file: `${list.name}.${kind}.tsv` });
    if (found) used.add(found.file);
    registers[kind] = [found, told];
  }
  return { list, registers, lines: lineObjects(files, list, isPublic ? "drawn.jsonl" : "after.jsonl", alone, used) };
}

// The auditor's bundle: registers, selection, teams, result and afterlife of every list.
function* privately({ held, hex, key, H, remark, report, step, result }) {
  step("registers");
  for (const one of held) for (const [kind, [found, told]] of Object.entries(one.registers)) {
    one[kind] = yield* register(H, found, kind, told);
  }
  step("selection");
  for (const one of held) {
    one.strata = yield* select(one.list.rules, one.objects, hex, key("draw"), key(`round/${one.list.name}`));
    const chosen = new Set(one.strata.flatMap(({ selected }) => selected)), { name } = one.list;
    one.drawn = one.objects.rows.filter((row) => chosen.has(row[0]));
    for (const { code, wanted, eligible, reserve } of one.strata) {
      if (wanted > eligible) remark("few_objects", { list: name, stratum: code, wanted, eligible });
      const { reserve: asked } = one.list.rules;
      if (BigInt(reserve.length) < asked) remark("few_reserves", { list: name, stratum: code, wanted: asked, left: BigInt(reserve.length) });
    }
  }
  step("teams");
  for (const one of held) {
    const { list, inspectors, bans, objects } = one, deck = key(`deal/${list.name}`), h = (text) => hex(deck + text);
    one.table = list.inspectors ? yield* deal(h, Number(list.rules.team), one.drawn, inspectors.rows, bans.rows) : null;
    const teams = one.table?.teams() ?? new Map(), ids = new Set(objects.rows.map((row) => row[0])), staff = new Set(inspectors.rows.map((row) => row[0]));
    const visits = one.strata.flatMap(({ selected }) => selected);
    const counted = {
      visits_unmanned: visits.filter((id) => !(teams.get(id) ?? []).some((who) => who !== null)).length,
      empty_seats: [...teams.values()].flat().filter((who) => who === null).length,
      bans_ignored: bans.rows.filter(([object, who]) => !ids.has(object) || !staff.has(who)).length,
      salts_guessable: objects.guessable + inspectors.guessable + bans.guessable,
    };
    for (const [code, count] of Object.entries(counted)) if (count) remark(code, { list: list.name, count: BigInt(count) });
    report.lists.push({ name: list.name, team: list.rules.team, strata: one.strata, teams, objects: list.objects, rows: objects.rows, after: one.lines.told.length });
  }
  step("result");
  const own = { __proto__: null, commit: report.c, lists: report.lists.map((list, n) => published(list, result.lists?.[n])) };
  compare(report, result, own);
  step("after");
  for (const [n, one] of held.entries()) {
    const { off, came } = replay(one.table, one.lines.told, one.lines.file, one.strata, one.objects.rows, Number(one.list.rules.team));
    Object.assign(report.lists[n], { off, came, now: one.table?.teams() ?? new Map() });
  }
}

function compare(report, result, own) {
  for (const { at, told, own: right } of differences(result, own, "result.json")) {
    if (report.differences.length < 50) report.differences.push({ at, told: shown(told), own: shown(right) });
  }
  const [first] = report.differences;
  must(first === undefined, "result_differs", { field: first?.at, told: first?.told, own: first?.own });
}

// A drawn row that is not named shows its ticket alone.
const isHidden = (told) => isObject(told) && Object.keys(told).join() === "ticket" && is(HEX64, told.ticket);

// The public bundle (ruling 17): whoever is named has a row of the register and nobody stands twice, by name or by ticket; the tickets are
// under the limits, the numbers those of the rules.
function* publicly({ commit, held, H, hex, key, remark, report, step, result }) {
  remark("public_bundle", {}, false);
  const isOne = (told) => isText(told) || isHidden(told);
  let hidden = 0;
  step("registers");
  const proven = commit.lists.map((list, n) => {
    const rows = new Map(), { file, told } = held[n].lines;
    told.forEach((receipt, at) => {
      const line = BigInt(at + 1);
      must(typeof receipt.line === "string" && receiptRoot(H, receipt) === list.objects.root && receipt.n === list.objects.n, "path_other", { file, line });
      const row = receipt.line.split("\t"), [column, code] = row.length === 6 ? flaw("objects", row) ?? [] : [0, "row_characters"];
      must(code === undefined, code, { file, row: line, field: COLUMNS.objects[column], value: row[column] });
      rows.set(row[0], row);
    });
    return rows;
  });
  step("selection");
  must(Array.isArray(result.lists) && result.lists.length === commit.lists.length, "result_unfit", { field: "result.json.lists" });
  const own = { __proto__: null, commit: report.c, lists: [] };
  for (const [n, list] of commit.lists.entries()) {
    const told = result.lists[n], at = `result.json.lists[${n}]`, { rules } = list;
    const right = (holds, field) => must(holds, "result_unfit", { field: `${at}${field}` });
    right(isObject(told) && isObject(told.strata) && isObject(told.teams), "");
    const counts = new Map();
    for (const code of Object.keys(rules.strata)) {
      const one = told.strata[code];
      right(isObject(one) && isCount(one.n) && isCount(one.eligible) && one.eligible <= one.n, `.strata.${code}`);
      counts.set(code, [one.n, one.eligible]);
    }
    const total = [...counts.values()].reduce((sum, [rows]) => sum + rows, 0n);
    must(total === list.objects.n, "row_count", { file: at, count: total, wanted: list.objects.n });
    const strata = [], seen = new Set();
    for (const one of quotas(rules, counts, hex, key(`round/${list.name}`)).values()) {
      const { selected, reserve } = told.strata[one.code], k = Number(one.k), where = `.strata.${one.code}`;
      right(Array.isArray(selected) && selected.every(isOne) && selected.length === k, `${where}.selected`);
      right(Array.isArray(reserve) && reserve.every(isOne) && BigInt(reserve.length) === min(rules.reserve, one.eligible - one.k), `${where}.reserve`);
      const order = [...selected, ...reserve].map((id) => isHidden(id) ? { ticket: id.ticket, row: [""] } : { ticket: hex(key("draw") + id), row: [id] });
      right(order.every((_, i) => i === 0 || order[i - 1].ticket < order[i].ticket), `${where}.selected`);
      const shows = (id) => isHidden(id) || proven[n].get(id)?.[1] === one.code && proven[n].get(id)[2] === "1";
      right(selected.every(shows), `${where}.selected`);
      right(reserve.every(shows), `${where}.reserve`);
      right(order.every(({ ticket }) => !seen.has(ticket) && seen.add(ticket)), `${where}.selected`);
      strata.push({ ...one, order, selected, reserve, limit: k ? order[k - 1].ticket : null });
      hidden += selected.filter(isHidden).length;
      yield { done: strata.length, of: counts.size };
    }
    const untold = Object.keys(told.teams).length === 0, teams = new Map();
    const visits = list.inspectors && !untold ? strata.flatMap(({ selected }) => selected) : [];
    right(visits.every(isText), ".teams");
    for (const id of visits) {
      const seats = told.teams[id], full = Array.isArray(seats) && BigInt(seats.length) === rules.team;
      right(full && seats.every((who) => who === null || isText(who)), `.teams.${id}`);
      const sitting = seats.filter((who) => who !== null);
      right(new Set(sitting).size === sitting.length, `.teams.${id}`);
      teams.set(id, seats);
    }
    report.lists.push({ name: list.name, team: rules.team, strata, teams, now: teams, off: new Set(), came: new Set(), objects: list.objects, rows: null, after: 0 });
    own.lists.push(published(report.lists[n], told));
  }
  if (hidden) remark("names_withheld", { count: BigInt(hidden) }, false);
  step("result");
  compare(report, result, own);
  report.done.push("result", "teams", "after"); // as far as a public bundle goes: the page says of these that they are not provable
  report.step = "prev";
}

// The root that a receipt's row, or before the visits its hash, leads to (7.8); null for what is no receipt.
function receiptRoot(H, { line, leaf, index, n, path }) {
  const veiled = line === undefined && is(HEX64, leaf), whole = typeof line === "string" && !line.includes("\n");
  const fits = (veiled || whole) && isCount(index) && isCount(n) && index < n && Array.isArray(path) && path.every((one) => is(HEX64, one));
  return fits ? climb(H, veiled ? fromHex(leaf) : H(LEAF, utf8(line)), index, n, path) : null;
}

// What a receipt shows by itself or, with the report of its draw, against the commitment: {code, facts} lines, the first the answer.
// Whatever it says of the draw is held against the draw: the firm is told its probability and its ticket in these very fields.
function judgeReceipt(told, report) {
  try {
    const { line, index, n, c, seed, limit } = told, H = SUITES[report?.hash ?? "sha256"], root = receiptRoot(H, told);
    must(root !== null, "receipt_broken");
    const lists = report?.lists.filter((one) => one.objects.root === root && one.objects.n === n) ?? [];
    const list = lists.find(({ name }) => name === told.list) ?? lists[0];
    const right = (field, own) => { if (told[field] !== undefined) must(told[field] === own, "receipt_field", { field }); };
    if (list) for (const [field, own] of [["draw", report.draw], ["list", list.name]]) right(field, own);
    if (line === undefined) {
      if (report) must(list, "receipt_other", { root });
      return [{ code: report ? "receipt_leaf" : "receipt_leaf_alone", facts: { row: index + 1n, n, root }, ok: Boolean(report) }];
    }
    const row = line.split("\t"), [id, stratum, status] = row, facts = { id, stratum, status, row: index + 1n, n, root };
    must(row.length === 6 && flaw("objects", row) === null, "receipt_broken");
    if (report) must(list && (c === undefined || c === report.c), "receipt_other", facts);
    const one = list?.strata.find(({ code }) => code === stratum), told_ = [{ code: report ? "receipt_in" : "receipt_alone", facts, ok: Boolean(report) }];
    const hex = (text) => toHex(H(utf8(text))), ticketOf = (b) => hex(hex(`ssj1/draw\n${report?.c ?? c}\n${b}\n`).slice(0, 32) + id);
    if (one) {
      const chance = status === "1" ? `${one.k}/${one.eligible}` : "0";
      for (const [field, own] of [["seed", report.b], ["limit", one.limit], ["chance", chance], ["ticket", ticketOf(report.b)]]) right(field, own);
    }
    const b = report?.b ?? seed, bound = one ? one.limit : limit;
    must(bound === undefined || bound === null || is(HEX64, bound), "receipt_field", { field: "limit" });
    if (status !== "1") return [...told_, { code: "receipt_excluded", facts, ok: true }];
    if (!isText(b) || !is(HEX64, report?.c ?? c) || bound === undefined) return [...told_, { code: "receipt_early", facts }];
    const ticket = ticketOf(b);
    if (!report) right("ticket", ticket);
    const under = bound !== null && ticket <= bound, order = one?.order ?? [];
    // A row of the committed register whose place is among those that the result tells, and that none of them is: another stands there.
    if (order.length && ticket <= order[order.length - 1].ticket && !order.some((held) => held.ticket === ticket)) {
      return [...told_, { code: "receipt_struck", facts: { ...facts, ticket, limit: bound ?? "—" }, bad: true }];
    }
    return [...told_, { code: under ? "receipt_drawn" : "receipt_undrawn", facts: { ...facts, ticket, limit: bound ?? "—" }, ok: Boolean(report) }];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [{ code: error.code, facts: error.facts, bad: true }];
  }
}

// What is known of one id in every list: its row, its ticket and its fate.
function lookUp(report, id) {
  const ticket = toHex(SUITES[report.hash](utf8(report.key + id)));
  return report.lists.map((list) => {
    const index = list.rows ? position(list.rows, id) : -1, row = list.rows?.[index], told = { list: list.name, id, ticket, rows: list.objects.n };
    // By the ticket, for a public bundle tells those whom it does not name by nothing else.
    const told_ = ({ order, selected, reserve }) => order.slice(0, selected.length + reserve.length);
    const at = list.strata.find((one) => told_(one).some((held) => held.ticket === ticket));
    if (!row && !at) return { ...told, fate: list.rows ? "absent" : "unlisted" };
    const one = at ?? list.strata.find(({ code }) => code === row[1]), place = one.order.findIndex((held) => held.ticket === ticket);
    const fate = row && row[2] !== "1" ? "excluded" : place < Number(one.k) ? "drawn" : list.came.has(id) ? "came" : at ? "reserve" : "undrawn";
    const where = { row: row ? BigInt(index + 1) : null, stratum: one.code, status: row?.[2] ?? "1", place: BigInt(place + 1) };
    const team = list.off.has(id) ? [] : list.now.get(id) ?? null;
    return { ...told, ...where, fate, limit: one.limit, k: one.k, eligible: one.eligible, team, off: list.off.has(id) };
  });
}

function position(rows, id) {
  let low = 0, high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bytewise(rows[middle][0], id) < 0) low = middle + 1;
    else high = middle;
  }
  return rows[low]?.[0] === id ? low : -1;
}

// What the value and the dates from outside hands prove (7.4, 7.9): only they prove the time, and the seed's is theirs to state too, for
// no signature is checked here and a value may be anybody's. A beacon's own time can only speak against it. Times in milliseconds or NaN.
function judgeWitness(report, value, at, seedAt) {
  return { ...judgeTime(report, value, at, seedAt), stop: report.stop ? stopped(report.stop, seedAt) : null };
}

function judgeTime(report, value, at, seedAt) {
  if (value.trim().toLowerCase() !== report.w) return { code: "witness_other", bad: true };
  if (Number.isNaN(at)) return { code: "witness_undated" };
  if (at > Date.now() || seedAt > Date.now()) return { code: "witness_ahead" }; // a slip of the hand, which accuses nobody
  const proof = Math.min(...[report.known, seedAt].filter(Number.isFinite)), said = moment(report.record.seeded_at);
  const first = Math.min(proof, Number.isNaN(said) ? Infinity : said);
  if (at < moment(report.made)) return { code: "witness_before_made", bad: true };
  if (at >= first) return { code: "witness_late", bad: true };
  if (Number.isNaN(seedAt)) return { code: report.undated.length ? "seed_undated" : "seed_unchecked" };
  return { code: proof - at < 600000 ? "witness_margin" : "time_proven", ok: true };
}

// What followed beside the hash of it that the reader has from elsewhere; a slip of the hand accuses nobody.
function judgeAfter(report, text) {
  const given = text.trim().toLowerCase(), facts = { found: shown(report.log), given };
  if (!is(HEX64, given)) return { code: "after_unreadable", facts };
  return given === report.log ? { code: "after_agrees", facts, ok: true } : { code: "after_unlike", facts, bad: true };
}

// The figures of each ceremony beside those of the signed minutes, of which the reader types one ceremony's on a line (ruling 19), as
// `draw verify --figures` compares them, line by line in the order of the commitment: with none typed nothing is compared, and a slip of
// the hand (more or fewer lines, what cannot have been thrown) accuses nobody.
function judgeFigures(report, text) {
  const ceremonies = (report.sources ?? []).filter(({ kind }) => kind === "text");
  const lines = text.split("\n").map((line) => line.split(/\p{White_Space}+/u).filter(Boolean).join(" ")).filter(Boolean);
  if (!lines.length) return ceremonies.map(({ what, value }) => ({ code: "figures_typed", facts: { what, figures: value } }));
  if (lines.length !== ceremonies.length) {
    return [{ code: "figures_uneven", facts: { given: lines.length, held: ceremonies.length, ceremonies: ceremonies.map(({ what }) => what).join("; ") || "—" } }];
  }
  const minutes = ceremonies.map(({ groups }, n) => (groups ? settled(groups, lines[n]) : lines[n]));
  const unfit = ceremonies.filter((_, n) => minutes[n] === null);
  if (unfit.length) return unfit.map(({ what }) => ({ code: "figures_unfit", facts: { what } }));
  return ceremonies.map(({ what, value }, n) => (minutes[n] === value
    ? { code: "figures_agree", facts: { what, figures: value }, ok: true }
    : { code: "figures_other", facts: { what, figures: value, stated: minutes[n] }, bad: true }));
}
