// A second opinion on ssj1 draws: node verify.mjs FOLDER... recomputes every bundle with Node's standard library alone.
// Checked: rows and roots, C and W, the hash parts of the seed, selection, teams. Not checked: signatures, time (ask the witness).
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";

const must = (holds, what) => { if (!holds) throw new Error(what); };
const bytewise = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)); // JavaScript itself would compare UTF-16
const by = (...keys) => (a, b) => keys.map((key) => bytewise(key(a), key(b))).find(Boolean) ?? 0;

function rows(hash, folder, list, kind, columns, keys, sole) {
  const node = (...parts) => createHash(hash).update(Buffer.concat(parts.map((one) => Buffer.from(one)))).digest();
  const path = [`${folder}/${list.name}.${kind}.tsv`, ...(sole ? [`${folder}/${kind}.tsv`] : [])].find((one) => existsSync(one));
  const text = path ? new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(path)) : "";
  must(text === "" || text.endsWith("\n"), `${kind}: the last line is not ended`);
  const lines = text.split("\n").slice(0, -1), held = lines.map((line) => line.split("\t"));
  const name = (row) => row.slice(0, keys).join("\t");
  held.forEach((row, i) => {
    must(row.length === columns, `${kind}: columns`);
    const bad = (f) => f !== f.normalize("NFC") || /^\p{White_Space}|\p{White_Space}$|[\x00-\x1f\x7f]/u.test(f);
    must(!row.some(bad), `${kind}: characters`);
    must(i === 0 || bytewise(name(held[i - 1]), name(row)) < 0, `${kind}: order`);
  });
  let level = lines.map((line) => node([0], line));
  const up = (left, i) => (i % 2 ? [] : [i + 1 < level.length ? node([1], left, level[i + 1]) : left]);
  while (level.length > 1) level = level.flatMap(up);
  const root = (level[0] ?? node("")).toString("hex"), told = list[kind] ?? { n: 0, root };
  must(told.n === held.length && told.root === root, `${kind}: not the rows committed to`);
  return held;
}

function part(hex, source, given) {
  must(given?.kind === source.kind, "seed: kind");
  must(given.round === source.round && given.pulse?.timeStamp === source.time, "seed: another round or time");
  must(source.kind !== "reveal" || hex(`ssj1/nonce\n${given.nonce}`) === source.hash, "seed: nonce");
  if (source.kind === "drand") return createHash("sha256").update(Buffer.from(given.signature, "hex")).digest("hex");
  return given.nonce ?? given.text ?? given.pulse.outputValue.toLowerCase();
}

function select(hex, key, list, objects) {
  const { base, round, reserve, strata } = list.rules, told = {};
  const u = parseInt(hex(key(`round/${list.name}`)).slice(0, 12), 16) % 1e6;
  must(objects.every((row) => Object.hasOwn(strata, row[1])), "a stratum is not declared");
  let sum = 0;
  for (const code of Object.keys(strata).sort(bytewise)) {
    const all = objects.filter((row) => row[1] === code), able = all.filter((row) => row[2] === "1");
    const x = (base === "all" ? all : able).length * strata[code].ppm, before = sum;
    sum += x;
    const rounded = round === "ceil" ? Math.ceil(x / 1e6) : Math.floor((sum + u) / 1e6) - Math.floor((before + u) / 1e6);
    const wanted = Math.max(rounded, strata[code].min ?? 0), k = Math.min(able.length, wanted);
    const order = able.map((row) => [hex(key("draw") + row[0]), row[0]]).sort(by((one) => one[0], (one) => one[1]));
    const ids = order.map((one) => one[1]), limit = k ? order[k - 1][0] : null, more = wanted === k ? {} : { wanted };
    const chosen = { selected: ids.slice(0, k), reserve: ids.slice(k, k + reserve), limit };
    told[code] = { n: all.length, eligible: able.length, ...more, k, ...chosen };
  }
  return told;
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

function judge(folder) {
  const [bytes, seed, result] = ["commit", "seed", "result"].map((name) => readFileSync(`${folder}/${name}.json`));
  const { hash, seed: sources, lists } = JSON.parse(bytes);
  const hex = (data) => createHash(hash).update(data).digest("hex"), c = hex(bytes);
  const given = JSON.parse(seed).parts;
  must(given.length === sources.length, "seed: parts");
  const b = sources.map((source, i) => part(hex, source, given[i])).join("+");
  const key = (tag) => hex(`ssj1/${tag}\n${c}\n${b}\n`).slice(0, 32);
  const told = lists.map((list) => {
    const read = (kind, columns, keys) => rows(hash, folder, list, kind, columns, keys, lists.length === 1);
    const objects = read("objects", 6, 1), staff = read("inspectors", 6, 1), bans = read("bans", 4, 2);
    const deck = key(`deal/${list.name}`), strata = select(hex, key, list, objects);
    const chosen = new Set(Object.values(strata).flatMap((one) => one.selected));
    const drawn = objects.filter((row) => chosen.has(row[0]));
    return { name: list.name, strata, teams: list.inspectors ? deal((s) => hex(deck + s), list.rules.team, drawn, staff, bans) : {} };
  });
  must(isDeepStrictEqual({ commit: c, lists: told }, JSON.parse(result)), "the result is not the one these inputs give");
  return `agrees C=${c} W=${hex(`ssj1/witness\n${c}\n`)}`;
}

for (const folder of process.argv.slice(2)) {
  try { console.log(judge(folder)); } catch (error) { process.exitCode = 1; console.log(`REFUSED ${error.message}`); }
}
