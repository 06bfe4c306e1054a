// The inspector's page without signal: what was opened opens again for a time, and a result that finds no signal waits on the phone.
"use strict";
importScripts("/static/sheet.js", "/static/outbox.js", "/static/shelf.js");
const PATIENCE = 8_000, SENDING = 20_000; // milliseconds: one bar of signal is worse than none
const WAITING = "/seat/waiting"; // the page that tells what waits, where nothing else may be shown
const ALWAYS = [...["", "?lang=en", "?lang=zh-Hans"].map((lang) => WAITING + lang),
  ...["house.css", "seal.svg", "outbox.js", "sheet.js", "waiting.js"].map((name) => `/static/${name}`)];

const within = (promise, most) => Promise.race([
  promise, new Promise((_, late) => setTimeout(() => late(new Error("late")), most)),
]);
addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(Shelf.NAME).then((cache) => cache.addAll(ALWAYS)));
});
addEventListener("activate", (event) => event.waitUntil(Promise.all([
  clients.claim(), Shelf.tidy(), caches.keys().then((names) => // those of before have no date
    Promise.all(names.filter((one) => one.startsWith("inspector-seat-") && one !== Shelf.NAME).map((one) => caches.delete(one)))),
])));
addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (url.origin !== location.origin) return;
  const seat = request.mode === "navigate" && url.pathname.startsWith("/seat/") && url.pathname !== WAITING;
  if (request.method === "GET" && seat) event.respondWith(page(request, url));
  if (request.method === "GET" && url.pathname.startsWith("/static/")) event.respondWith(asset(request));
  if (request.method === "POST" && seat) event.respondWith(posted(request, url));
});

// As the house has it now; without it, as it was last seen, in the other language rather than not at all.
async function page(request, url) {
  await Shelf.tidy();
  const held = await Shelf.find(request.url);
  try {
    const answer = await (held ? within(fetch(request), PATIENCE) : fetch(request));
    if (answer.type === "opaqueredirect") return answer;
    if (!Shelf.own(answer)) return held ?? answer;
    if (answer.ok) await Shelf.attempt(request.url, answer.clone());
    else if ([403, 404].includes(answer.status)) await Shelf.drop(url.pathname);
    return answer;
  } catch {
    return held ?? await Shelf.find(WAITING + url.search) ?? await Shelf.find(WAITING) ?? Response.error();
  }
}

// A push (connectors/channels/webpush.py): that there is an assignment and until when, and nothing else; the link opens the page. One
// that comes again under its key takes the place of the first.
addEventListener("push", (event) => {
  const { title, by, key, link, urgent } = event.data.json();
  const shown = { body: by ? `→ ${by}` : "", tag: key, data: link, requireInteraction: urgent };
  event.waitUntil(registration.showNotification(title, shown));
});
addEventListener("notificationclick", (event) => {
  const { notification } = event, address = new URL(notification.data, location.origin);
  notification.close();
  if (address.origin === location.origin) event.waitUntil(clients.openWindow(address.href));
});

async function asset(request) {
  const held = await Shelf.find(request.url);
  try {
    const answer = await (held ? within(fetch(request), PATIENCE) : fetch(request));
    if (answer.ok) await Shelf.attempt(request.url, answer.clone());
    return answer.ok ? answer : held ?? answer;
  } catch {
    return held ?? Response.error();
  }
}

async function posted(request, url) {
  const form = new URLSearchParams(await request.clone().text()), seat = Outbox.seatOf(url.pathname);
  try {
    const answer = await within(fetch(request), SENDING);
    if (answer.type === "opaqueredirect" || Shelf.own(answer)) return answer;
  } catch { /* said below */ }
  if (["result", "note", "arrive"].includes(form.get("do"))) await Outbox.put(Outbox.note(url.pathname, form));
  else if (form.get("do") === "attempt") await Outbox.put(Outbox.attempt(url.pathname, form));
  else if (form.get("do") === "challenge") await Outbox.put(Outbox.challenge(url.pathname, form));
  else if (form.get("do") === "choose") await Outbox.put(Outbox.choice(url.pathname, form));
  else if (form.get("do") === "decline") await Outbox.put(Outbox.decline(url.pathname, form));
  else await Outbox.keep(seat, { ...await Outbox.draft(seat), unsent: true });
  const headers = { Location: url.pathname + url.search, "Content-Security-Policy": "default-src 'none'" };
  return new Response(null, { status: 303, headers });
}
