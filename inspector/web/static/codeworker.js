// The firm's page without network: as it was last seen. Keys that were given up since are heard of with the next network.
"use strict";
const CACHE = "inspector-code-1", PATIENCE = 5_000;
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  const ours = url.pathname === "/code/check" || url.pathname.startsWith("/static/");
  if (url.origin === location.origin && request.method === "GET" && ours) event.respondWith(fresh(request));
});
async function fresh(request) {
  const cache = await caches.open(CACHE);
  const held = await cache.match(request.url) ?? await cache.match(request.url, { ignoreSearch: true });
  const late = new Promise((_, no) => setTimeout(() => no(new Error("late")), PATIENCE));
  try {
    const answer = await (held ? Promise.race([fetch(request), late]) : fetch(request));
    if (answer.ok) await cache.put(request.url, answer.clone()).catch(() => {}); // full storage takes nothing from who has signal
    return answer.status >= 500 && held ? held : answer;
  } catch {
    return held ?? Response.error();
  }
}
