// This part: what the page asks and gets back. It runs in a worker; where a browser refuses workers to files, in the page itself.

const LONGEST_RECEIPT = 65536; // bytes; a path has a line for each doubling of the register
const desk = { report: null };

// A report without the registers, as the page shows it.
function summary({ lists, ...report }) {
  const told = lists.map(({ name, strata, now, off, came, team, after }) => ({
    name, team, after, visits: now?.size ?? 0,
    strata: strata.map(({ order, ...one }) => one),
    drawn: strata.flatMap(({ code, selected, reserve, order }) => (
      [...selected.slice(0, 100).map((id, n) => [id, n]), ...reserve.map((id, n) => [id, selected.length + n]).filter(([id]) => came?.has(id))]
        .map(([id, n]) => (
          { id: isText(id) ? id : "—", stratum: code, ticket: order[n].ticket, team: now?.get(id) ?? null, off: Boolean(off?.has(id)) })))),
  }));
  return { ...report, lists: told };
}

// One question; an answer, for a bundle after some words of how far it is.
function* answer({ files, beside, id, receipt, witness, figures, after }) {
  if (files) {
    const receipts = [...(beside ?? []), ...files].filter(isReceipt);
    for (const [name] of receipts) files.delete(name);
    desk.report = yield* judge(files);
    return { report: { ...summary(desk.report), receipts: receipts.map(([file, bytes]) => ({ file, told: readReceipt(bytes, agreeing()) })) } };
  }
  const judged = agreeing();
  if (id !== undefined) return { found: judged ? lookUp(judged, id) : [] };
  if (witness) return { witness: judged ? judgeWitness(judged, witness.value, witness.at, witness.seedAt) : null };
  if (figures !== undefined) return { figures: judged ? judgeFigures(judged, figures) : [] };
  if (after !== undefined) return { after: judged ? judgeAfter(judged, after) : null };
  return { receipt: readReceipt(receipt, judged) };
}

// The draw that receipts and questions are held against: one whose files hold.
const agreeing = () => (desk.report?.outcome === "agrees" ? desk.report : null);

// Whether a file that lies with those of a draw is a firm's receipt: what it holds says so, whatever its name. A line of a public
// bundle's `drawn.jsonl` looks alike, and is none.
function isReceipt([name, bytes]) {
  if (NEEDED.includes(name) || name === RECORD || !/\.(?:json|txt)$/i.test(name) || bytes.length > LONGEST_RECEIPT) return false;
  try {
    const told = parse(bytes, name);
    return ["index", "n", "path"].every((field) => has(told, field)) && (has(told, "line") || has(told, "leaf"));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return false; // it stands among the files that were ignored
  }
}

function readReceipt(bytes, report) {
  try {
    return judgeReceipt(parse(bytes, "receipt"), report);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [{ code: error.code, facts: error.facts, bad: true }];
  }
}

if (typeof WorkerGlobalScope !== "undefined") {
  onmessage = ({ data }) => {
    const steps = answer(data.question);
    let told = steps.next(), last = 0;
    for (; !told.done; told = steps.next()) {
      if (Date.now() - last < 100) continue;
      last = Date.now();
      postMessage({ number: data.number, progress: told.value });
    }
    postMessage({ number: data.number, answer: told.value });
  };
}
