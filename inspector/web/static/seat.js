// The inspector's page with scripts: it opens without signal, keeps what is typed, takes photos, and tells what waits on the phone.
// Without scripts, or where the browser keeps nothing (no TLS), the page works as the house has rendered it.
"use strict";
(async () => {
  const { root, words, say, made, button } = Waiting;
  Sheet.spread(document.getElementById("result"));
  if (!Waiting.able || !("serviceWorker" in navigator)) return;
  const most = Number(root.dataset.most), path = location.pathname, seat = Outbox.seatOf(path);
  const form = document.getElementById("result"), sought = document.getElementById("attempt"), declining = document.getElementById("decline");
  const asked = document.getElementById("challenge"), here = document.getElementById("arrival");
  const count = document.getElementById("outbox-count"), list = document.getElementById("outbox-list");

  // One tab at a time has the forms of a seat, the last one that its inspector came to: two would write over each other's words.
  const forms = [...document.querySelectorAll("main form")];
  const elsewhere = () => {
    for (const one of forms) one.inert = true;
    const box = made("div", "", { id: "phone-elsewhere", className: "error" });
    box.setAttribute("role", "alert");
    box.append(made("p", words.other_tab), button("this_tab", () => location.reload()));
    forms[0]?.before(box);
  };
  const come = async () => {
    while (document.visibilityState === "hidden") await new Promise((good) => document.addEventListener("visibilitychange", good, { once: true }));
    await new Promise((good) => {
      if (!navigator.locks) return good();
      navigator.locks.request(`inspector-seat:${seat}`, { steal: true }, () => { good(); return new Promise(() => {}); }).catch(elsewhere);
    });
  };
  await come();
  const EDGE = 2560, PLENTY = 1_500_000; // pixels, bytes: a label can be read, and one bar of signal carries it

  // --- what waits, beside what every page tells of it

  const factOf = (about) => {
    const field = form?.querySelector(`[name="verdict:${CSS.escape(about)}"]`)?.closest("fieldset");
    return field?.querySelector("legend").textContent;
  };
  const beside = (item) => {
    if (item.kind === "attempt" && sought) return button("back", () => { Sheet.set([...sought.elements], { ...item.body, at: item.body.at?.slice(0, 16) ?? "" }); sought.scrollIntoView(); });
    if (item.kind === "decline" && declining) return button("back", () => { Sheet.set([...declining.elements], { reason: item.body.reason }); declining.scrollIntoView(); });
    if (item.kind === "challenge" && asked) return button("back", () => { Sheet.set([...asked.elements], { ...item.body, ground: item.body.reason }); asked.scrollIntoView(); });
    if (item.kind === "note" && form && !item.body.arrival) return button("back", () => { fill(item.body); form.scrollIntoView(); });
    return "";
  };
  const typing = () => ["INPUT", "TEXTAREA"].includes(document.activeElement?.tagName)
    || [...document.querySelectorAll("form:not([id]) textarea")].some((one) => one.value !== one.defaultValue); // of those with a name it is kept
  const news = (before, items) => {
    const mine = (held) => held.filter((one) => Outbox.seatOf(one.path) === seat), tries = (held) => mine(held).filter((one) => ["attempt", "decline", "challenge", "choice"].includes(one.kind)).length;
    const known = new Set(before.filter((one) => one.state === "kept").map((one) => one.key));
    const noted = mine(items).some((one) => one.kind === "note" && one.state === "kept" && !known.has(one.key));
    if ((noted || tries(items) < tries(before)) && !typing()) location.reload(); // the house tells what has become of the result
  };
  // What its facts are called, for pages that do not show the form.
  const named = ({ body }) => Object.fromEntries((body.findings ?? (body.claim ? [body] : []))
    .map((one) => `${one.case_id}:${one.claim}`).map((about) => [about, factOf(about)]));
  const store = async (item) => {
    try {
      await Outbox.put({ ...item, named: named(item) });
    } catch {
      return alarm(words.full);
    }
    await Waiting.stored();
    return true;
  };
  const keeping = (kept) => kept.catch(() => { if (!document.getElementById("phone-trouble")) alarm(words.full_draft); }); // said once: it does not pull at who types
  const alarm = (text, at) => { // `at`: the field that it is about, where the browser goes
    document.getElementById("phone-trouble")?.remove();
    for (const one of document.querySelectorAll("[aria-errormessage]")) ["aria-invalid", "aria-errormessage"].forEach((name) => one.removeAttribute(name));
    if (text) count.before(made("p", text, { id: "phone-trouble", className: "error", role: "alert" }));
    document.getElementById("phone-trouble")?.scrollIntoView({ block: "center" });
    if (at && at.type !== "radio") Object.entries({ "aria-invalid": "true", "aria-errormessage": "phone-trouble" }).forEach(([name, value]) => at.setAttribute(name, value));
    at?.focus({ preventScroll: true });
    return false;
  };

  // --- the form: what is typed outlives the page, photos are taken beside each fact, the place is measured

  const fields = () => [...form.elements].filter((one) => one.name && (one.type !== "hidden" || one.name === "measured") && one.tagName !== "FIELDSET" && one.type !== "submit");
  const typed = () => Sheet.typed(fields());
  const set = (values) => {
    Sheet.set(fields(), values);
    form.dispatchEvent(new Event("typed"));
  };
  const fill = (body) => set({
    ...Object.fromEntries(body.findings.flatMap((one) => [[`verdict:${one.case_id}:${one.claim}`, one.verdict], [`note:${one.case_id}:${one.claim}`, one.note]])),
    seen: body.seen, remarks: body.remarks, visited_on: body.visited_on ?? "", place: body.place.words,
    measured: [body.place.latitude, body.place.longitude, body.place.within].filter((one) => one != null).join(","), ...Sheet.values(body.sheet),
  });
  const place = () => {
    const [latitude, longitude, within] = form?.elements.measured?.value ? form.elements.measured.value.split(",").map(Number) : [];
    return { words: form?.elements.place?.value ?? "", latitude, longitude, within };
  };
  const measuring = (where) => {
    const measured = made("p", ""), held = where.elements.measured;
    const tell = () => { // also what was measured before the page was loaded anew, or refused; with the form's other words it is gone
      const [latitude, longitude, within] = held.value.split(",");
      measured.textContent = held.value ? say("measured", { place: `${latitude}, ${longitude}`, within }) : "";
    };
    const measure = button("measure", () => navigator.geolocation.getCurrentPosition(({ coords }) => {
      held.value = [coords.latitude.toFixed(5), coords.longitude.toFixed(5), Math.round(coords.accuracy)].join(",");
      where.dispatchEvent(new Event("input", { bubbles: true }));
    }, () => { measured.textContent = words.unmeasured; }, { enableHighAccuracy: true, timeout: 20_000 }));
    measured.setAttribute("aria-live", "polite");
    ["input", "typed"].forEach((one) => where.addEventListener(one, tell));
    where.addEventListener("reset", () => { held.value = ""; tell(); }); // a hidden field is not reset by its form
    tell();
    return [measure, measured];
  };
  const kindOf = (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff ? "image/jpeg"
    : bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[2] === 0x4e && bytes[3] === 0x47 ? "image/png" : "";
  // A photo as it is sent: what is larger than it need be is scaled down before it is hashed, and says so.
  const scaled = async (file) => {
    let picture;
    try {
      picture = await createImageBitmap(file);
    } catch {
      return { sent: file }; // the house says what is wrong with it
    }
    const { width, height } = picture, by = Math.min(1, EDGE / Math.max(width, height));
    if (by === 1 && file.size <= PLENTY) return { sent: file };
    const canvas = made("canvas", "", { width: Math.round(width * by), height: Math.round(height * by) }), pen = canvas.getContext("2d");
    pen.fillStyle = "white"; // behind what is transparent
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const sent = await new Promise((good) => canvas.toBlob(good, "image/jpeg", 0.85));
    if (!sent || (by === 1 && sent.size >= file.size)) return { sent: file };
    return { sent, remark: say("scaled", { from: `${width}×${height}`, to: `${canvas.width}×${canvas.height}` }) };
  };
  const taken = async (file, about) => {
    if (!kindOf(new Uint8Array(await file.slice(0, 4).arrayBuffer()))) return alarm(words.kind_unknown);
    const { sent, remark } = await scaled(file), content = await sent.arrayBuffer(), type = kindOf(new Uint8Array(content, 0, 4));
    if (content.byteLength > most) return alarm(say("too_large", { most: most / 1e6 }));
    const digest = [...new Uint8Array(await crypto.subtle.digest("SHA-256", content))].map((one) => one.toString(16).padStart(2, "0")).join("");
    const [case_id, claim] = about ? about.split(":") : [null, null], captured_at = Outbox.now();
    const twice = ({ body, state }) => body.digest === digest && body.case_id === case_id && body.claim === claim && state !== "refused";
    if ((await Outbox.all(seat)).some(twice)) return true; // beside another fact it is one of that, too
    const body = { captured_at, digest, case_id, claim, place: place(), ...(remark ? { remark } : {}) };
    return store({ path, kind: "photo", id: crypto.randomUUID(), body, blob: new Blob([content], { type }), bytes: content.byteLength, captured_at, state: "waiting" });
  };
  const camera = (number, about) => {
    const input = made("input", "", { type: "file", id: `photo-${number}`, accept: "image/jpeg,image/png", multiple: true });
    input.setAttribute("aria-describedby", "photo-hint");
    input.addEventListener("change", async () => {
      alarm("");
      for (const file of [...input.files]) await taken(file, about);
      input.value = "";
    });
    return [made("label", about ? words.photos : words.photos_other, { htmlFor: input.id }), input];
  };
  // Whether what a draft was sent as is with the house, by its page, or waits in the outbox.
  const came = async (held) => held?.message && ((await Outbox.all(seat)).some((one) => one.id === held.message)
    || [...document.querySelectorAll("[data-captured]")].some((one) => Date.parse(one.dataset.captured) === Date.parse(held.captured_at)));
  const prepare = async () => {
    const boxes = [...form.querySelectorAll("fieldset[data-fact]")], aboutOf = (box) => box.querySelector("input").name.slice("verdict:".length);
    if (form.elements.place) { // who looks again at what was entered goes nowhere
      form.querySelector("h2").after(made("p", say("photos_hint", { most: most / 1e6, edge: EDGE }), { id: "photo-hint" }));
      let number = 0;
      for (const field of boxes) field.append(...camera(++number, aboutOf(field)));
      form.elements.place.after(...measuring(form), ...camera(0, ""));
    }
    const fresh = form.elements.message.value, held = await Outbox.draft(seat), fold = form.closest("details");
    const facts = Object.fromEntries(boxes.map(aboutOf).map((about) => [about, factOf(about)]));
    const draft = () => ({ values: typed(), named: facts, at: Outbox.now() });
    let same = null; // what was sent, perhaps: as long as nothing is changed in it, it is sent again as the same message, and counts once
    const forget = () => {
      same = null;
      form.elements.message.value = fresh;
    };
    if (await came(held)) await Outbox.forget(seat);
    else if (held?.values && root.dataset.trouble !== "result") {
      set(held.values);
      if (held.message) same = held;
      form.elements.message.value = held.message ?? fresh;
      if (fold) { // the result was entered meanwhile, by somebody else
        fold.open = true;
        alarm(words.typed_beside);
      }
    }
    form.addEventListener("input", () => {
      forget();
      keeping(Outbox.keep(seat, draft()));
    });
    let leaving = false;
    form.addEventListener("submit", async (event) => {
      if (leaving) return;
      event.preventDefault();
      const captured_at = form.elements.captured_at.value = same?.captured_at ?? Outbox.now();
      if (navigator.onLine) { // the house says beside the form what lacks; the worker keeps what finds no signal
        leaving = true;
        await Outbox.keep(seat, { ...draft(), message: form.elements.message.value, captured_at }).catch(() => {}); // it is sent all the same
        return (event.submitter ?? form.querySelector("button[name=do]")).click();
      }
      const item = Outbox.note(path, new URLSearchParams(new FormData(form)));
      item.id = same?.message ?? crypto.randomUUID();
      alarm("");
      const { findings, seen, remarks, sheet } = item.body, flaw = Sheet.flaw(sheet, form);
      if (!findings.length && !seen && !remarks.trim() && Sheet.empty(sheet)) return alarm(words.flaw_empty, form.querySelector("input[type=radio]"));
      const bare = findings.find((one) => one.verdict === "mismatch" && !one.note.trim());
      if (bare) return alarm(words.flaw_wordless, form.elements[`note:${bare.case_id}:${bare.claim}`]);
      if (seen && seen !== "NOTHING" && seen !== "UNREACHABLE" && !remarks.trim()) return alarm(words.flaw_finding, form.elements.remarks);
      if (flaw) return alarm(words[flaw]);
      if (!await store(item)) return;
      form.reset();
      forget();
      await Outbox.forget(seat);
      root.focus();
    });
  };

  // --- the other forms: what is typed in them outlives the page, until the house says by its redirect that it has it

  const said = location.hash.slice(1);
  if (said) history.replaceState(history.state, "", location.pathname + location.search);
  const remember = async (name, where, kind) => {
    const held = await Outbox.draft(seat, name);
    const sent = held?.message && (held.message === said || (await Outbox.all(seat)).some((one) => one.id === held.message));
    if (sent) await Outbox.forget(seat, name);
    if (!where) { // nobody forgets for its inspector what no form shows any more; a code is read again
      const left = held && !sent && kind && Outbox.left(path, held, kind);
      if (left) await Outbox.put(left);
      return held && Outbox.forget(seat, name);
    }
    const own = [...where.elements].filter((one) => one.name && !["hidden", "submit"].includes(one.type) && one.tagName !== "FIELDSET");
    const keep = (more) => keeping(Outbox.keep(seat, { values: Sheet.typed(own), at: Outbox.now(), ...more }, name));
    if (held && !sent && root.dataset.trouble !== name) Sheet.set(own, held.values);
    where.addEventListener("input", () => keep());
    where.addEventListener("submit", () => { if (navigator.onLine) keep({ message: where.elements.message.value }); });
    where.addEventListener("reset", () => Outbox.forget(seat, name));
  };

  // --- an attempt to reach somebody, or that one does not go, written down where there is no signal

  const waiting = async (where, made, field, flaw) => {
    alarm("");
    if (!field.value.trim()) return alarm(words[flaw], field);
    const declined = where === declining && (await Outbox.all(seat)).find((one) => one.kind === "decline" && Outbox.waits(one));
    if (declined && declined.body.reason === field.value) where.reset(); // the same words lie in the outbox
    if (declined) return alarm(words.flaw_declined, field);
    if (!await store({ ...made(path, new URLSearchParams(new FormData(where))), id: crypto.randomUUID() })) return;
    where.reset();
    root.focus();
  };
  const offline = (where, made, field, flaw) => where.addEventListener("submit", (event) => {
    if (where.elements.captured_at) where.elements.captured_at.value = Outbox.now();
    if (navigator.onLine) return;
    event.preventDefault();
    waiting(where, made, where.elements[field], flaw);
  });

  // --- which of two versions stands, said by the lead where there is no signal

  const choosing = (where) => where.addEventListener("submit", async (event) => {
    where.elements.captured_at.value = Outbox.now();
    if (navigator.onLine) return;
    event.preventDefault();
    alarm("");
    const item = Outbox.choice(path, new URLSearchParams(new FormData(where)));
    if (!item.body.note) return alarm(words.flaw_unchosen, where.querySelector("input[type=radio]"));
    if (!item.body.reasons.trim()) return alarm(words.flaw_reasonless, where.elements.reasons);
    if (!await store({ ...item, id: crypto.randomUUID() })) return;
    where.reset();
    root.focus();
  });

  // --- the check-in at the firm: its printed code scanned where the browser can, or typed; another firm's is said at once

  const isFirm = (text, own = here.dataset.firm.toUpperCase(), said = text.normalize("NFKC").toUpperCase().replace(/\s+/g, "")) =>
    said.includes(own) || (said.length >= 6 && own.endsWith(said));
  const checkIn = async () => {
    const { arrival_code, arrival_how, captured_at, place: where } = here.elements;
    captured_at.value = Outbox.now();
    arrival_how.value = arrival_code.dataset.scanned === arrival_code.value ? "SCANNED" : "TYPED";
    const flaw = !arrival_code.value.trim() ? words.flaw_codeless : isFirm(arrival_code.value) ? "" : words.flaw_elsewhere;
    if (flaw) return alarm(flaw, arrival_code);
    alarm("");
    if (!await store({ ...Outbox.note(path, new URLSearchParams(new FormData(here))), id: crypto.randomUUID() })) return;
    here.reset();
    where.value = "";
    root.focus();
  };
  const arrive = async () => {
    here.elements.place.after(...measuring(here));
    here.addEventListener("submit", (event) => { event.preventDefault(); checkIn(); });
    if (!("BarcodeDetector" in self) || !(await BarcodeDetector.getSupportedFormats()).includes("qr_code")) return;
    const input = made("input", "", { type: "file", id: "arrival-scan", accept: "image/*" });
    input.setAttribute("capture", "environment");
    input.addEventListener("change", async () => {
      const [file] = input.files;
      const found = file ? await new BarcodeDetector({ formats: ["qr_code"] }).detect(await createImageBitmap(file)) : [];
      input.value = "";
      if (!found.length) return alarm(words.unscanned);
      here.elements.arrival_code.value = here.elements.arrival_code.dataset.scanned = found[0].rawValue.slice(0, 1000);
      await checkIn();
    });
    document.getElementById("arrival-hint").after(made("label", words.scan, { htmlFor: input.id }), input);
  };

  // What a field has no room for is cut off by the browser without a word.
  document.addEventListener("paste", ({ target, clipboardData }) => {
    const most = target.maxLength, more = clipboardData?.getData("text").length ?? 0;
    if (most > 0 && target.value.length - (target.selectionEnd - target.selectionStart) + more > most) alarm(say("cut", { most }), target);
  });

  // --- the page itself, without signal

  let ready = words.not_kept;
  const shelve = async (address) => {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${answer.status}`);
    await Shelf.put(address, answer);
  };
  // The house opens this page by this address: what waits for the seat goes by it, and what was kept by another one leaves.
  const adopt = async () => {
    const answer = await fetch(location.href);
    if (!answer.ok || !Shelf.own(answer)) throw new Error(`${answer.status}`);
    await Shelf.put(location.href, answer);
    await Outbox.adopt(path);
    await Shelf.drop(`/seat/${seat}/`, path);
  };
  const own = async () => {
    if (root.dataset.over === "yes" && !(await Outbox.all(seat)).some((one) => one.state !== "kept")) {
      await Shelf.drop(`/seat/${seat}/`); // nothing of the subject stays on the phone longer than it is needed
      return ""; // that nothing waits stands above, once
    }
    if (navigator.onLine) await adopt();
    await navigator.serviceWorker.register("/seat/worker.js", { scope: "/seat/" });
    await navigator.serviceWorker.ready;
    const other = document.querySelector("header a[lang]").href;
    const assets = [...document.querySelectorAll("link[href], script[src]")].map((one) => one.href || one.src);
    const shown = [...document.querySelectorAll("#visit-code, #visit-notice")].map((one) => one.href);
    if (navigator.onLine) await Promise.all([other, ...shown, ...assets].map(shelve));
    return words.ready;
  };
  const strays = async () => (await Outbox.all(seat)).some((one) => one.path !== path && Outbox.waits(one));
  for (const item of await Outbox.all(seat)) { // what the page of the house tells, the phone need not tell again
    if (item.state === "kept" && document.querySelector(`[data-receipt="${item.receipt}"]`)) await Outbox.drop(item.key);
  }
  const held = await Outbox.draft(seat);
  if (held?.unsent) {
    alarm(words.no_signal_now);
    await Outbox.keep(seat, { ...held, unsent: false });
  }
  for (const [name, where, kind] of [["attempt", sought, "attempt"], ["decline", declining, "decline"], ["challenge", asked, "challenge"], ["arrival", here, ""]]) {
    await remember(name, where, kind);
  }
  if (here) await arrive();
  if (sought) offline(sought, Outbox.attempt, "words", "flaw_attempt");
  if (declining) offline(declining, Outbox.decline, "reason", "flaw_decline");
  if (asked) offline(asked, Outbox.challenge, "evidence", "flaw_challenge");
  if (said) await Outbox.came(seat, said); // of a clash that is decided no form is left to hear it
  for (const where of document.querySelectorAll("form[data-choice]")) {
    await remember(`choice-${where.elements.about.value}`, where, "");
    choosing(where);
  }
  if (form) await prepare();
  else if (held) { // nobody forgets for its inspector what no form shows any more
    const left = held.values && !await came(held) && Outbox.left(path, held);
    if (left) await Outbox.put(left);
    await Outbox.forget(seat);
  }
  if (!form && root.dataset.takes === "yes") { // the result is entered; what was photographed for it may still come
    list.after(made("p", say("photos_hint", { most: most / 1e6, edge: EDGE }), { id: "photo-hint" }), ...camera(0, ""));
  }
  await Waiting.begin({
    seat, factOf, beside, news, ready: () => ready,
    before: async () => { if (await strays()) await adopt().catch(() => {}); }, // no signal, or the link opens nothing: each says so
    first: async () => {
      try {
        ready = await own();
        navigator.storage?.persist?.();
      } catch { /* said by `ready` */ }
    },
  });
})();
