// This part: files read strictly. What two readers might read differently is refused.

// What is wrong: a code, which the page puts into words, and its facts. `unreadable`: nothing could be compared at all.
class Problem extends Error {
  constructor(code, facts = {}, unreadable = false) {
    super(code);
    Object.assign(this, { code, facts, unreadable });
  }
}
const must = (holds, code, facts) => { if (!holds) throw new Problem(code, facts); };
const legible = (holds, code, facts) => { if (!holds) throw new Problem(code, facts, true); };

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
function decode(bytes) {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

// Byte order of the UTF-8 forms. JavaScript itself compares UTF-16, where signs beyond U+FFFF (two surrogates) come too early.
function bytewise(one, other) {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at++) {
    const x = one.charCodeAt(at), y = other.charCodeAt(at);
    if (x !== y) return (x >> 11 === 27) - (y >> 11 === 27) || x - y;
  }
  return one.length - other.length;
}

const HEX32 = /^[0-9a-f]{32}$/, HEX64 = /^[0-9a-f]{64}$/, PLAIN = /^[!-~](?:[ -~]*[!-~])?$/;
const is = (pattern, told) => typeof told === "string" && pattern.test(told);
const isObject = (told) => typeof told === "object" && told !== null && !Array.isArray(told);
const isCount = (told) => typeof told === "bigint" && told >= 0n;
// 7.1: letters that versions of Unicode compose differently, so that one browser would call a text NFC and another one not.
const LATE = new RegExp("[\\u0892-\\u0897\\u1acf-\\u1aff\\u{105bd}-\\u{105ff}\\u{10d3a}-\\u{10e5f}\\u{10eb2}-\\u{10eff}\\u{11375}-\\u{113ff}"
  + "\\u{11ef9}-\\u{11faf}\\u{14647}-\\u{167ff}\\u{16b90}-\\u{16e3f}\\u{1e02b}-\\u{1e0ff}\\u{1e300}-\\u{1e7df}]", "u");
// 7.1 and ruling 2: no control character, no white space at an end, no half of a surrogate pair, no such letter, and in the form NFC.
const isField = (text) => text === "" || PLAIN.test(text)
  || (!/^\p{White_Space}|\p{White_Space}$|[\x00-\x1f\x7f]|\p{Surrogate}/u.test(text) && !LATE.test(text) && text === text.normalize("NFC"));
const isText = (told) => typeof told === "string" && told !== "" && isField(told);
const has = (held, name) => Object.prototype.hasOwnProperty.call(held, name);

