// The inspector's page without signal: what was opened opens again, and a result that finds no signal waits on the phone.
"use strict";
importScripts("/static/sheet.js", "/static/outbox.js");
const CACHE = "inspector-seat-1";
const PATIENCE = 8_000, SENDING = 20_000; // milliseconds: one bar of signal is worse than none
const AWAY = [502, 503, 504];

const within = (promise, most) => Promise.race([
  promise, new Promise((_, late) => setTimeout(() => late(new Error("late")), most)),
]);
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (url.origin !== location.origin) return;
  const seat = request.mode === "navigate" && url.pathname.startsWith("/seat/");
  if (request.method === "GET" && (seat || url.pathname.startsWith("/static/"))) event.respondWith(fresh(request, url));
  if (request.method === "POST" && seat) event.respondWith(posted(request, url));
});

// As the house has it now; without it, as it was last seen, in the other language rather than not at all.
async function fresh(request, url) {
  const cache = await caches.open(CACHE);
  const held = await cache.match(request.url) ?? await cache.match(request.url, { ignoreSearch: true });
  try {
    const answer = await (held ? within(fetch(request), PATIENCE) : fetch(request));
    if (held && AWAY.includes(answer.status)) return held;
    if (answer.ok) await cache.put(request.url, answer.clone());
    else if ([403, 404].includes(answer.status)) await cache.delete(url.pathname, { ignoreSearch: true });
    return answer;
  } catch {
    return held ?? Response.error();
  }
}

async function posted(request, url) {
  const form = new URLSearchParams(await request.clone().text());
  try {
    const answer = await within(fetch(request), SENDING);
    if (!AWAY.includes(answer.status)) return answer;
  } catch { /* said below */ }
  if (["result", "arrive"].includes(form.get("do"))) await Outbox.put(Outbox.note(url.pathname, form));
  else if (form.get("do") === "attempt") await Outbox.put(Outbox.attempt(url.pathname, form));
  else await Outbox.keep({ ...await Outbox.draft(url.pathname), path: url.pathname, unsent: true });
  return Response.redirect(url.pathname + url.search, 303);
}
