// This part: a draw that was made void. What its record must hold (7.12), and of one that was stopped what no file can rule out: whoever
// deletes a result and writes one line in its place would else be told that all agrees.

const list = (told) => (Array.isArray(told) ? told : []);

// What is to be said of a void, as remarks: {code, facts, grave}. `drawn`: its result is there, and then only two persons make it void.
function voided(commit, record, drawn) {
  const told = [{ code: "void_draw", facts: { reason: record.void }, grave: false }], names = list(record.signed).filter(isText);
  if (names.length) told.push({ code: "void_by", facts: { names: names.join(", ") }, grave: false });
  const persons = new Set(names.map((name) => name.replace(/\p{White_Space}/gu, "").toLowerCase()));
  const two = list(record.signed).length === 2 && persons.size === 2, stop = stopOf(commit, record);
  const right = {
    draw: has(record, "draw"),
    w: has(record, "w"),
    voided_at: moment(record.voided_at) >= moment(commit.made),
    signed: two || (!drawn && stop.parties.length > 0),
  };
  const lacks = Object.keys(right).filter((name) => !right[name]).join(", ");
  if (lacks) told.push({ code: "void_lacks", facts: { lacks }, grave: true });
  return drawn ? told : [...told, stopped(stop, NaN)];
}

// When a draw was stopped by its record and when its seed could be known, as far as the files say; whose parts lacked, if the rule made it void.
function stopOf({ sources }, { voided_at: at, seeded_at: seeded, lacked }) {
  const places = list(lacked), right = places.every((place) => isCount(place) && place < BigInt(sources.length));
  const parties = right ? places.map((place) => nameOf(sources[Number(place)])) : [];
  return { at: moment(at), told: named(at), seeded: moment(seeded), known: sources.map(({ known }) => known), parties };
}

// What cannot be ruled out of a draw without a result. `outside`: when its seed was first public, as the reader states it, or NaN.
function stopped({ at, told, seeded, known, parties }, outside) {
  if (parties.length) return { code: "stopped_withheld", facts: { parties: parties.join(", ") }, grave: false };
  const first = Math.min(...[...known, seeded, outside].filter((one) => one <= at)); // the house's own date of its seed only counts against it
  if (first <= at) return { code: "stopped_late", facts: { at: told, known: new Date(first).toISOString() }, grave: true };
  if (Number.isNaN(at) || [...known, outside].every(Number.isNaN)) return { code: "stopped_unknown", facts: {}, grave: true };
  return { code: "stopped_dated", facts: { at: told }, grave: false };
}

// Whether a remark is such that nothing may be believed of the void, though no file differs.
const isDoubt = ({ code }) => code === "void_lacks" || code === "stopped_late";
