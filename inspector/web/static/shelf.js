// Pages that are kept on the phone, each with the moment until which it may be shown: whom a visit is to is for nobody who finds the phone.
// The house says for how long (`Inspector-Keep`, seconds), the phone's own clock judges. Shared by the inspector's page and its worker.
"use strict";
const Shelf = (() => {
  const NAME = "inspector-seat-2", KEEP = "Inspector-Keep", UNTIL = "Inspector-Until", DAY = 86_400_000;
  const open = () => caches.open(NAME);
  // Whether the house itself has answered, and could: a proxy, a gateway or a house that cannot write is nobody.
  const own = (answer) => answer.headers.has(KEEP) && answer.status < 500 && ![408, 413, 429].includes(answer.status);
  const put = async (request, answer) => {
    const headers = new Headers(answer.headers), seconds = Number(answer.headers.get(KEEP));
    if (answer.headers.has(KEEP)) headers.set(UNTIL, String(Date.now() + seconds * 1000));
    await (await open()).put(request, new Response(await answer.blob(), { status: answer.status, headers }));
  };
  // As well as the phone can: its storage may be full of photos, and what the house has just said is shown all the same.
  const attempt = (request, answer) => put(request, answer).catch(() => {});
  const over = ({ headers }) => { // also by a clock that was put back
    const left = Number(headers.get(UNTIL)) - Date.now();
    return headers.has(UNTIL) && (left <= 0 || left > Number(headers.get(KEEP)) * 1000 + DAY);
  };
  const find = async (address) => {
    const cache = await open();
    for (const how of [{}, { ignoreSearch: true }]) {
      const held = await cache.match(address, how);
      if (held && !over(held)) return held;
    }
  };
  const leave = async (which) => {
    const cache = await open();
    for (const one of await cache.keys()) if (await which(new URL(one.url).pathname, () => cache.match(one))) await cache.delete(one);
  };
  // What lies at an address and below it leaves the phone; `but`: what lies there stays.
  const drop = (from, but = "\0") => leave((path) => path.startsWith(from) && !path.startsWith(but));
  // So does all that is over, whichever page is opened.
  const tidy = () => leave(async (_, held) => over(await held()));
  return { NAME, attempt, drop, find, own, put, tidy };
})();
