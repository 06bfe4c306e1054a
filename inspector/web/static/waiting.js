// What waits on this phone, as each page tells it that an inspector may have open: how much, what, and why; all of it is sent from there.
"use strict";
const Waiting = (() => {
  const root = document.getElementById("outbox"), words = JSON.parse(root.dataset.words), zh = document.documentElement.lang.startsWith("zh");
  const FIRST = 15_000, LONGEST = 900_000; // milliseconds until it is tried again by itself: twice as long each time that nothing comes of it
  // What the scripts need beyond what they are written in: before Chromium 92, Safari 15.4 and Firefox 95 nothing would ever be sent.
  const old = isSecureContext && !(typeof Outbox === "object" && "indexedDB" in self && crypto.randomUUID && [].at && self.AbortController && crypto.subtle);
  const able = isSecureContext && !old;
  const say = (key, facts = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "…");
  const made = (tag, text = "", set = {}) => Object.assign(document.createElement(tag), { textContent: text }, set);
  const at = (moment) => new Date(moment).toLocaleString("sv-SE").slice(0, 16);
  const count = document.getElementById("outbox-count"), kept = document.getElementById("outbox-kept");
  const list = document.getElementById("outbox-list"), sendNow = document.getElementById("outbox-send");
  // What the page of a seat adds: its name, its facts, a button beside what was refused, and what it does before and after sending.
  let page = { seat: "", factOf: () => undefined, beside: () => "", news: () => {}, ready: () => "", before: () => {}, first: () => {} };
  let shownLast = "", delay = FIRST, timer;

  const factOf = (about, item) => page.factOf(about) ?? item.named?.[about] ?? about.split(":").pop();
  const what = (item) => item.kind === "attempt" ? say("attempt", { words: item.body.words })
    : item.kind === "decline" ? say("decline", { words: item.body.reason }) : item.kind === "challenge" ? say("challenge", { words: item.body.evidence })
    : item.kind === "choice" ? say("choice", { words: item.body.reasons }) : item.kind === "photo"
    ? say("photo", { kilobytes: Math.ceil(item.bytes / 1000), about: item.body.claim ? factOf(`${item.body.case_id}:${item.body.claim}`, item) : words.other })
    : item.body.arrival ? words.arrived : say("note", { facts: item.body.findings.map((one) => factOf(`${one.case_id}:${one.claim}`, item)).join(" / ") || item.body.remarks || words.other });
  const state = (item) => {
    if (item.state === "large") return words[item.kind === "photo" ? "large_photo" : "large"];
    if (item.state !== "kept") return say(item.state, { why: item.why?.[zh ? "zh-Hans" : "en"] });
    const facts = { at: at(item.received_at), receipt: item.receipt };
    return item.kind === "photo" || item.body.arrival ? say("kept", facts) : say("kept_note", { ...facts, why: words[`became_${item.became.toLowerCase()}`] });
  };
  const button = (key, press) => {
    const held = made("button", words[key], { type: "button", className: "second" });
    held.addEventListener("click", press);
    return held;
  };
  const back = (one) => ["refused", "large"].includes(one.state);
  // What stands in it, word for word, where no form shows it.
  const said = (item) => [
    ...(item.body.findings ?? []).map((one) => `${factOf(`${one.case_id}:${one.claim}`, item)}: ${words[`verdict_${one.verdict}`]}${one.note ? ` · ${one.note}` : ""}`),
    item.body.remarks, ...(item.body.sheet?.rows ?? []).map((one) => one.words), item.body.sheet?.statement,
  ].filter((one) => one?.trim());
  const resend = async (item) => { await Outbox.amend(item, (one) => ({ ...one, state: "waiting" })); send(); };
  // Words that are gone for good take two presses.
  const discard = (item) => button("discard", async ({ target }) => {
    if (target.textContent === words.discard) return void (target.textContent = words.discard_sure);
    await Outbox.drop(item.key);
    await told();
    root.focus();
  });
  const shown = (item) => {
    const row = made("li");
    row.append(made("b", what(item)), made("br"), say("captured", { at: at(item.captured_at) }));
    if (item.body.remark) row.append(made("br"), item.body.remark);
    row.append(made("br"), made("span", state(item)));
    if (item.kind === "decline" && Outbox.waits(item)) {
      row.append(made("br"), words.decline_counts, made("br"), button("withdraw", async () => { await Outbox.drop(item.key); await told(); }));
    }
    if (item.state === "typed") {
      row.append(...said(item).flatMap((one) => [made("br"), made("span", one, { className: "typed", dir: "auto" })]), made("br"), button("send_typed", () => resend(item)), " ", discard(item));
    }
    if (back(item)) {
      row.lastChild.className = "error";
      row.append(made("br"), button("again", () => resend(item)), " ", page.beside(item), ...(item.kind === "note" ? [" ", discard(item)] : []));
      if (item.blob) row.append(" ", made("a", words.save, { href: URL.createObjectURL(item.blob), download: `${item.body.digest.slice(0, 16)}.${item.blob.type.split("/")[1]}` }));
    }
    return row;
  };
  const told = async () => {
    const held = await Outbox.all(), mine = (one) => !page.seat || Outbox.seatOf(one.path) === page.seat;
    const items = held.filter((one) => mine(one) && (page.seat || one.state !== "kept")), open = items.filter(Outbox.waits).length;
    const refused = items.filter(back).length, unsent = items.filter((one) => one.state === "typed").length, others = held.filter((one) => !mine(one) && Outbox.waits(one)).length;
    const sums = [open ? say("waits", { count: open }) : others || unsent ? "" : words.none, unsent ? say("unsent", { count: unsent }) : "", others ? say("elsewhere", { count: others }) : "", refused ? say("held_back", { count: refused }) : ""].join(" ").trim();
    if (count.textContent !== sums) count.textContent = sums;
    const now = JSON.stringify(items.map(({ blob, tries, ...rest }) => rest)); // whoever is at a button is not sent away for nothing
    if (now !== shownLast) list.replaceChildren(...items.map(shown));
    shownLast = now;
    if (page.seat || items.length || root.dataset.always) root.hidden = false;
    if (!others && items.every((one) => one.state === "kept")) sendNow.remove();
    else if (!sendNow.isConnected) kept.before(sendNow);
  };
  const tell = (text) => { if (kept.textContent !== text) kept.textContent = text; };

  // --- sending: at once, when there is signal again, and by itself as long as anything waits

  const any = async () => (await Outbox.all()).some(Outbox.waits);
  const arm = async () => {
    const needed = await any();
    clearTimeout(timer);
    if (needed) timer = setTimeout(() => send({ quiet: true }), delay);
  };
  const send = async ({ quiet = false } = {}) => {
    delay = quiet ? Math.min(delay * 2, LONGEST) : FIRST;
    if (!quiet) tell(words.sending);
    await page.before();
    const before = await Outbox.all(), came = await Outbox.send(told);
    await told();
    if (came.settled) delay = FIRST;
    tell(came.missed && !came.settled ? words.no_signal : page.ready());
    page.news(before, await Outbox.all());
    await arm();
  };
  const stored = async () => {
    await told();
    if (navigator.onLine) send();
    else await arm();
  };
  const begin = async (more = {}) => {
    page = { ...page, ...more };
    await Outbox.tidy();
    await told();
    sendNow.addEventListener("click", () => send());
    addEventListener("online", () => send());
    document.addEventListener("visibilitychange", async () => { if (document.visibilityState === "visible" && await any()) send({ quiet: true }); });
    await page.first();
    tell(page.ready());
    if (!await any()) return;
    if (navigator.onLine) await send();
    else await arm();
  };
  if (old) {
    root.hidden = false;
    sendNow.remove();
    count.textContent = words.too_old;
  }
  if (able && !root.dataset.takes) begin(); // the page of a seat begins by itself
  return { able, begin, button, made, root, say, stored, told, words };
})();
