// The firm's page: whether a visit code is real, for this firm, for now, and new to this phone. All of it is decided here, without network;
// what was found good is told to the agency when there is network. Written from inspector/domain/visitcode.py, with WebCrypto alone.
"use strict";
(async () => {
  const root = document.getElementById("gate"), state = document.getElementById("gate-state");
  const words = JSON.parse(root.dataset.words), keys = JSON.parse(root.dataset.keys), alone = root.dataset.alone === "yes";
  const say = (key, facts = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "…");
  const made = (tag, text = "", set = {}) => Object.assign(document.createElement(tag), { textContent: text }, set);
  const field = (id) => document.getElementById(id);
  const at = (moment) => new Date(moment).toLocaleString("sv-SE").slice(0, 16);
  if (!keys.length) return;
  if (!crypto.subtle) return void (state.textContent = words.insecure);

  // --- what this phone remembers: the firm's code, its own name, and the codes that it has seen, each by itself: whatever other tabs do

  const MINE = "inspector-gate-", SEEN = `${MINE}seen-`;
  const memory = (() => {
    try {
      localStorage.setItem(`${MINE}try`, "1");
      localStorage.removeItem(`${MINE}try`);
      return localStorage;
    } catch { return null; }
  })();
  const forgotten = new Map(); // where the browser keeps nothing, or has no room left: as long as the page is open
  const read = (name) => memory?.getItem(name) ?? forgotten.get(name) ?? null;
  const write = (name, text) => {
    try {
      memory.setItem(name, text);
      forgotten.delete(name);
    } catch { forgotten.set(name, text); }
  };
  const recall = (name, otherwise) => JSON.parse(read(MINE + name) ?? "null") ?? otherwise;
  const keep = (name, value) => write(MINE + name, JSON.stringify(value));
  const hex = (bytes) => [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
  const phone = recall("phone", hex(crypto.getRandomValues(new Uint8Array(16))));
  keep("phone", phone);
  // By the digest of what was signed: when, and whether the agency knows. Read at the moment of judging.
  const seen = (name) => recall(`seen-${name}`, null);
  const unsent = () => [...Object.keys(memory ?? {}), ...forgotten.keys()].filter((one) => one.startsWith(SEEN))
    .map((one) => [one.slice(SEEN.length), seen(one.slice(SEEN.length))]).filter(([, one]) => one && !one.sent);
  for (const [name, one] of Object.entries(recall("seen", {}))) if (!seen(name)) keep(`seen-${name}`, one); // of a page of before
  memory?.removeItem(`${MINE}seen`);

  // --- what a code says, and whether it may

  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
  const digest = async (content) => hex(new Uint8Array(await crypto.subtle.digest("SHA-256", content)));
  const believing = await Promise.all(keys.map(async ({ by, point }) => ({
    by, key: await crypto.subtle.importKey("raw", bytes(point), { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]),
  })));
  const signer = async (signature, signed) => {
    for (const { by, key } of believing) {
      if (await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, signed)) return by;
    }
    return null;
  };
  const refused = (why, facts = {}, code = null) => ({ why, facts, code });
  const judge = async (text, firm, now) => {
    const found = /SSV1\.([A-Za-z0-9_-]{40,1600})\.([A-Za-z0-9_-]{86})/.exec(text.normalize("NFKC").replace(/\s+/g, ""));
    if (!found) return refused("unreadable");
    let signed, code, by;
    try {
      signed = bytes(found[1]);
      by = await signer(bytes(found[2]), signed);
      if (by === null) return refused("forged");
      code = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(signed));
      if (code.v !== "ssv1") return refused("newer");
    } catch { return refused("unreadable"); }
    const mark = (await digest(new TextEncoder().encode(`ssv1/firm\n${code.n}\n${firm}`))).slice(0, 32);
    if (mark !== code.f) return refused("other_firm", {}, code);
    const [first, last] = [Date.parse(code.b), Date.parse(code.e)], facts = { day: code.b.slice(0, 10), first: code.b.slice(11, 16), last: code.e.slice(11, 16), now: at(now) };
    const day = new Date(now + 8 * 3600_000).toISOString().slice(0, 10); // the offices', wherever the phone believes to be
    if (day !== facts.day) return refused("other_day", facts, code);
    if (!(first <= now && now <= last)) return refused("other_hour", facts, code);
    const name = await digest(signed), over = code.p.find((one) => one[2] && one[2] < day); // dates of one length are in order as texts are
    if (over) return { ...refused("lapsed", { ...facts, who: over[0], number: over[1], until: over[2] }, code), name, text: found[0] };
    const before = seen(name);
    if (before) return refused("again", { at: at(before.at) }, code);
    return { why: "", name, by, code, text: found[0] };
  };

  // --- what is said about it

  const told = (code) => {
    const list = made("dl");
    for (const [key, values] of [["people", code.p.map(([who, number, until]) => [who, number, ...(until ? [say("until", { until })] : [])].join(" · "))], ["scope", code.s], ["agency", [code.a]],
      ["hours", [`${code.b.slice(0, 10)} ${code.b.slice(11, 16)}–${code.e.slice(11, 16)}`]], ["draw", [code.d]], ["witness", [code.w]]]) {
      list.append(made("dt", words[key]), ...values.map((one) => made("dd", one, { className: key === "witness" ? "typed" : "" })));
    }
    return list;
  };
  const show = (verdict) => {
    const place = field("verdict"), good = !verdict.why;
    place.replaceChildren(made("h2", good ? words.good : words.bad, { id: good ? "good" : "bad" }));
    place.append(made("p", good ? say("good_hint", { by: verdict.by }) : say(`not_${verdict.why}`, verdict.facts), { className: good ? "now" : "error" }));
    if (verdict.code) place.append(told(verdict.code));
    if (!good) place.append(made("p", words.bad_hint));
    place.focus();
  };
  const waits = () => {
    const open = unsent().length;
    field("gate-waits").textContent = [memory ? "" : words.forgetful, alone ? words.alone : open ? say("waits", { count: open }) : ""].join(" ").trim();
  };

  // --- telling the agency, when there is network

  const send = async () => {
    if (alone || !memory) return;
    for (const [name, one] of unsent()) {
      try {
        const answer = await fetch("/v1/scans", {
          method: "POST", redirect: "error", cache: "no-store", headers: { "Content-Type": "application/json" }, signal: AbortSignal.timeout(20_000),
          body: JSON.stringify({ code: one.text, phone, scanned_at: one.at, sent_at: new Date().toISOString() }),
        });
        const heard = await answer.json();
        if (!(answer.ok && heard.code === name) && !(heard.error?.code && answer.status < 500 && ![408, 429].includes(answer.status))) break;
        keep(`seen-${name}`, { at: one.at, sent: true });
      } catch { break; } // no network, or something that speaks for the house
    }
    waits();
  };
  // One tab at a time, so that no two accept one code at one moment; a file from a disk has no tabs that know of each other.
  const alike = (what) => navigator.locks && !alone ? navigator.locks.request("inspector-gate", what) : what();
  const press = async () => {
    const firm = field("firm").value.normalize("NFKC").replace(/\s+/g, "").toUpperCase(); // an input method may write full width
    if (!firm) {
      show(refused("firmless"));
      return field("firm").focus();
    }
    keep("firm", firm);
    show(await alike(async () => {
      const now = Date.now(), verdict = await judge(field("code").value, firm, now);
      if (verdict.name && !seen(verdict.name)) { // real, and new here; whose certificate is over the agency hears of, too
        keep(`seen-${verdict.name}`, { at: new Date(now).toISOString(), text: verdict.text });
      }
      return verdict;
    }));
    waits();
    await send();
  };
  field("judge").addEventListener("click", press);
  field("firm").value = recall("firm", "");
  if ("BarcodeDetector" in self && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    const picture = made("input", "", { type: "file", id: "picture", accept: "image/*" });
    picture.setAttribute("capture", "environment");
    field("judge").before(made("label", words.picture, { htmlFor: "picture" }), picture);
    picture.addEventListener("change", async () => {
      const [file] = picture.files;
      const found = file ? await new BarcodeDetector({ formats: ["qr_code"] }).detect(await createImageBitmap(file)) : [];
      field("code").value = found[0]?.rawValue ?? "";
      picture.value = "";
      await press();
    });
  }
  root.hidden = false;
  state.textContent = words.ready;
  waits();
  addEventListener("online", send);
  if (!alone && "serviceWorker" in navigator) {
    try {
      await navigator.serviceWorker.register("/code/worker.js", { scope: "/code/" });
      await navigator.serviceWorker.ready;
      const assets = [...document.querySelectorAll("link[href], script[src]")].map((one) => one.href || one.src);
      if (navigator.onLine) await (await caches.open("inspector-code-1")).addAll([location.href, document.querySelector("header a[lang]").href, ...assets]);
      state.textContent = words.kept;
    } catch { /* said by `ready` */ }
  }
  await send();
})();
