// What waits on the phone: results and photos in IndexedDB, and the one way to send them. Shared by the inspector's page and its worker.
// Each waits under an id of its own and is sent under it until the house has answered: then it counts once, however often it was sent.
"use strict";
const Outbox = (() => {
  // Refusals that pass by themselves, when somebody accepts or a day comes (inspector/domain/fieldnote.py, LATER).
  const LATER = ["team_short", "team_not_accepted", "visit_embargoed", "visit_unpublished", "stale"];
  const AWAY = [408, 429, 502, 503, 504]; // nobody of the house has answered, or it cannot now

  const done = (request) => new Promise((good, bad) => {
    request.onsuccess = () => good(request.result);
    request.onerror = () => bad(request.error);
  });
  let opened;
  const open = () => opened ??= new Promise((good, bad) => {
    const asked = indexedDB.open("inspector", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("items", { keyPath: "key", autoIncrement: true }).createIndex("path", "path");
      asked.result.createObjectStore("drafts", { keyPath: "path" });
    };
    asked.onsuccess = () => good(asked.result);
    asked.onerror = () => bad(asked.error);
  });
  const inside = async (store, mode, what) => {
    const wire = (await open()).transaction(store, mode, { durability: "strict" });
    const told = await done(what(wire.objectStore(store)));
    if (mode === "readwrite") await new Promise((good, bad) => { // written is what is committed: a phone may be closed at any moment
      wire.oncomplete = good;
      wire.onabort = wire.onerror = () => bad(wire.error);
    }).catch((error) => { throw error; });
    return told;
  };
  const put = (item) => inside("items", "readwrite", (store) => store.put(item));
  const drop = (key) => inside("items", "readwrite", (store) => store.delete(key));
  const all = (path) => inside("items", "readonly", (store) => store.index("path").getAll(path));
  const draft = (path) => inside("drafts", "readonly", (store) => store.get(path));
  const keep = (held) => inside("drafts", "readwrite", (store) => store.put(held));
  const forget = (path) => inside("drafts", "readwrite", (store) => store.delete(path));
  const now = () => new Date().toISOString();

  // The result's form as a note, read as the house reads it (inspector/web/forms.py, _note).
  const note = (path, form) => {
    const plain = (name) => (form.get(name) ?? "").replaceAll("\r\n", "\n");
    const findings = [];
    for (const [name, verdict] of form) {
      const [kind, case_id, claim] = name.split(":");
      if (kind === "verdict" && verdict) findings.push({ case_id, claim, verdict, note: plain(`note:${case_id}:${claim}`) });
    }
    const [latitude, longitude, within] = plain("measured") ? plain("measured").split(",").map(Number) : [];
    const captured_at = plain("captured_at") || now();
    const arrival = plain("arrival_code") ? { how: plain("arrival_how"), code: plain("arrival_code") } : null;
    const body = {
      captured_at, place: { words: plain("place"), latitude, longitude, within }, findings,
      seen: plain("seen") || null, remarks: plain("remarks"), visited_on: plain("visited_on") || null, arrival,
      sheet: Sheet.read(form),
    };
    return { path, kind: "note", id: plain("message") || crypto.randomUUID(), body, captured_at, state: "waiting" };
  };
  // An attempt to reach somebody, likewise; `at` is typed in the office's time.
  const attempt = (path, form) => {
    const plain = (name) => (form.get(name) ?? "").replaceAll("\r\n", "\n");
    const captured_at = plain("captured_at") || now(), at = plain("at") ? `${plain("at")}:00+08:00` : null;
    const body = { captured_at, way: plain("way"), at, words: plain("words") };
    return { path, kind: "attempt", id: plain("message") || crypto.randomUUID(), body, captured_at, state: "waiting" };
  };
  const base64 = (blob) => new Promise((good, bad) => {
    const reader = new FileReader();
    reader.onload = () => good(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => bad(reader.error);
    reader.readAsDataURL(blob);
  });

  // Send one; whether the house was there.
  const sendOne = async (item) => {
    const [, , name, token] = item.path.split("/");
    const body = { ...item.body, sent_at: now() };
    if (item.kind === "photo") body.content = await base64(item.blob);
    let answer, told;
    try {
      answer = await fetch(`/v1/seats/${name}/${item.kind}s`, {
        method: "POST", redirect: "error", cache: "no-store", signal: AbortSignal.timeout(item.kind === "photo" ? 180_000 : 40_000),
        headers: { "Content-Type": "application/json", "Idempotency-Key": item.id, "X-Link-Token": decodeURIComponent(token) },
        body: JSON.stringify(body),
      });
      told = await answer.json();
    } catch {
      return false; // no signal, or something on the way that speaks for the house
    }
    const receipt = told.receipt ?? told.note, code = told.error?.code;
    if (answer.ok && item.kind === "attempt" && told.attempts) { // it stands on the house's page
      await drop(item.key);
    } else if (answer.ok && receipt && told.came) {
      const { blob, ...rest } = item; // what the house has kept, the phone need not
      await put({ ...rest, state: "kept", receipt, became: told.became, received_at: told.came.received_at });
    } else if (!code || AWAY.includes(answer.status)) {
      return false;
    } else if (code === "message_id_reused") { // the same page was sent once more, with other words: both are versions
      await put({ ...item, id: crypto.randomUUID() });
    } else {
      const why = { en: told.error.message, "zh-Hans": told.error.message_zh };
      const passes = answer.status >= 500 || LATER.includes(code);
      await put({ ...item, state: passes ? "later" : "refused", why });
    }
    return true;
  };

  // Send all that waits, oldest first, one at a time; whether anything has come to an end. Two tabs never send at once.
  const send = async (path, told) => {
    const round = async (lock) => {
      const tried = new Set();
      if (lock === null) return true;
      for (;;) {
        const next = (await all(path)).find((one) => ["waiting", "later"].includes(one.state) && !tried.has(one.id));
        if (!next) return true;
        tried.add(next.id);
        const there = await sendOne(next);
        await told?.();
        if (!there) return false;
      }
    };
    return navigator.locks ? navigator.locks.request("inspector-outbox", { ifAvailable: true }, round) : round();
  };
  return { all, attempt, draft, drop, forget, keep, note, now, put, send };
})();
