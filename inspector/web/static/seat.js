// The inspector's page with scripts: it opens without signal, keeps what is typed, takes photos, and tells what waits on the phone.
// Without scripts, or where the browser keeps nothing (no TLS), the page works as the house has rendered it.
"use strict";
(async () => {
  const root = document.getElementById("outbox");
  if (!isSecureContext || !("serviceWorker" in navigator) || !("indexedDB" in self)) return;
  const words = JSON.parse(root.dataset.words), most = Number(root.dataset.most), path = location.pathname;
  const zh = document.documentElement.lang.startsWith("zh");
  const form = document.getElementById("result"), sought = document.getElementById("attempt");
  const say = (key, facts = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "…");
  const made = (tag, text = "", set = {}) => Object.assign(document.createElement(tag), { textContent: text }, set);
  const at = (moment) => new Date(moment).toLocaleString("sv-SE").slice(0, 16);
  const count = document.getElementById("outbox-count"), kept = document.getElementById("outbox-kept");
  const list = document.getElementById("outbox-list"), sendNow = document.getElementById("outbox-send");
  root.hidden = false;

  // --- what waits

  const factOf = (about) => {
    const field = form?.querySelector(`[name="verdict:${CSS.escape(about)}"]`)?.closest("fieldset");
    return field?.querySelector("legend").textContent ?? about.split(":").pop();
  };
  const what = (item) => item.kind === "attempt" ? say("attempt", { words: item.body.words }) : item.kind === "photo"
    ? say("photo", { kilobytes: Math.ceil(item.bytes / 1000), about: item.body.claim ? factOf(`${item.body.case_id}:${item.body.claim}`) : words.other })
    : item.body.arrival ? words.arrived : say("note", { facts: item.body.findings.map((one) => factOf(`${one.case_id}:${one.claim}`)).join(" / ") || item.body.remarks || words.other });
  const state = (item) => {
    const why = item.why?.[zh ? "zh-Hans" : "en"];
    if (item.state !== "kept") return say(item.state, { why });
    const facts = { at: at(item.received_at), receipt: item.receipt };
    return item.kind === "photo" || item.body.arrival ? say("kept", facts) : say("kept_note", { ...facts, why: words[`became_${item.became.toLowerCase()}`] });
  };
  const button = (key, press) => {
    const held = made("button", words[key], { type: "button", className: "second" });
    held.addEventListener("click", press);
    return held;
  };
  const shown = (item) => {
    const row = made("li");
    row.append(made("b", what(item)), made("br"), say("captured", { at: at(item.captured_at) }), made("br"), made("span", state(item)));
    if (item.state === "refused") {
      row.lastChild.className = "error";
      row.append(made("br"), button("again", async () => { await Outbox.put({ ...item, state: "waiting" }); send(); }));
      if (item.kind === "attempt" && sought) row.append(" ", button("back", () => { Sheet.set([...sought.elements], { ...item.body, at: item.body.at?.slice(0, 16) ?? "" }); sought.scrollIntoView(); }));
      if (item.kind === "note" && form && !item.body.arrival) row.append(" ", button("back", () => { fill(item.body); form.scrollIntoView(); }));
      if (item.blob) row.append(" ", made("a", words.save, { href: URL.createObjectURL(item.blob), download: `${item.body.digest.slice(0, 16)}.${item.blob.type.split("/")[1]}` }));
    }
    return row;
  };
  const told = async () => {
    const items = await Outbox.all(path), open = items.filter((one) => ["waiting", "later"].includes(one.state)).length;
    const refused = items.filter((one) => one.state === "refused").length;
    const said = [open ? say("waits", { count: open }) : words.none, refused ? say("held_back", { count: refused }) : ""].join(" ").trim();
    if (count.textContent !== said) count.textContent = said;
    list.replaceChildren(...items.map(shown));
    if (items.every((one) => one.state === "kept")) sendNow.remove();
    else if (!sendNow.isConnected) kept.before(sendNow);
    return items;
  };
  const typing = () => ["INPUT", "TEXTAREA"].includes(document.activeElement?.tagName);
  const send = async () => {
    const held = await Outbox.all(path), tries = (items) => items.filter((one) => one.kind === "attempt").length;
    const before = new Set(held.filter((one) => one.state === "kept").map((one) => one.key));
    kept.textContent = words.sending;
    const there = await Outbox.send(path, told);
    const items = await told();
    kept.textContent = there ? ready : words.no_signal;
    const news = items.some((one) => one.kind === "note" && one.state === "kept" && !before.has(one.key));
    if ((news || tries(items) < tries(held)) && !typing()) location.reload(); // the house tells what has become of the result
  };
  const store = async (item) => {
    try {
      await Outbox.put(item);
    } catch {
      return alarm(words.full);
    }
    await told();
    if (navigator.onLine) send();
    return true;
  };
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

  const fields = () => [...form.elements].filter((one) => one.name && one.type !== "hidden" && one.tagName !== "FIELDSET" && one.type !== "submit");
  const typed = () => Sheet.typed(fields());
  const set = (values) => Sheet.set(fields(), values);
  const fill = (body) => set({
    ...Object.fromEntries(body.findings.flatMap((one) => [[`verdict:${one.case_id}:${one.claim}`, one.verdict], [`note:${one.case_id}:${one.claim}`, one.note]])),
    seen: body.seen, remarks: body.remarks, visited_on: body.visited_on ?? "", place: body.place.words, ...Sheet.values(body.sheet),
  });
  const place = () => {
    const [latitude, longitude, within] = form?.elements.measured?.value ? form.elements.measured.value.split(",").map(Number) : [];
    return { words: form?.elements.place?.value ?? "", latitude, longitude, within };
  };
  const measuring = (where) => {
    const measured = made("p", "");
    const measure = button("measure", () => navigator.geolocation.getCurrentPosition(({ coords }) => {
      const found = [coords.latitude.toFixed(5), coords.longitude.toFixed(5), Math.round(coords.accuracy)];
      where.elements.measured.value = found.join(",");
      measured.textContent = say("measured", { place: `${found[0]}, ${found[1]}`, within: found[2] });
    }, () => { measured.textContent = words.unmeasured; }, { enableHighAccuracy: true, timeout: 20_000 }));
    measured.setAttribute("aria-live", "polite");
    return [measure, measured];
  };
  const kindOf = (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff ? "image/jpeg"
    : bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[2] === 0x4e && bytes[3] === 0x47 ? "image/png" : "";
  const taken = async (file, about) => {
    const content = await file.arrayBuffer(), type = kindOf(new Uint8Array(content, 0, Math.min(4, content.byteLength)));
    if (!type) return alarm(words.kind_unknown);
    if (content.byteLength > most) return alarm(say("too_large", { most: most / 1e6 }));
    const digest = [...new Uint8Array(await crypto.subtle.digest("SHA-256", content))].map((one) => one.toString(16).padStart(2, "0")).join("");
    if ((await Outbox.all(path)).some((one) => one.body.digest === digest && one.state !== "refused")) return true; // chosen twice
    const [case_id, claim] = about ? about.split(":") : [null, null], captured_at = Outbox.now();
    const body = { captured_at, digest, case_id, claim, place: place() };
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
  const prepare = async () => {
    if (form.elements.place) { // who looks again at what was entered goes nowhere
      form.querySelector("h2").after(made("p", say("photos_hint", { most: most / 1e6 }), { id: "photo-hint" }));
      let number = 0;
      for (const field of form.querySelectorAll("fieldset[data-about]")) field.append(...camera(++number, field.dataset.about));
      form.elements.place.after(...measuring(form), ...camera(0, ""));
    }
    const held = await Outbox.draft(path);
    if (held?.sent) await Outbox.forget(path);
    else if (held?.values && !root.dataset.trouble) set(held.values);
    form.addEventListener("input", () => Outbox.keep({ path, values: typed() }));
    form.addEventListener("submit", async (event) => {
      form.elements.captured_at.value = Outbox.now();
      if (navigator.onLine) {
        if (navigator.serviceWorker.controller) Outbox.keep({ path, values: typed(), sent: true });
        return; // the house says beside the form what lacks; the worker keeps what finds no signal
      }
      event.preventDefault();
      const item = Outbox.note(path, new URLSearchParams(new FormData(form)));
      item.id = crypto.randomUUID();
      alarm("");
      const { findings, seen, remarks, sheet } = item.body, flaw = Sheet.flaw(sheet, form);
      if (!findings.length && !seen && !remarks.trim() && Sheet.empty(sheet)) return alarm(words.flaw_empty, form.querySelector("input[type=radio]"));
      const bare = findings.find((one) => one.verdict === "mismatch" && !one.note.trim());
      if (bare) return alarm(words.flaw_wordless, form.elements[`note:${bare.case_id}:${bare.claim}`]);
      if ((seen === "FINDING" || seen === "UNCLEAR") && !remarks.trim()) return alarm(words.flaw_finding, form.elements.remarks);
      if (flaw) return alarm(words[flaw]);
      if (!await store(item)) return;
      form.reset();
      await Outbox.forget(path);
      root.focus();
    });
  };

  // --- an attempt to reach somebody, written down where there is no signal

  const seek = () => sought.addEventListener("submit", async (event) => {
    sought.elements.captured_at.value = Outbox.now();
    if (navigator.onLine) return;
    event.preventDefault();
    alarm("");
    if (!sought.elements.words.value.trim()) return alarm(words.flaw_attempt, sought.elements.words);
    if (!await store({ ...Outbox.attempt(path, new URLSearchParams(new FormData(sought))), id: crypto.randomUUID() })) return;
    sought.reset();
    root.focus();
  });

  // --- the check-in at the firm: its printed code scanned where the browser can, or typed; another firm's is said at once

  const here = document.getElementById("arrival");
  const isFirm = (text, own = here.dataset.firm.toUpperCase(), said = text.toUpperCase().replace(/\s+/g, "")) =>
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
    here.elements.measured.value = where.value = "";
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

  // --- the page itself, without signal

  let ready = words.not_kept;
  const own = async () => {
    const cache = await caches.open("inspector-seat-1"), over = root.dataset.over === "yes";
    if (over && !(await Outbox.all(path)).some((one) => one.state !== "kept")) {
      for (const one of [path, `${path}/code`]) await cache.delete(one, { ignoreSearch: true }); // nothing of the subject stays on the phone longer than it is needed
      return words.none;
    }
    await navigator.serviceWorker.register("/seat/worker.js", { scope: "/seat/" });
    await navigator.serviceWorker.ready;
    const other = document.querySelector("header a[lang]").href;
    const assets = [...document.querySelectorAll("link[href], script[src]")].map((one) => one.href || one.src);
    const code = [...document.querySelectorAll("#visit-code")].map((one) => one.href);
    if (navigator.onLine) await cache.addAll([...new Set([location.href, other, ...code, ...assets])]);
    return words.ready;
  };
  for (const item of await Outbox.all(path)) { // what the page of the house tells, the phone need not tell again
    if (item.state === "kept" && document.querySelector(`[data-receipt="${item.receipt}"]`)) await Outbox.drop(item.key);
  }
  const held = await Outbox.draft(path);
  if (held?.unsent) {
    alarm(words.no_signal_now);
    await Outbox.keep({ ...held, unsent: false });
  }
  if (here) await arrive();
  if (sought) seek();
  if (form) await prepare();
  else if (root.dataset.takes === "yes") { // the result is entered; what was photographed for it may still come
    list.after(made("p", say("photos_hint", { most: most / 1e6 }), { id: "photo-hint" }), ...camera(0, ""));
  }
  await told();
  sendNow.addEventListener("click", send);
  addEventListener("online", send);
  try {
    ready = await own();
    navigator.storage?.persist?.();
  } catch { /* said by `ready` */ }
  kept.textContent = ready;
  if (navigator.onLine && (await Outbox.all(path)).some((one) => ["waiting", "later"].includes(one.state))) await send();
})();
