// This part: what the page asks and gets back. It runs in a worker; where a browser refuses workers to files, in the page itself.

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
function* answer({ files, id, receipt, witness }) {
  if (files) {
    desk.report = yield* judge(files);
    return { report: summary(desk.report) };
  }
  const judged = desk.report?.outcome === "agrees" ? desk.report : null;
  if (id !== undefined) return { found: judged ? lookUp(judged, id) : [] };
  if (witness) return { witness: judged ? judgeWitness(judged, witness.value, witness.at, witness.seedAt) : null };
  return { receipt: readReceipt(receipt, judged) };
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
