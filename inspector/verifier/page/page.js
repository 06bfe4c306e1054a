// The page itself: takes files in, asks the protocol's part, and puts into words what it answers. Nothing here decides anything.
{
  const ASCII = /^[\x20-\x7e]*$/, MOST_FILES = 2000, DEEPEST = 4, LONGEST_RECEIPT = 65536;
  // The language the address names, else the first of the browser's that we speak, else Chinese.
  const spoken = [new URLSearchParams(location.search).get("lang") ?? "", ...navigator.languages].find((one) => /^(en|zh)(-|$)/i.test(one));
  const state = { lang: /^en/i.test(spoken ?? "") ? "en" : "zh-CN", report: null, told: null, asked: {} };
  const at = (id) => document.getElementById(id);

  const say = (key, facts = {}) => (WORDS[state.lang][key] ?? key).replace(/\{(\w+)\}/g, (_, name) => String(facts[name] ?? "—"));

  // An element with its attributes and children; texts stay texts, whatever they hold.
  function el(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) if (value !== false) made.setAttribute(name, value);
    made.append(...children.filter((one) => one !== null));
    return made;
  }

  // --- the protocol's part: in a worker, or, where a browser refuses workers to files, here in slices

  const waiting = new Map();
  let asked = 0, worker = null;
  const ready = new Promise((resolve) => {
    try {
      worker = new Worker(URL.createObjectURL(new Blob([at("protocol").textContent, "\npostMessage({ hello: true });"])));
      worker.onerror = (event) => {
        resolve(false);
        for (const one of waiting.values()) one.reject(new Error(event.message));
      };
      worker.onmessage = ({ data }) => {
        if (data.hello) resolve(true);
        else if (data.progress) waiting.get(data.number).progress(data.progress);
        else waiting.get(data.number).resolve(data.answer);
      };
    } catch {
      resolve(false);
    }
  });

  async function ask(question, progress = () => {}) {
    if (await ready) {
      const number = asked++, files = [...(question.files?.values() ?? [])].map((bytes) => bytes.buffer);
      return new Promise((resolve, reject) => {
        waiting.set(number, { resolve, reject, progress });
        worker.postMessage({ number, question }, files);
      });
    }
    const steps = answer(question);
    for (;;) {
      let told = steps.next();
      for (const until = Date.now() + 50; !told.done && Date.now() < until;) told = steps.next();
      if (told.done) return told.value;
      progress(told.value);
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  // --- files

  // [path, File] of what was dropped. Chromium lets a page opened from a disk read dropped folders only by their handles;
  // other browsers know only entries. Everything must be asked for before the first wait: then the drop is over.
  async function dropped(items) {
    const found = [], things = [...items].filter(({ kind }) => kind === "file").map((item) => {
      const entry = item.webkitGetAsEntry?.();
      return entry?.isDirectory ? { entry, handle: item.getAsFileSystemHandle?.() } : { file: item.getAsFile() };
    });
    for (const { file, entry, handle } of things) {
      if (file) found.push([file.name, file]);
      else if (handle) await byHandle(await handle, "", found);
      else if (entry) await byEntry(entry, found);
    }
    return found;
  }

  const enough = (found, path) => found.length > MOST_FILES || path.split("/").length > DEEPEST;

  async function byHandle(handle, above, found) {
    const path = above + handle.name;
    if (enough(found, path)) return;
    if (handle.kind === "file") found.push([path, await handle.getFile()]);
    else for await (const one of handle.values()) await byHandle(one, `${path}/`, found);
  }

  async function byEntry(entry, found) {
    const path = entry.fullPath.slice(1), reader = entry.isDirectory ? entry.createReader() : null;
    if (enough(found, path)) return;
    if (!reader) found.push([path, await new Promise((resolve, reject) => entry.file(resolve, reject))]);
    while (reader) {
      const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!some.length) break;
      for (const one of some) await byEntry(one, found);
    }
  }

  // The bundle among the files: what lies in the folder of commit.json, by its name within it. What lies beside that folder may be a receipt.
  function bundle(found) {
    if (found.length > MOST_FILES) return { trouble: ["too_many", {}] };
    const roots = found.filter(([path]) => /(^|\/)commit\.json$/.test(path)).map(([path]) => path.slice(0, -"commit.json".length));
    if (roots.length > 1) return { trouble: ["several", { files: roots.slice(0, 5).join(", ") }] };
    if (!roots.length && found.length === 1) return { receipt: found[0][1] };
    const root = roots[0] ?? "", inside = found.filter(([path]) => path.startsWith(root)).map(([path, file]) => [path.slice(root.length), file]);
    const loose = root === "" && inside.every(([path]) => !path.includes("/")); // chosen one by one, so the witness' folder is not seen
    const beside = found.filter(([path, file]) => !path.startsWith(root) && file.size <= LONGEST_RECEIPT);
    return { beside, files: inside.map(([path, file]) => [loose && path === "record.json" ? "witness/record.json" : path, file]) };
  }

  async function take(found) {
    const { trouble, receipt, files, beside } = bundle(found);
    if (trouble) return tell(...trouble);
    if (receipt) {
      at("receipt-text").value = await receipt.text();
      return judgeReceipt_();
    }
    tell("reading");
    at("progress").hidden = false;
    try {
      const read = async (some) => {
        const bytes = new Map();
        for (const [name, file] of some) bytes.set(name, new Uint8Array(await file.arrayBuffer()));
        return bytes;
      };
      const { report } = await ask({ files: await read(files), beside: await read(beside) }, (told) => {
        const facts = { step: say(`step_${told.step}`), done: told.done, of: told.of };
        tell(told.of ? "working_of" : "working", facts);
        if (told.of) at("progress").value = told.done / told.of;
        else at("progress").removeAttribute("value");
      });
      state.report = report;
    } catch (error) {
      state.report = { outcome: "unreadable", step: "files", done: [], differences: [], remarks: [], lists: [], receipts: [], problem: { code: "program", facts: { problem: String(error) } } };
    }
    at("progress").hidden = true;
    state.asked = {};
    tell();
    showReport();
    at("verdict").focus();
    if (at("receipt-text").value) await judgeReceipt_();
  }

  function tell(key, facts) {
    state.told = key ? [key, facts] : null;
    at("state").textContent = key ? say(key, facts) : "";
  }

  let chooser; // held, lest it be collected while the dialog is open
  function choose(folder) {
    const input = chooser = el("input", { type: "file", multiple: "" });
    if (folder) input.webkitdirectory = true;
    input.onchange = () => take([...input.files].map((file) => [file.webkitRelativePath || file.name, file]));
    input.click();
  }

  // --- what is shown

  const problemWords = ({ code, facts }) => say(code, facts);
  const shellSafe = (text) => (ASCII.test(text) ? `'${text.replace(/'/g, "'\\''")}'` : `'${text}'`);

  // How somebody checks a step with the machine's own programs.
  function byHand(step, report) {
    const sum = report.hash === "sm3" ? "openssl dgst -sm3" : "sha256sum", { c, b, key, prev } = report;
    const one = report.lists[0]?.drawn?.[0]?.id ?? "ID";
    return {
      commit: `${sum} commit.json\n# C = ${c}\n# Windows: certutil -hashfile commit.json SHA256`,
      witness: `printf 'ssj1/witness\\n%s\\n' ${c} | ${sum}`,
      seed: `printf 'ssj1/draw\\n%s\\n%s\\n' ${c} ${shellSafe(b ?? "B")} | ${sum} | cut -c1-32\n# KEY = ${key}`,
      registers: report.kind === "public" ? null : `head -n 1 *objects.tsv | tr -d '\\n' | { printf '\\0'; cat; } | ${sum}\n# leaf = H(0x00 line), node = H(0x01 left right)`,
      selection: `printf '%s' ${shellSafe(`${key}${one}`)} | ${sum}`,
      teams: `printf '%sc\\t%s\\t%s' DEALKEY LOAD INSPECTOR | ${sum}\n# DEALKEY: printf 'ssj1/deal/${report.lists[0]?.name}\\n%s\\n%s\\n' ${c} ${shellSafe(b ?? "B")} | ${sum} | cut -c1-32`,
      prev: prev ? `${sum} PREVIOUS/commit.json\n# ${prev}` : null,
    }[step] ?? null;
  }

  // What speaks against a draw although its files agree: the witness holds another value, the minutes other figures, the reader another hash.
  const AGAINST = { witness: "witness_other", seed: "figures_other", after: "after_unlike" };
  const against = () => [state.asked.witness, state.asked.after, ...(state.asked.figures ?? [])].filter((one) => Object.values(AGAINST).includes(one?.code));
  const wrong = (step) => against().find(({ code }) => code === AGAINST[step]);

  // What has to be heard still: not what the reader has settled since, by the witness's word or the minutes.
  function remarksOf(report) {
    const compared = state.asked.figures?.some(({ code }) => code === "figures_agree" || code === "figures_other");
    const held = { figures_typed: compared, no_witness: state.asked.witness?.ok, after_absent: state.asked.after?.ok, after_alone: state.asked.after?.ok };
    const stop = state.asked.witness?.stop, told = report.remarks.map((one) => (stop && one.code.startsWith("stopped_") ? stop : one));
    return told.filter(({ code }) => !held[code]);
  }

  const saidOfAfter = (report) => remarksOf(report).find(({ code }) => code === "after_absent" || code === "after_alone");

  function stepState(step, report) {
    if (!report.done.includes(step)) return report.step === step && report.outcome !== "agrees" ? "bad" : "none";
    if (wrong(step)) return "bad";
    const open = {
      files: remarksOf(report).some(({ code }) => code === "void_lacks"),
      witness: !state.asked.witness?.ok,
      seed: remarksOf(report).some(({ code }) => code === "signature_unchecked" || code === "figures_typed"),
      registers: report.kind === "public",
      selection: report.kind === "public",
      teams: report.kind === "public",
      after: report.kind === "public" || saidOfAfter(report),
      prev: remarksOf(report).some(({ code }) => code === "numbers_before"),
    };
    return open[step] ? "open" : "ok";
  }

  function showSteps(report) {
    const marks = { ok: "✓", bad: "✗", open: "!", none: "–" }, shades = { ok: "good", bad: "bad" };
    const steps = ["files", "commit", "witness", "seed", "registers", "selection", "teams", "result", "after", "prev"];
    return el("ol", { class: "steps", id: "steps" }, ...steps.map((step) => {
      const how = stepState(step, report), hand = how === "none" || !report.key ? null : byHand(step, report);
      const variant = report.kind === "public" && ["registers", "selection", "teams", "result", "after"].includes(step) ? "_public" : step === "prev" && report.prev === null ? "_none" : "";
      const why = step === "after" && saidOfAfter(report)?.code === "after_absent" ? say("after_absent") : say(`why_${step}${variant}`, { count: report.lists.reduce((sum, { after }) => sum + after, 0), prev: report.prev });
      return el("li", { class: shades[how] ?? "" }, el("span", { class: "mark", "aria-hidden": "true" }, marks[how]), el("div", {},
        el("h3", {}, say(`step_${step}`), el("span", { class: "state" }, ` · ${say(`state_${how}`)}`)),
        how === "none" ? null : el("p", {}, how === "bad" ? problemWords(wrong(step) ?? report.problem) : why),
        hand === null ? null : el("details", {}, el("summary", {}, say("by_hand"), el("span", { class: "state" }, ` · ${say(`step_${step}`)}`)), el("pre", {}, hand))));
    }));
  }

  function table(caption, columns, rows) {
    return el("table", {}, el("caption", {}, caption),
      el("thead", {}, el("tr", {}, ...columns.map((name) => el("th", { scope: "col" }, say(name))))),
      el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map((cell, n) => el("td", { "data-name": say(columns[n]) }, el("span", {}, String(cell ?? "—"))))))));
  }

  const teamWords = (team) => team.map((who) => who ?? say("empty_seat")).join(", ");
  const time = (moment) => (Number.isFinite(moment) ? new Date(moment).toISOString().replace(".000Z", "Z") : "—");

  function form(name, fields, act) {
    const plain = { autocomplete: "off", spellcheck: "false" };
    const made = el("form", {}, ...fields.flatMap(([id, type]) => [
      el("label", { for: id }, say(`${id.replace("-", "_")}`)),
      type === "lines" ? el("textarea", { id, rows: "2", ...plain })
        : el("input", { id, type, ...plain, ...(type === "datetime-local" ? { step: "1" } : {}) })]), el("button", {}, say(`${name}_do`)));
    made.onsubmit = (event) => {
      event.preventDefault();
      act();
    };
    return el("section", {}, el("h2", {}, say(name)), made, el("div", { role: "status", id: `${name}-told` }));
  }

  // The answer in a word. What the reader's own papers contradict does not agree, whatever its files say, as with `draw verify`.
  function showVerdict({ outcome, kind, problem }) {
    const good = outcome === "agrees" && !against().length, problems = problem ? [problem] : against();
    const doubts = good ? remarksOf(state.report).filter(isDoubt).map(problemWords) : []; // nothing differs, and nothing is shown either
    return el("section", { class: `now verdict ${good ? (doubts.length ? "" : "good") : "bad"}`, id: "verdict", tabindex: "-1" },
      el("h2", {}, say(good ? (doubts.length ? "agrees_doubted" : outcome) : problem ? outcome : "differs")),
      ...(good ? [say(`agrees_${kind}`), ...doubts] : problems.map(problemWords)).map((words) => el("p", {}, words)),
      good ? null : el("p", {}, say(problem ? `${outcome}_more` : "differs_outside")));
  }

  function showRemarks(report) {
    const told = remarksOf(report);
    return el("section", { id: "remarks", ...(told.length ? {} : { hidden: "" }) }, el("h2", {}, say("remarks")),
      el("ul", {}, ...told.map((one) => el("li", {}, problemWords(one)))));
  }

  // What an answer to the reader changes; everything else stays as it is, and so does the place of whoever goes by the keyboard.
  function showOpinion() {
    for (const made of [showVerdict(state.report), showRemarks(state.report), showSteps(state.report)]) at(made.id).replaceWith(made);
  }

  function showReport() {
    const { report } = state;
    if (!report) return at("report").replaceChildren();
    const { kind } = report, good = report.outcome === "agrees";
    const facts = (names) => el("dl", {}, ...names.filter(([, value]) => value).flatMap(([name, value]) => [
      el("dt", {}, say(name)), el("dd", {}, name.startsWith("value") ? el("code", {}, value) : value)]));
    const section = (name, ...inside) => el("section", {}, el("h2", {}, say(name)), ...inside);
    const receipts = report.receipts.map(({ file, told }) => section("receipt", el("h3", {}, el("code", {}, file)), ...told.map(line)));
    const parts = [showVerdict(report), ...receipts, facts([["draw", report.draw], ["made", report.made], ["bundle", kind && say(`bundle_${kind}`)]])];
    if (report.differences.length) parts.push(table(say("differences"), ["at", "told", "own"], report.differences.map((one) => [one.at, one.told, one.own])));
    parts.push(showRemarks(report));
    if (good && report.key) parts.push(form("find", [["find-label", "search"]], lookUp_));
    for (const list of report.lists) {
      parts.push(table(`${say("strata")} · ${list.name}`, ["code", "n", "eligible", "share", "least", "k", "limit"],
        list.strata.map((one) => [one.code, one.n, one.eligible, one.ppm, one.min, one.k, one.limit])));
      parts.push(el("details", {}, el("summary", {}, `${say("drawn")} · ${list.name}`), el("p", {}, say("drawn_first")),
        table(list.name, ["find_label", "code", "ticket", "team"], list.drawn.map((one) => [one.id, one.stratum, one.ticket, one.off ? say("called_off") : one.team ? teamWords(one.team) : "—"]))));
    }
    parts.push(section("steps", showSteps(report)));
    if (good) parts.push(form("witness", [["witness-label", "text"], ["witness-at", "datetime-local"], ["seed-at", "datetime-local"]], judgeWitness_));
    if (good && report.kind !== "stopped") parts.push(form("after", [["after-label", "text"]], judgeAfter_));
    if (good && report.sources?.some((one) => one.kind === "text")) parts.push(form("figures", [["figures-label", "lines"]], judgeFigures_));
    parts.push(section("values", facts([["value_c", report.c], ["value_w", report.w], ["value_b", report.b], ["value_key", report.key]])));
    if (report.sources) parts.push(table(say("sources"), ["source", "known", "value"], report.sources.map((one) => [`${one.kind} ${one.of}`, time(one.known), one.value])));
    at("report").replaceChildren(...parts);
    for (const name of ["find", "witness", "after", "figures"]) showTold(name);
  }

  // The answers to what was asked last, again whenever the language changes.
  function showTold(name) {
    const told = state.asked[name], place = at(`${name}-told`);
    if (place && told) place.replaceChildren(...{ find: showFates, witness: (one) => [line(one)], after: (one) => [line(one)], receipt: (all) => all.map(line), figures: (all) => all.map(line) }[name](told));
  }
  const line = (one) => el("p", { class: `now ${one.bad ? "bad" : one.ok ? "good" : ""}` }, problemWords(one));
  const showFates = (found) => found.map((one) => el("div", { class: "now" }, el("p", {}, say(`fate_${one.fate}`, one)),
    el("p", {}, el("code", {}, say("fate_ticket", one))),
    one.limit ? el("p", {}, el("code", {}, say("fate_limit", one))) : null,
    one.team ? el("p", {}, one.off ? say("called_off") : say("fate_team", { team: teamWords(one.team) })) : null));

  async function lookUp_() {
    const id = at("find-label").value.trim().normalize("NFC");
    if (!id) return;
    state.asked.find = (await ask({ id })).found;
    showTold("find");
  }

  async function judgeWitness_() {
    const moment = (id) => (at(id).value ? new Date(at(id).value).getTime() : NaN);
    state.asked.witness = (await ask({ witness: { value: at("witness-label").value, at: moment("witness-at"), seedAt: moment("seed-at") } })).witness;
    showTold("witness");
    showOpinion();
  }

  async function judgeAfter_() {
    state.asked.after = (await ask({ after: at("after-label").value })).after;
    showTold("after");
    showOpinion();
  }

  async function judgeFigures_() {
    state.asked.figures = (await ask({ figures: at("figures-label").value })).figures;
    showTold("figures");
    showOpinion();
  }

  async function judgeReceipt_() {
    state.asked.receipt = (await ask({ receipt: new TextEncoder().encode(at("receipt-text").value.trim()) })).receipt;
    showTold("receipt");
  }

  function speak() {
    document.documentElement.lang = state.lang;
    document.title = say("title");
    for (const one of document.querySelectorAll("[data-say]")) one.textContent = say(one.dataset.say);
    at("language").textContent = say("language");
    at("language").lang = state.lang === "en" ? "zh-CN" : "en";
    if (state.told) tell(...state.told);
    const typed = ["find-label", "witness-label", "witness-at", "seed-at", "after-label", "figures-label"].map((id) => [id, at(id)?.value]);
    showReport();
    for (const [id, value] of typed) if (value) at(id).value = value;
    showTold("receipt");
  }

  at("language").onclick = () => {
    state.lang = state.lang === "en" ? "zh-CN" : "en";
    speak();
  };
  at("folder").onclick = () => choose(true);
  at("files").onclick = () => choose(false);
  document.querySelector("#receipt form").onsubmit = (event) => {
    event.preventDefault();
    judgeReceipt_();
  };
  for (const name of ["dragenter", "dragover"]) document.addEventListener(name, (event) => {
    event.preventDefault();
    at("drop").classList.add("over");
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) at("drop").classList.remove("over"); });
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    at("drop").classList.remove("over");
    try {
      const found = await dropped(event.dataTransfer.items);
      if (found.length) await take(found);
    } catch {
      tell("drop_refused");
    }
  });
  speak();
}
