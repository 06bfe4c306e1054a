// What waits on the phone: results and photos in IndexedDB, and the one way to send them. Shared by our pages and their worker.
// Each waits under an id of its own and is sent under it until the house has answered: then it counts once, however often it was sent.
// Each is of a seat, which outlives its links: `path` is the address that opened the seat last, and says by which secret it is sent.
"use strict";
const Outbox = (() => {
  // Refusals that pass by themselves, when somebody accepts or a day comes (inspector/domain/fieldnote.py, LATER);
  const LATER = ["team_short", "team_not_accepted", "visit_embargoed", "visit_unpublished", "attempts_lacking", "stale"];
  const SHUT = ["link_unknown", "link_elsewhere"]; // and these when the seat's next link is opened here
  const AWAY = [408, 429, 502, 503, 504]; // nobody of the house has answered, or it cannot now
  const DOORS = { note: "notes", photo: "photos", attempt: "attempts", decline: "decline", challenge: "recusals", choice: "choices" };
  const TURNS = { photo: 1, choice: 2, decline: 3 }; // in which turn it is sent; all else in the first
  const MISSES = 3; // so many in a row that nobody has answered: the others wait for the next round, in which they come first
  const KEPT = 3 * 86_400_000; // for how long the phone tells what the house has kept, where its page is not opened any more

  const done = (request) => new Promise((good, bad) => {
    request.onsuccess = () => good(request.result);
    request.onerror = () => bad(request.error);
  });
  let opened;
  const open = () => opened = opened ?? new Promise((good, bad) => {
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
    });
    return told;
  };
  // Each row as `act` would have it: another one, null to take it out, or nothing.
  const each = (name, act) => inside(name, "readwrite", (store) => {
    const asked = store.getAll();
    asked.addEventListener("success", () => {
      for (const row of asked.result) {
        const made = act(row);
        if (made) store.put(made);
        if (made === null) store.delete(row[store.keyPath]);
      }
    });
    return asked;
  });
  const now = () => new Date().toISOString();
  const seatOf = (path) => path.split("/")[2]; // "/seat/<name>/<secret>"; a draft's is "/seat/<name>", one of before has the secret, too
  const put = (item) => inside("items", "readwrite", (store) => store.put(item));
  const drop = (key) => inside("items", "readwrite", (store) => store.delete(key));
  // As it is now: whoever has changed it meanwhile, or taken it out, is not written over.
  const amend = ({ key }, told) => inside("items", "readwrite", (store) => {
    const asked = store.get(key);
    asked.addEventListener("success", () => { if (asked.result) store.put(told(asked.result)); });
    return asked;
  });
  const all = async (seat) => (await inside("items", "readonly", (store) => store.getAll())).filter((one) => !seat || seatOf(one.path) === seat);
  const waits = (one) => ["waiting", "later"].includes(one.state);
  // An address has opened its seat: all that waits for the seat goes by it, whatever was called back since it was entered.
  const adopt = (path) => each("items", (one) => seatOf(one.path) === seatOf(path) && one.path !== path ? { ...one, path } : undefined);
  const tidy = () => each("items", ({ state, settled, captured_at }) =>
    state === "kept" && Date.now() - Date.parse(settled ?? captured_at) > KEPT ? null : undefined);
  // What is typed and not sent, of the result's form; `form`: of another one of the seat's page, by its id.
  const lies = (seat, form) => `/seat/${seat}${form ? `/#${form}` : ""}`;
  const other = ({ path }) => path.includes("/#");
  const draft = async (seat, form = "") => {
    const held = (await inside("drafts", "readonly", (store) => store.getAll())).filter((one) => seatOf(one.path) === seat);
    return held.find((one) => one.path === lies(seat, form)) ?? (form ? undefined : held.filter((one) => !other(one)).pop());
  };
  const keep = (seat, held, form = "") => inside("drafts", "readwrite", (store) => store.put({ ...held, path: lies(seat, form) }));
  const forget = (seat, form = "") => each("drafts", (one) =>
    seatOf(one.path) === seat && (form ? one.path === lies(seat, form) : !other(one)) ? null : undefined);
  const came = (seat, message) => each("drafts", (one) => seatOf(one.path) === seat && other(one) && one.message === message ? null : undefined);

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
  // A draft whose form is gone, as what can still be sent of it: nothing leaves before its inspector says so. Words about a fact that
  // has no answer go into the remarks. Undefined, where nothing is typed.
  const left = (path, { values, named, message, captured_at, at }, kind = "note") => {
    const told = Object.entries(values).flatMap(([name, value]) => [value ?? ""].flat().map((one) => [name, one]));
    if (!told.some(([, value]) => value.trim())) return undefined;
    const form = new URLSearchParams(told), item = { note, attempt, decline, challenge }[kind](path, form);
    const words = item.body.words ?? item.body.evidence ?? item.body.reason;
    if (kind !== "note") {
      item.captured_at = item.body.captured_at = at ?? item.captured_at;
      return words.trim() ? { ...item, id: message ?? item.id, state: "typed" } : undefined;
    }
    const loose = told.filter(([name, words]) => name.startsWith("note:") && words.trim() && !form.get(name.replace("note:", "verdict:")))
      .map(([name, words]) => `${named?.[name.slice(5)] ?? name.slice(5)}: ${words}`);
    item.body.remarks = [item.body.remarks, ...loose].filter((one) => one.trim()).join("\n");
    item.captured_at = item.body.captured_at = captured_at ?? at ?? item.captured_at;
    return { ...item, id: message ?? item.id, named, state: "typed" };
  };
  // An attempt to reach somebody, likewise; `at` is typed in the office's time.
  const attempt = (path, form) => {
    const plain = (name) => (form.get(name) ?? "").replaceAll("\r\n", "\n");
    const captured_at = plain("captured_at") || now(), at = plain("at") ? `${plain("at")}:00+08:00` : null;
    const body = { captured_at, way: plain("way"), at, words: plain("words") };
    return { path, kind: "attempt", id: plain("message") || crypto.randomUUID(), body, captured_at, state: "waiting" };
  };
  // That the inspector does not go; `accepted` is what the page said of the seat when it was written.
  const decline = (path, form) => {
    const reason = (form.get("reason") ?? "").replaceAll("\r\n", "\n"), captured_at = form.get("captured_at") || now();
    const body = { captured_at, reason, accepted: form.get("accepted") === "true" };
    return { path, kind: "decline", id: form.get("message") || crypto.randomUUID(), body, captured_at, state: "waiting" };
  };
  // That the firm asks somebody of the team to stay away, written down at its door.
  const challenge = (path, form) => {
    const captured_at = form.get("captured_at") || now();
    const body = { captured_at, inspector: form.get("inspector"), reason: form.get("ground"), evidence: (form.get("evidence") ?? "").replaceAll("\r\n", "\n") };
    return { path, kind: "challenge", id: form.get("message") || crypto.randomUUID(), body, captured_at, state: "waiting" };
  };
  // Which of two versions stands, by the lead; `shown` are those that lay before the lead then.
  const choice = (path, form) => {
    const captured_at = form.get("captured_at") || now(), about = (form.get("about") ?? "").split(":");
    const body = {
      captured_at, case_id: about[0], claim: about.slice(1).join(":"), note: form.get("note") ?? "", shown: form.getAll("shown"),
      reasons: (form.get("reasons") ?? "").replaceAll("\r\n", "\n"),
    };
    return { path, kind: "choice", id: form.get("message") || crypto.randomUUID(), body, captured_at, state: "waiting" };
  };
  const base64 = (blob) => new Promise((good, bad) => {
    const reader = new FileReader();
    reader.onload = () => good(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => bad(reader.error);
    reader.readAsDataURL(blob);
  });

  // Send one; what came of it: "settled" (the house has kept or refused it), "later", or "missed" (nobody of the house has answered).
  const sendOne = async (item) => {
    const [, , name, token] = item.path.split("/");
    const body = { captured_at: item.captured_at, ...item.body, sent_at: now() }; // the first one also of what waits from before it was told
    const missed = async () => {
      await amend(item, (one) => ({ ...one, tries: (one.tries ?? 0) + 1 }));
      return "missed";
    };
    let answer, told;
    const patience = new AbortController(), late = setTimeout(() => patience.abort(), item.kind === "photo" ? 180_000 : 40_000);
    try {
      if (item.kind === "photo") body.content = await base64(item.blob);
      answer = await fetch(`/v1/seats/${name}/${DOORS[item.kind]}`, {
        method: "POST", redirect: "error", cache: "no-store", signal: patience.signal,
        headers: { "Content-Type": "application/json", "Idempotency-Key": item.id, "X-Link-Token": decodeURIComponent(token) },
        body: JSON.stringify(body),
      });
      told = answer.status === 413 ? {} : await answer.json();
    } catch {
      return missed(); // no signal, or something on the way that speaks for the house
    } finally {
      clearTimeout(late);
    }
    const receipt = told?.receipt ?? told?.note, code = told?.error?.code;
    if (answer.ok && { attempt: told?.attempts, decline: told?.seat, challenge: told?.number !== undefined, choice: told?.became }[item.kind]) { // it stands on the house's page
      await drop(item.key);
    } else if (answer.ok && receipt && told.came) { // what the house has kept, the phone need not
      const kept = { state: "kept", settled: now(), receipt, became: told.became, received_at: told.came.received_at };
      await amend(item, ({ blob, ...rest }) => ({ ...rest, ...kept }));
    } else if (answer.status === 413) { // the house's bound, or that of a proxy on the way: it does not pass by itself
      await amend(item, (one) => ({ ...one, state: "large" }));
    } else if (!code || AWAY.includes(answer.status)) {
      return missed();
    } else if (code === "message_id_reused") { // the same page was sent once more, with other words: both are versions
      await amend(item, (one) => ({ ...one, id: crypto.randomUUID() }));
    } else {
      const why = { en: told.error.message, "zh-Hans": told.error.message_zh };
      const passes = answer.status >= 500 || [...LATER, ...SHUT].includes(code);
      await amend(item, (one) => ({ ...one, state: passes ? "later" : "refused", why, tries: (one.tries ?? 0) + 1 }));
      if (passes) return "later";
    }
    return "settled";
  };

  // Send all that waits, of every seat, one at a time: results and attempts before photos, what was tried least first, and a decline
  // last: from then on the house takes nothing else of its seat. What cannot get through is passed by. How many have come to an end, and how many met nobody. Two tabs never send at once.
  const send = async (told) => {
    const round = async (lock) => {
      const tried = new Set(), came = { settled: 0, later: 0, missed: 0 };
      for (const turn of lock === null ? [] : [0, 1, 2, 3]) {
        for (let misses = 0; misses < MISSES;) {
          const open = (await all()).filter((one) => waits(one) && (TURNS[one.kind] ?? 0) === turn && !tried.has(one.id));
          const [next] = open.sort((one, other) => (one.tries ?? 0) - (other.tries ?? 0) || one.key - other.key);
          if (!next) break;
          tried.add(next.id);
          const became = await sendOne(next);
          came[became] += 1;
          misses = became === "missed" ? misses + 1 : 0;
          await told?.();
        }
      }
      return came;
    };
    return navigator.locks ? navigator.locks.request("inspector-outbox", { ifAvailable: true }, round) : round();
  };
  return { adopt, all, amend, attempt, came, challenge, choice, decline, draft, drop, forget, keep, left, note, now, put, seatOf, send, tidy, waits };
})();
