// A second opinion on ssj1 draws: node verify.mjs FOLDER... recomputes every bundle with Node's standard library alone.
// Checked: every file's form, rows and roots, C and W, the hash parts of the seed, selection, teams, re-deals.
// Not checked: signatures, time (ask the witness); only a commitment that by its own word is younger than its seed is refused.
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";

const must = (holds, what) => { if (!holds) throw new Error(what); };
const bytewise = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)); // JavaScript itself would compare UTF-16
const by = (...keys) => (a, b) => keys.map((key) => bytewise(key(a), key(b))).find(Boolean) ?? 0;
const utf8 = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
const HEX32 = /^[0-9a-f]{32}$/, HEX64 = /^[0-9a-f]{64}$/;
const is = (pattern, told) => typeof told === "string" && pattern.test(told);
const isObject = (told) => typeof told === "object" && told !== null && !Array.isArray(told) && !(told instanceof Big);
const isField = (f) => f.isWellFormed() && f === f.normalize("NFC") && !/^\p{White_Space}|\p{White_Space}$|[\x00-\x1f\x7f]/u.test(f);
const isText = (told) => typeof told === "string" && told !== "" && isField(told);
const isCount = (told) => (typeof told === "number" && told >= 0) || (told instanceof Big && told.value >= 0n);
const int = (told) => (told instanceof Big ? told.value : BigInt(told));
const max = (a, b) => (a > b ? a : b), min = (a, b) => (a < b ? a : b);
class Big { constructor(digits) { this.value = BigInt(digits); } } // a whole number that JavaScript's own would round

// JSON as ruling 4 wants it: no key twice in an object, no number but a plain integer.
function parse(bytes, name) {
  const text = utf8(bytes), open = [];
  JSON.parse(text); // the grammar
  let plain = "", last = 0;
  for (const found of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[^\s,\]}]*)|[{}[\]]/g)) {
    const [token, string, colon, number] = found;
    if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else if (colon) {
      const key = JSON.parse(string);
      must(!open.at(-1).has(key), `${name}: a key stands twice`);
      open.at(-1).add(key);
    } else if (number) {
      must(/^(?:-?[1-9]\d*|0)$/.test(number), `${name}: ${number} is no plain integer`);
      if (!Number.isSafeInteger(Number(number))) {
        plain += `${text.slice(last, found.index)}{"":"${number}"}`;
        last = found.index + number.length;
      }
    }
  }
  const held = JSON.parse(plain + text.slice(last), (_, told) => (isObject(told) && isDeepStrictEqual(Object.keys(told), [""])
    && is(/^-?\d{16,}$/, told[""]) ? new Big(told[""]) : told));
  must(isObject(held), `${name}: no JSON object`);
  return held;
}

// A list's file; a list alone may leave its name out, but then there is one file and not two.
function find(folder, list, file, sole) {
  const found = [`${folder}/${list.name}.${file}`, ...(sole ? [`${folder}/${file}`] : [])].filter((one) => existsSync(one));
  must(found.length < 2, `${file}: is there twice`);
  const text = found.length ? utf8(readFileSync(found[0])) : "";
  must(text === "" || text.endsWith("\n"), `${file}: the last line is not ended`);
  return text.split("\n").slice(0, -1);
}

const ROW = {
  objects: ([, stratum, , pool, qual]) => stratum !== "" && !pool.includes(",") && !qual.includes(","),
  inspectors: ([, pools, quals, cap]) => /^(?:0|[1-9]\d{0,17})$/.test(cap)
    && [pools, quals].every((names) => names === "" || names.split(",").every(isText)),
  bans: () => true,
};

function rows(hash, folder, list, kind, columns, keys, sole) {
  const node = (...parts) => createHash(hash).update(Buffer.concat(parts.map((one) => Buffer.from(one)))).digest();
  const lines = find(folder, list, `${kind}.tsv`, sole), held = lines.map((line) => line.split("\t"));
  const name = (row) => row.slice(0, keys).join("\t");
  held.forEach((row, i) => {
    must(row.length === columns, `${kind}: columns`);
    must(row.every(isField) && row.slice(0, keys).every((f) => f !== "" && !f.startsWith("\ufeff")), `${kind}: characters`);
    must(ROW[kind](row), `${kind}: fields`);
    must(i === 0 || bytewise(name(held[i - 1]), name(row)) < 0, `${kind}: order`);
  });
  let level = lines.map((line) => node([0], line));
  const up = (left, i) => (i % 2 ? [] : [i + 1 < level.length ? node([1], left, level[i + 1]) : left]);
  while (level.length > 1) level = level.flatMap(up);
  const root = (level[0] ?? node("")).toString("hex"), told = list[kind] ?? { n: 0, root: node("").toString("hex") };
  must(told.n === held.length && told.root === root, `${kind}: not the rows committed to`);
  return held;
}

