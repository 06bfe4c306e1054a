// This part: the draw itself. Commitment, seed, quota, selection, dealing with repair, and what happened afterwards.

const max = (a, b) => (a > b ? a : b), min = (a, b) => (a < b ? a : b);
const MILLION = 1000000n;

// When a text says that something was (RFC 3339): milliseconds; NaN for no time.
function moment(text) {
  const form = /^(?!0000)(\d{4}-\d\d-\d\d)T((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(\.\d{1,6})?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
  const [, day, clock, part = "", zone] = (typeof text === "string" && form.exec(text)) || [];
  const exists = day && !Number.isNaN(Date.parse(day)) && new Date(Date.parse(day)).toISOString().startsWith(day);
  return exists ? Date.parse(`${day}T${clock}${zone}`) + 1000 * Number(`0${part}`) : NaN;
}

const CHAINS = { // the time of a round is public: genesis in Unix seconds, period in seconds
  __proto__: null,
  "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971": [1692803367, 3],
  "8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce": [1595431050, 30],
};

// What a source promises (7.4, ruling 7): its entropy in bits, and when it becomes known (NaN: the commitment cannot say).
function promise(told) {
  const { kind, chain, round, time, hash, party, what, bits = kind === "text" ? 0n : 256n } = isObject(told) ? told : {};
  const right = {
    __proto__: null,
    drand: () => is(HEX64, chain) && isCount(round) && round >= 1n,
    nist: () => isText(time) && (chain === undefined || isCount(chain)),
    reveal: () => is(HEX64, hash) && (party === undefined || isText(party)),
    text: () => isText(what),
  };
  legible(typeof kind === "string" && kind in right && right[kind]() && isCount(bits), "commit_field", { field: "seed" });
  const [genesis, period] = (kind === "drand" && CHAINS[chain]) || [NaN, NaN];
  const known = kind === "nist" ? moment(time) : 1000 * (genesis + (Number(round ?? 1n) - 1) * period);
  return { ...told, kind, bits, known };
}

// What a ceremony throws, by the form that a text states: [how many, least, most, whether balls]; null where it states none that we know.
function thrown({ form }) {
  const within = (told, least, most = 1000n) => isCount(told) && told >= least && told <= most;
  const names = isObject(form) ? Object.keys(form).sort().join() : "";
  if (names === "dice,sides" || names === "dice,lowest,sides") {
    const { dice, sides, lowest = 1n } = form;
    return within(dice, 1n) && within(sides, 2n) && within(lowest, 0n) ? [[dice, lowest, lowest + sides - 1n, false]] : null;
  }
  const balls = names === "balls" && Array.isArray(form.balls) && form.balls.length ? form.balls : [null];
  const right = balls.every((one) => Array.isArray(one) && one.length === 2 && within(one[1], 2n) && within(one[0], 1n, one[1] - 1n));
  return right ? balls.map(([drawn, of]) => [drawn, 1n, of, true]) : null;
}

// The whole bits of chance that such figures can hold: of dice in their order, of balls in none.
function chance(groups) {
  let outcomes = 1n;
  for (const [many, least, most, apart] of groups) {
    if (!apart) outcomes *= (most - least + 1n) ** many;
    else for (let n = 0n; n < many; n++) outcomes = outcomes * (most - n) / (n + 1n); // the product so far holds n + 1 numbers in a row
  }
  return BigInt(outcomes.toString(2).length - 1);
}

// Whether the figures are of that form: plain decimals within bounds, balls ascending within their group.
function thrownSo(groups, text) {
  const words = text.split(" ");
  if (!words.every((word) => /^(?:0|[1-9]\d{0,5})$/.test(word))) return false;
  const figures = words.map(BigInt);
  for (const [many, least, most, apart] of groups) {
    const group = figures.splice(0, Number(many));
    if (group.length < Number(many) || !group.every((one) => one >= least && one <= most)) return false;
    if (apart && !group.every((one, n) => n === 0 || group[n - 1] < one)) return false;
  }
  return figures.length === 0;
}

// What somebody typed, in the one form that counts: full-width figures, leading zeros and the order of balls are forgiven; null where it
// cannot have been thrown.
function settled(groups, typed) {
  const words = typed.normalize("NFKC").split(/\p{White_Space}+/u).filter(Boolean).map((word) => word.replace(/^0+(?=\d)/, ""));
  let at = 0;
  const told = groups.flatMap(([many, , , apart]) => {
    const group = words.slice(at, at += Number(many));
    return apart ? group.sort((one, other) => one - other) : group;
  });
  const text = [...told, ...words.slice(at)].join(" ");
  return thrownSo(groups, text) ? text : null;
}

// commit.json in the form of 7.4 and rulings 3, 4, 5, 7; unknown fields are kept and ignored.
function commitment(bytes) {
  const told = parse(bytes, "commit.json"), { v, hash, draw, prev = null, blind, made, seed, lists } = told;
  const right = (holds, field) => legible(holds, "commit_field", { field });
  right(v === "ssj1", "v");
  right(typeof hash === "string" && hash in SUITES, "hash");
  right(isText(draw), "draw");
  right(prev === null || is(HEX64, prev), "prev");
  right(is(HEX32, blind), "blind");
  right(!Number.isNaN(moment(made)), "made");
  right(Array.isArray(seed) && seed.length > 0, "seed");
  right(Array.isArray(lists) && lists.length > 0, "lists");
  const sources = seed.map(promise), bits = sources.reduce((sum, one) => sum + one.bits, 0n);
  legible(bits >= 64n, "entropy", { bits });
  const secrets = new Map();
  for (const one of sources) if (one.kind === "reveal") secrets.set(one.party ?? "", (secrets.get(one.party ?? "") ?? 0n) + one.bits);
  const spare = bits - [...secrets.values()].reduce((most, one) => (one > most ? one : most), 0n);
  for (const list of lists) {
    right(isObject(list) && is(/^[a-z0-9][a-z0-9-]{0,31}$/, list.name) && isObject(list.rules), "lists");
    for (const kind of Object.keys(COLUMNS)) {
      const one = list[kind], there = kind === "objects" || has(list, kind);
      right(!there || (isObject(one) && isCount(one.n) && is(HEX64, one.root)), kind);
    }
    const { base, round, reserve, team, strata, codes } = list.rules;
    right(base === "all" || base === "eligible", "rules.base");
    right(round === "ceil" || round === "systematic", "rules.round");
    right(isCount(reserve), "rules.reserve");
    right(isCount(team) && team >= 1n && team <= 1000n, "rules.team");
    right(isObject(strata), "rules.strata");
    right(!has(list.rules, "codes") || (Array.isArray(codes) && codes.every(isText)), "rules.codes");
    for (const [code, share] of Object.entries(strata)) {
      right(isText(code) && isObject(share) && isCount(share.ppm) && share.ppm <= MILLION, "rules.strata.ppm");
      right(!has(share, "min") || isCount(share.min), "rules.strata.min");
    }
  }
  right(new Set(lists.map((list) => list.name)).size === lists.length, "lists.name");
  return { hash, draw, prev, made, sources, lists, spare };
}

// The text that one source adds to the seed (7.5), if its part is what was promised. No signature is checked here.
function seedValue(hex, source, part) {
  const right = (holds, why) => must(holds, "seed_part", { kind: source.kind, field: why });
  right(isObject(part) && part.kind === source.kind, "kind");
  if (source.kind === "drand") {
    right(isCount(part.round) && part.round === source.round, "round");
    right(!has(part, "chain") || part.chain === source.chain, "chain");
    right(is(/^(?:[0-9a-f]{96}|[0-9a-f]{192})$/, part.signature), "signature");
    return toHex(SUITES.sha256(fromHex(part.signature))); // with every suite: so drand defines it (ruling 1)
  }
  if (source.kind === "nist") {
    const { pulse } = part;
    right(isObject(pulse) && pulse.timeStamp === source.time, "pulse.timeStamp");
    right(source.chain === undefined || (isCount(pulse.chainIndex) && pulse.chainIndex === source.chain), "pulse.chainIndex");
    right(is(/^[0-9a-fA-F]{128}$/, pulse.outputValue), "pulse.outputValue");
    return pulse.outputValue.toLowerCase();
  }
  if (source.kind === "reveal") {
    right(is(HEX64, part.nonce) && hex(`ssj1/nonce\n${part.nonce}`) === source.hash, "nonce");
    return part.nonce;
  }
  const { text } = part;
  right(isText(text) && !/\+|\p{Cc}/u.test(text) && text.split(/\p{White_Space}+/u).join(" ") === text, "text");
  const groups = thrown(source);
  if (groups) {
    right(thrownSo(groups, text), "text");
    must(source.bits <= chance(groups), "bits_overstated", { what: source.what, bits: source.bits, most: chance(groups) });
  }
  return text;
}

// How many of each stratum are drawn (section 3, ruling 5), in whole numbers; `counts` are [rows, eligible rows] by stratum.
function quotas(rules, counts, hex, roundKey) {
  const u = BigInt(`0x${hex(roundKey).slice(0, 12)}`) % MILLION, told = new Map();
  let total = 0n;
  for (const code of Object.keys(rules.strata).sort(bytewise)) {
    const [n, eligible] = counts.get(code), share = rules.strata[code], x = (rules.base === "all" ? n : eligible) * share.ppm;
    const before = total;
    total += x;
    const rounded = rules.round === "ceil" ? (x + MILLION - 1n) / MILLION : (total + u) / MILLION - (before + u) / MILLION;
    const wanted = max(rounded, share.min ?? 0n);
    told.set(code, { code, n, eligible, ppm: share.ppm, min: share.min ?? 0n, wanted, k: min(eligible, wanted) });
  }
  return told;
}

const byTicket = (one, other) => (one.ticket < other.ticket ? -1 : one.ticket > other.ticket ? 1 : bytewise(one.row[0], other.row[0]));

// Selection, reserve and limit of every stratum (7.6): the eligible in the order of their tickets.
function* select(rules, objects, hex, drawKey, roundKey) {
  const rows = new Map(Object.keys(rules.strata).map((code) => [code, []])), able = new Map([...rows.keys()].map((code) => [code, []]));
  for (const [n, row] of objects.rows.entries()) {
    const [id, stratum, status] = row, declared = status === "1" || rules.codes === undefined || rules.codes.includes(status);
    const undeclared = (code, value) => new Problem(code, { file: objects.file, row: BigInt(n + 1), value });
    if (!rows.has(stratum)) throw undeclared("stratum_undeclared", stratum);
    if (!declared) throw undeclared("code_undeclared", status);
    rows.get(stratum).push(row);
    if (status === "1") able.get(stratum).push({ ticket: hex(drawKey + id), row });
    if (n % 4096 === 4095) yield { file: objects.file, done: n + 1, of: objects.rows.length };
  }
  const counts = new Map([...rows].map(([code, held]) => [code, [BigInt(held.length), BigInt(able.get(code).length)]]));
  const told = [];
  for (const one of quotas(rules, counts, hex, roundKey).values()) {
    const order = able.get(one.code).sort(byTicket), k = Number(one.k), ids = order.map(({ row }) => row[0]);
    const spare = Number(min(rules.reserve, BigInt(order.length - k)));
    told.push({ ...one, order, selected: ids.slice(0, k), reserve: ids.slice(k, k + spare), limit: k ? order[k - 1].ticket : null });
    yield { done: told.length, of: counts.size };
  }
  return told;
}

// Seats dealt to inspectors: each to whoever has had fewest, ties by the shuffled cards; repair where that gets stuck (section 4).
function* deal(h, team, drawn, inspectors, bans) {
  const byHash = (one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : bytewise(one.id, other.id));
  const visits = drawn.map(([id, , , pool, qual]) => ({ id, pool, qual, at: h(`v\t${id}`), seats: Array(team).fill(null), out: new Set() }));
  const people = inspectors.filter((row) => row[4] === "1").map(([id, pools, quals, cap]) => ({
    id, pools: new Set(parts(pools)), quals: new Set(parts(quals)), cap: Number(cap), at: h(`i\t${id}`), held: new Set(), cards: [],
  }));
  const pools = new Map(), banned = new Set(bans.map(([object, inspector]) => `${object}\t${inspector}`));
  for (const one of people.sort(byHash)) for (const pool of one.pools) {
    if (!pools.has(pool)) pools.set(pool, []);
    pools.get(pool).push(one);
  }
  visits.sort(byHash);

  const place = (v, s) => v * team + s, visit = (at) => visits[Math.floor(at / team)];
  const sit = (at, one) => {
    const { seats } = visit(at);
    seats[at % team]?.held.delete(at);
    one?.held.add(at);
    seats[at % team] = one;
  };
  const card = (one) => (one.cards[one.held.size] ??= h(`c\t${one.held.size}\t${one.id}`));
  // Who could ever sit there, in the order of the shuffled list; seat 0 must hold the qualification.
  const may = (at) => {
    const { id, pool, qual } = visit(at);
    const fits = (one) => (at % team > 0 || qual === "" || one.quals.has(qual)) && !banned.has(`${id}\t${one.id}`);
    return (pools.get(pool) ?? []).filter(fits);
  };
  const before = (one, other) => one.held.size - other.held.size || (card(one) < card(other) ? -1 : card(one) > card(other) ? 1
    : bytewise(one.id, other.id));
  const best = (at) => {
    const { seats, out } = visit(at), able = may(at).filter((one) => !seats.includes(one) && !out.has(one) && one.held.size < one.cap);
    return able.reduce((least, one) => (least === null || before(one, least) < 0 ? one : least), null);
  };
  // Breadth first: move others along until somebody has room; if nobody can, the seat stays empty.
  const repair = (start) => {
    const came = new Map([[start, null]]), waiting = [start], met = new Set();
    const look = (at, step) => {
      if (came.has(at)) return;
      came.set(at, step);
      waiting.push(at);
    };
    for (const at of waiting) for (const one of may(at)) {
      const inside = visit(at).seats.indexOf(one);
      if (inside >= 0) look(at - (at % team) + inside, [at, one]);
      else if (!met.has(one)) {
        if (one.held.size < one.cap) {
          for (let step = [at, one]; step; step = came.get(step[0])) sit(...step);
          return;
        }
        met.add(one);
        for (const other of [...one.held].sort((x, y) => x - y)) look(other, [at, one]);
      }
    }
  };
  for (let v = 0; v < visits.length; v++) {
    for (let s = 0; s < team; s++) {
      const chosen = best(place(v, s));
      if (chosen) sit(place(v, s), chosen);
      else repair(place(v, s));
    }
    if (v % 256 === 255) yield { done: v + 1, of: visits.length };
  }
  const teams = () => new Map(visits.map(({ id, seats }) => [id, seats.map((one) => one?.id ?? null)]));
  const shown = (one, v) => ({ ...one, first: place(v, 0) });
  const come = ([id, , , pool, qual]) => {
    const one = { id, pool, qual, seats: [], out: new Set() };
    return shown(one, visits.push(one) - 1);
  };
  return { visits: new Map(visits.map((one, v) => [one.id, shown(one, v)])), sit, best, teams, come };
}

// Ruling 15: what happened afterwards. A seat given up goes to whom the rule names; who was out of a visit stays out of it. An object
// that leaves is followed by the next of its stratum's reserve; its seats are dealt one by one, in lines of their own, to whom the
// rule names at the loads in force, and nobody else is moved.
function replay(table, events, file, strata, objects, team) {
  const open = new Map(table?.visits), off = new Set(), came = new Set(), rows = new Map(objects.map((row) => [row[0], row]));
  const reserves = new Map(strata.map(({ code, reserve }) => [code, [...reserve]]));
  const leave = (visit) => {
    visit.seats.forEach((_, s) => table.sit(visit.first + s, null));
    open.delete(visit.id);
    off.add(visit.id);
  };
  events.forEach((event, n) => {
    const { seq, kind, object, seat = null, out = null, in: next, reason = null, evidence = null } = event;
    const rule = (holds, code, facts = {}) => must(holds, code, { file, line: BigInt(n + 1), ...facts });
    const text = (told) => told === null || isText(told);
    rule(seq === BigInt(n + 1), "after_seq");
    rule(text(reason), "after_field", { field: "reason" });
    rule(text(evidence), "after_field", { field: "evidence" });
    rule(typeof object === "string" && open.has(object), "after_object", { id: named(object) });
    const visit = open.get(object);
    if (kind === "withdrawn") {
      rule(seat === null && out === null && (next ?? null) === null, "after_withdrawn");
      leave(visit);
      return;
    }
    if (kind === "replace") {
      const left = reserves.get(rows.get(object)[1]);
      rule(seat === null && out === object, "after_replace");
      rule(left.length > 0 && next === left[0], "after_reserve", { id: named(next), wanted: left[0] ?? "—" });
      leave(visit);
      came.add(left[0]);
      open.set(left[0], table.come(rows.get(left.shift())));
      return;
    }
    if (kind === "deal") {
      const s = visit.seats.length, at = visit.first + s;
      rule(isCount(seat) && seat === BigInt(s) && s < team && out === null, "after_deal");
      const chosen = table.best(at);
      rule((chosen?.id ?? null) === next, "after_in", { id: named(next), wanted: chosen?.id ?? "—" });
      visit.seats.push(null);
      table.sit(at, chosen);
      return;
    }
    rule(kind === "redeal", "after_kind");
    const holder = isCount(seat) && seat < BigInt(visit.seats.length) ? visit.seats[Number(seat)] : null;
    rule(holder !== null && out === holder.id, "after_holder", { id: named(out) });
    const at = visit.first + Number(seat);
    visit.out.add(holder);
    table.sit(at, null);
    const chosen = table.best(at);
    rule((chosen?.id ?? null) === next, "after_in", { id: named(next), wanted: chosen?.id ?? "—" });
    if (chosen) table.sit(at, chosen);
  });
  for (const { id, seats } of open.values()) must(seats.length === team, "after_unfilled", { file, id });
  return { off, came };
}