// JSON as ruling 4 wants it: no key twice in an object and no number but a plain integer, which becomes a BigInt, never rounded.
function parse(bytes, file) {
  const text = decode(bytes);
  legible(text !== null, "not_utf8", { file });
  const bad = (why) => legible(false, why, { file, line: BigInt(text.slice(0, at).split("\n").length) });
  const TOKEN = /[\t\n\r ]*(?:([{}[\],:])|("(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)|(true|false|null))/y;
  let at = 0, found;
  const next = () => {
    TOKEN.lastIndex = at;
    found = TOKEN.exec(text) ?? bad("not_json");
    at = TOKEN.lastIndex;
    return found[1];
  };
  const string = () => JSON.parse(found[2] ?? bad("not_json"));
  const value = (sign, depth) => {
    if (depth > 500) bad("not_json"); // the same depth in all three verifiers
    const more = (end) => {
      if (next() === end) return false;
      if (found[1] !== ",") bad("not_json");
      return true;
    };
    if (sign === "{") {
      const held = { __proto__: null };
      if (next() === "}") return held;
      for (;;) {
        const name = string();
        if (has(held, name)) bad("key_twice");
        if (next() !== ":") bad("not_json");
        held[name] = value(next(), depth + 1);
        if (!more("}")) return held;
        next();
      }
    }
    if (sign === "[") {
      const held = [];
      for (sign = next(); sign !== "]" || held.length; sign = next()) {
        held.push(value(sign, depth + 1));
        if (!more("]")) break;
      }
      return held;
    }
    if (sign) bad("not_json");
    if (found[3] !== undefined) return /^(?:-?[1-9]\d{0,4299}|0)$/.test(found[3]) ? BigInt(found[3]) : bad("not_integer");
    return found[2] !== undefined ? string() : { true: true, false: false, null: null }[found[4]];
  };
  const held = value(next(), 0);
  if (/[^\t\n\r ]/.test(text.slice(at))) bad("not_json");
  legible(isObject(held), "not_object", { file });
  return held;
}

// The lines of a file that are each ended by a line feed, as bytes; null when the last one is not ended.
function lines(bytes) {
  const found = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(10, start);
    if (end < 0) return null;
    found.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return found;
}

// A list's file; a list alone may leave its name out, but then there is one file and not two.
function find(files, list, file, alone) {
  const names = [`${list.name}.${file}`, ...(alone ? [file] : [])].filter((name) => files.has(name));
  legible(names.length < 2, "file_twice", { file });
  return names.length ? { file: names[0], bytes: files.get(names[0]) } : null;
}

const COLUMNS = {
  objects: ["id", "stratum", "status", "pool", "qual", "salt"],
  inspectors: ["id", "pools", "quals", "cap", "status", "salt"],
  bans: ["object", "inspector", "reason", "salt"],
};
const parts = (text) => (text === "" ? [] : text.split(","));

// The first field of a row that ruling 2 refuses, as a position and a code.
function flaw(kind, row) {
  const control = row.findIndex((field) => !isField(field));
  if (control >= 0) return [control, "row_characters"];
  const bare = [0, kind === "bans" ? 1 : 0].find((column) => row[column] === "" || row[column].startsWith("\ufeff"));
  if (bare !== undefined) return [bare, "row_empty"];
  if (kind === "objects") {
    if (row[1] === "") return [1, "row_empty"];
    const comma = [3, 4].find((column) => row[column].includes(","));
    return comma ? [comma, "row_comma"] : null;
  }
  if (kind === "bans") return null;
  const name = [1, 2].find((column) => !parts(row[column]).every(isText));
  return name ? [name, "row_comma"] : /^(?:0|[1-9]\d{0,17})$/.test(row[3]) ? null : [3, "row_cap"];
}

// The rows of one register (7.2), against the number and the Merkle root committed to (7.3). Yields so that a page stays alive.
function* register(H, found, kind, told) {
  const { file, bytes } = found ?? { file: `${kind}.tsv`, bytes: new Uint8Array() }, columns = COLUMNS[kind];
  const given = lines(bytes), rows = [], tree = [], keys = kind === "bans" ? 2 : 1;
  must(given !== null, "row_unended", { file });
  let before = null, guessable = 0;
  for (const [n, line] of given.entries()) {
    const at = { file, row: BigInt(n + 1) }, text = decode(line);
    must(text !== null, "row_not_utf8", at);
    const row = text.split("\t"), key = keys === 1 ? row[0] : row.slice(0, keys).join("\t");
    if (row.length !== columns.length) {
      throw new Problem("row_columns", { ...at, count: BigInt(row.length), wanted: BigInt(columns.length) });
    }
    const wrong = flaw(kind, row);
    if (wrong) throw new Problem(wrong[1], { ...at, field: columns[wrong[0]], value: row[wrong[0]] });
    const order = before === null ? -1 : bytewise(before, key);
    if (order >= 0) throw new Problem(order === 0 ? "row_twice" : "row_order", { ...at, id: key });
    before = key;
    if (!HEX32.test(row[columns.length - 1])) guessable++;
    rows.push(row);
    push(H, tree, H(LEAF, line));
    if (n % 4096 === 4095) yield { file, done: n + 1, of: given.length };
  }
  const root = crown(H, tree);
  must(told.n === BigInt(rows.length), "row_count", { file, count: BigInt(rows.length), wanted: told.n });
  must(told.root === root, "root_other", { file, root, wanted: told.root });
  return { file, rows, guessable };
}

const LEAF = Uint8Array.of(0), NODE = Uint8Array.of(1);

// A Merkle tree grown leaf by leaf: `tree` holds the full subtrees so far, left to right, with their heights.
function push(H, tree, node) {
  let height = 0;
  for (; tree.length && tree[tree.length - 1][0] === height; height++) node = H(NODE, tree.pop()[1], node);
  tree.push([height, node]);
}
const crown = (H, tree) => toHex(tree.length ? tree.map((one) => one[1]).reduceRight((low, high) => H(NODE, high, low)) : H());

// The root that a row's path leads to as row `index` of `count`; null when the path is too long or too short.
function climb(H, leaf, index, count, path) {
  const steps = [...path];
  let node = leaf;
  for (; count > 1n; index /= 2n, count = (count + 1n) / 2n) {
    if ((index ^ 1n) >= count) continue;
    if (!steps.length) return null;
    const step = fromHex(steps.shift());
    node = index % 2n ? H(NODE, step, node) : H(NODE, node, step);
  }
  return steps.length ? null : toHex(node);
}