// When a text or a source says that something was: milliseconds, NaN for no time.
function moment(text) {
  const form = /^(?!0000)(\d{4}-\d\d-\d\d)T((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(\.\d{1,6})?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
  const [, day, clock, part = "", zone] = (typeof text === "string" && form.exec(text)) || [];
  const exists = day && !Number.isNaN(Date.parse(day)) && new Date(Date.parse(day)).toISOString().startsWith(day);
  return exists ? Date.parse(`${day}T${clock}${zone}`) + 1000 * Number(`0${part}`) : NaN;
}

const CHAINS = {
  "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971": [1692803367, 3],
  "8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce": [1595431050, 30],
};

// What a source promises: its entropy in bits and when it becomes known.
function source(told) {
  must(isObject(told), "commit.json: a source");
  const { kind, chain, round, time, hash, what, bits = kind === "text" ? 0 : 256 } = told;
  const right = {
    drand: () => is(HEX64, chain) && isCount(round) && int(round) >= 1n,
    nist: () => isText(time) && isCount(chain === undefined ? 0 : chain),
    reveal: () => is(HEX64, hash),
    text: () => isText(what),
  };
  must(typeof kind === "string" && Object.hasOwn(right, kind) && right[kind]() && isCount(bits), "commit.json: a source");
  const [genesis, period] = (kind === "drand" && CHAINS[chain]) || [NaN, NaN];
  return { bits: int(bits), known: kind === "nist" ? moment(time) : 1000 * (genesis + (Number(int(round ?? 1)) - 1) * period) };
}

function commitment(bytes) {
  const told = parse(bytes, "commit.json"), { v, hash, draw, prev = null, blind, made, seed, lists } = told;
  const right = (holds, name) => must(holds, `commit.json: ${name}`);
  right(v === "ssj1" && (hash === "sha256" || hash === "sm3"), "v, hash");
  right(isText(draw) && (prev === null || is(HEX64, prev)) && is(HEX32, blind) && isText(made), "draw, prev, blind, made");
  right(Array.isArray(seed) && seed.length && Array.isArray(lists) && lists.length, "seed, lists");
  const sources = seed.map(source);
  right(sources.reduce((sum, one) => sum + one.bits, 0n) >= 64n, "entropy");
  right(!sources.some((one) => moment(made) >= one.known), "made when its seed was known");
  for (const list of lists) {
    right(isObject(list) && is(/^[a-z0-9][a-z0-9-]{0,31}$/, list.name) && isObject(list.rules), "a list");
    for (const kind of ["objects", "inspectors", "bans"].filter((one) => one === "objects" || one in list)) {
      right(isObject(list[kind]) && isCount(list[kind].n) && is(HEX64, list[kind].root), kind);
    }
    const { base, round, reserve, team, strata, codes = [] } = list.rules;
    right(["all", "eligible"].includes(base) && ["ceil", "systematic"].includes(round), "base, round");
    right(isCount(reserve) && isCount(team) && team >= 1 && team <= 1000 && isObject(strata), "reserve, team, strata");
    right(Array.isArray(codes) && codes.every(isText), "codes");
    for (const [code, share] of Object.entries(strata)) {
      right(isText(code) && isObject(share) && isCount(share.ppm) && int(share.ppm) <= 1000000n, "ppm");
      right(isCount(share.min === undefined ? 0 : share.min), "min");
    }
  }
  right(new Set(lists.map((list) => list.name)).size === lists.length, "names");
  return told;
}

function part(hex, promise, given) {
  const right = (holds) => must(holds, `seed: ${promise.kind}`);
  right(isObject(given) && given.kind === promise.kind);
  if (promise.kind === "drand") {
    right(isCount(given.round) && int(given.round) === int(promise.round) && is(/^(?:[0-9a-f]{96}|[0-9a-f]{192})$/, given.signature));
    right(given.chain === undefined || given.chain === promise.chain);
    return createHash("sha256").update(Buffer.from(given.signature, "hex")).digest("hex");
  }
  if (promise.kind === "nist") {
    const { pulse } = given;
    right(isObject(pulse) && pulse.timeStamp === promise.time && is(/^[0-9a-fA-F]{128}$/, pulse.outputValue));
    right(promise.chain === undefined || (isCount(pulse.chainIndex) && int(pulse.chainIndex) === int(promise.chain)));
    return pulse.outputValue.toLowerCase();
  }
  if (promise.kind === "reveal") {
    right(is(HEX64, given.nonce) && hex(`ssj1/nonce\n${given.nonce}`) === promise.hash);
    return given.nonce;
  }
  right(isText(given.text) && !/\+|\p{Cc}/u.test(given.text) && given.text.split(/\p{White_Space}+/u).join(" ") === given.text);
  return given.text;
}

function select(hex, key, list, objects) {
  const { base, round, reserve, strata, codes } = list.rules, million = 1000000n;
  const u = BigInt(`0x${hex(key(`round/${list.name}`)).slice(0, 12)}`) % million;
  must(objects.every((row) => Object.hasOwn(strata, row[1])), "a stratum is not declared");
  must(codes === undefined || objects.every((row) => row[2] === "1" || codes.includes(row[2])), "a code is not declared");
  let sum = 0n;
  return Object.fromEntries(Object.keys(strata).sort(bytewise).map((code) => {
    const all = objects.filter((row) => row[1] === code), able = all.filter((row) => row[2] === "1");
    const x = BigInt((base === "all" ? all : able).length) * int(strata[code].ppm), before = sum;
    sum += x;
    const rounded = round === "ceil" ? (x + million - 1n) / million : (sum + u) / million - (before + u) / million;
    const wanted = max(rounded, int(strata[code].min ?? 0)), k = Number(min(BigInt(able.length), wanted));
    const order = able.map((row) => [hex(key("draw") + row[0]), row[0]]).sort(by((one) => one[0], (one) => one[1]));
    const ids = order.map((one) => one[1]), limit = k ? order[k - 1][0] : null;
    const chosen = { selected: ids.slice(0, k), reserve: ids.slice(k, k + Number(int(reserve))), limit };
    return [code, { n: all.length, eligible: able.length, wanted, k, ...chosen }];
  }));
}

function deal(h, team, drawn, staff, bans) {
  const visits = drawn.sort(by((row) => h(`v\t${row[0]}`), (row) => row[0]));
  const seats = visits.map(() => Array(team).fill(null));
  const people = staff.filter((row) => row[4] === "1").sort(by((row) => h(`i\t${row[0]}`), (row) => row[0]));
  const caps = new Map(people.map((row) => [row[0], Number(row[3])])), banned = new Set(bans.map((row) => `${row[0]}\t${row[1]}`));
  const load = (i) => seats.flat().filter((held) => held === i).length, free = (i) => load(i) < caps.get(i);
  const fits = ([id, , , pool, qual], s) => ([i, pools, quals]) => pools !== "" && pools.split(",").includes(pool)
    && (s > 0 || qual === "" || quals.split(",").includes(qual)) && !banned.has(`${id}\t${i}`);
  const may = ([v, s]) => people.filter(fits(visits[v], s)).map((row) => row[0]);
  const shift = (step, came) => {
    for (; step; step = came.get(String(step[0]))) seats[step[0][0]][step[0][1]] = step[1];
  };
  const repair = (start) => {
    const came = new Map([[String(start), null]]), waiting = [start], met = new Set();
    for (const place of waiting) for (const i of may(place)) {
      const [v, s] = place, inside = seats[v].indexOf(i);
      const look = (other) => { if (!came.has(String(other))) { came.set(String(other), [place, i]); waiting.push(other); } };
      if (inside >= 0) { if (inside !== s) look([v, inside]); } else if (!met.has(i)) {
        if (free(i)) return shift([place, i], came);
        met.add(i);
        seats.forEach((held, w) => held.forEach((who, t) => { if (who === i) look([w, t]); }));
      }
    }
  };
  visits.forEach((_, v) => seats[v].forEach((__, s) => {
    const able = may([v, s]).filter((i) => !seats[v].includes(i) && free(i)).map((i) => [load(i), h(`c\t${load(i)}\t${i}`), i]);
    able.sort((x, y) => x[0] - y[0] || by((one) => one[1], (one) => one[2])(x, y));
    if (able.length) seats[v][s] = able[0][2];
    else repair([v, s]);
  }));
  return Object.fromEntries(visits.map((row, v) => [row[0], seats[v]]));
}

// Ruling 15: a seat that is given up goes to the smallest (load, card, id) of those allowed; who was out of a visit stays out.
// An object that leaves is followed by the next of its stratum's reserve, whose seats are dealt one by one at the loads in force.
function replay(h, teams, objects, staff, bans, lines, strata, size) {
  const now = new Map(Object.entries(teams).map(([visit, team]) => [visit, [...team]])), out = new Map();
  const banned = new Set(bans.map((row) => `${row[0]}\t${row[1]}`));
  const reserve = new Map(Object.entries(strata).map(([code, one]) => [code, [...one.reserve]]));
  const rowOf = (object) => objects.find((row) => row[0] === object);
  const load = (i) => [...now.values()].flat().filter((who) => who === i).length;
  const named = (object, seat) => {
    const [, , , pool, qual] = rowOf(object), team = now.get(object);
    const able = staff.filter(([i, pools, quals, cap, status]) => status === "1" && pools !== "" && pools.split(",").includes(pool)
      && (seat > 0 || qual === "" || quals.split(",").includes(qual)) && !banned.has(`${object}\t${i}`)
      && !out.get(object)?.has(i) && !team.some((who, t) => who === i && t !== seat) && load(i) < Number(cap));
    const ranks = able.map(([i]) => [load(i), h(`c\t${load(i)}\t${i}`), i]);
    return ranks.sort((x, y) => x[0] - y[0] || by((one) => one[1], (one) => one[2])(x, y))[0]?.[2] ?? null;
  };
  lines.forEach((line, n) => {
    const { seq, kind, object, seat = null, out: gone = null, in: next, reason = null, evidence = null } = line;
    const rule = (holds) => must(holds, `after.jsonl: line ${n + 1}`);
    rule(seq === n + 1 && [reason, evidence].every((one) => one === null || isText(one)) && now.has(object));
    const team = now.get(object);
    if (kind === "withdrawn") {
      rule(seat === null && gone === null && (next ?? null) === null);
      now.delete(object);
    } else if (kind === "replace") {
      const left = reserve.get(rowOf(object)[1]);
      rule(seat === null && gone === object && left.length > 0 && next === left[0]);
      now.delete(object);
      now.set(left.shift(), []);
    } else if (kind === "deal") {
      rule(isCount(seat) && seat === team.length && seat < size && gone === null && next === named(object, seat));
      team.push(next);
    } else {
      rule(kind === "redeal" && isCount(seat) && seat < team.length && team[seat] !== null && team[seat] === gone);
      out.set(object, (out.get(object) ?? new Set()).add(gone));
      rule(next === named(object, seat));
      team[seat] = next;
    }
  });
  must([...now.values()].every((team) => team.length === size), "after.jsonl: seats that nobody was dealt to");
}

// `wanted` may be left out of a result, but is true where it stands (ruling 5).
function agree(told, own) {
  must(Array.isArray(told.lists) && told.lists.length === own.lists.length, "result.json: lists");
  const lists = own.lists.map((list, i) => {
    const strata = Object.entries(list.strata).map(([code, { wanted, ...rest }]) => {
      const given = told.lists[i]?.strata?.[code]?.wanted;
      if (given === undefined) return [code, rest];
      must(isCount(given) && int(given) === wanted, "result.json: wanted");
      return [code, { ...rest, wanted: given }];
    });
    return { ...list, strata: Object.fromEntries(strata) };
  });
  must(isDeepStrictEqual({ ...own, lists }, told), "the result is not the one these inputs give");
}

function judge(folder) {
  const bytes = readFileSync(`${folder}/commit.json`), { hash, draw, seed: sources, lists } = commitment(bytes);
  const [seed, result] = ["seed", "result"].map((name) => parse(readFileSync(`${folder}/${name}.json`), `${name}.json`));
  const hex = (data) => createHash(hash).update(data).digest("hex"), c = hex(bytes), w = hex(`ssj1/witness\n${c}\n`);
  const file = `${folder}/witness/record.json`, record = existsSync(file) ? parse(readFileSync(file), "record.json") : {};
  must([["draw", draw], ["w", w]].every(([name, own]) => !(name in record) || record[name] === own), "record.json: another draw");
  must(seed.commit === c, "seed.json: another commitment");
  must(Array.isArray(seed.parts) && seed.parts.length === sources.length, "seed: parts");
  const b = sources.map((one, i) => part(hex, one, seed.parts[i])).join("+");
  const key = (tag) => hex(`ssj1/${tag}\n${c}\n${b}\n`).slice(0, 32);
  const told = lists.map((list) => {
    const sole = lists.length === 1, read = (kind, columns, keys) => rows(hash, folder, list, kind, columns, keys, sole);
    const objects = read("objects", 6, 1), staff = read("inspectors", 6, 1), bans = read("bans", 4, 2);
    const deck = key(`deal/${list.name}`), strata = select(hex, key, list, objects), h = (s) => hex(deck + s);
    const chosen = new Set(Object.values(strata).flatMap((one) => one.selected));
    const drawn = objects.filter((row) => chosen.has(row[0]));
    const teams = list.inspectors ? deal(h, list.rules.team, drawn, staff, bans) : {};
    const after = find(folder, list, "after.jsonl", sole).map((line) => parse(Buffer.from(line), "after.jsonl"));
    replay(h, teams, objects, staff, bans, after, strata, list.rules.team);
    return { name: list.name, strata, teams };
  });
  agree(result, { commit: c, lists: told });
  return `agrees C=${c} W=${w}`;
}

for (const folder of process.argv.slice(2)) {
  try { console.log(judge(folder)); } catch (error) { process.exitCode = 1; console.log(`REFUSED ${error.message.split("\n")[0]}`); }
}
