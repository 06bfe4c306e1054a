// The inspector's own browser as a way of pushes (Web Push): asked for by a button and never by itself, told to the house by a form,
// ended by another button. The house tells by a mark which browser it reaches; this one compares its own.
"use strict";
(async () => {
  const root = document.getElementById("ring"), state = document.getElementById("ring-state");
  const words = JSON.parse(root.dataset.words), { point, mark } = root.dataset, SCOPE = "/seat/";
  const begin = document.getElementById("ring-begin"), end = document.getElementById("ring-end"), press = document.getElementById("ring-press");
  const tell = (key) => { state.textContent = words[key]; };
  const able = isSecureContext && "serviceWorker" in navigator && "PushManager" in self && "Notification" in self && crypto.subtle;
  if (!able) {
    begin.remove();
    const apple = /iPhone|iPad/.test(navigator.userAgent) && !matchMedia("(display-mode: standalone)").matches;
    return tell(apple ? "home" : mark ? "elsewhere" : "unable");
  }

  const packed = (text) => btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, ""); // base64url
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
  const markOf = async (held) => { // of the address as the house writes it (connectors/channels/webpush.py, subscription)
    const { endpoint, keys: { auth, p256dh } } = held.toJSON(), address = packed(JSON.stringify({ endpoint, keys: { auth, p256dh } }));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(address)));
    return [...digest].map((one) => one.toString(16).padStart(2, "0")).join("").slice(0, mark.length);
  };
  const ours = ({ options }) => packed(String.fromCharCode(...new Uint8Array(options.applicationServerKey ?? []))) === point;
  const running = async () => { // nobody can be pushed to before its worker runs
    const held = await navigator.serviceWorker.register("/seat/worker.js", { scope: SCOPE }), one = held.active ?? held.waiting ?? held.installing;
    while (one.state !== "activated") await new Promise((good) => one.addEventListener("statechange", good, { once: true }));
    return held.pushManager;
  };

  const own = await (await navigator.serviceWorker.getRegistration(SCOPE))?.pushManager.getSubscription();
  const here = Boolean(own && mark && Notification.permission === "granted" && await markOf(own) === mark);
  tell(here ? "here" : Notification.permission === "denied" ? "denied" : mark ? "elsewhere" : "none");
  if (here) begin.remove();
  begin.hidden = false;
  press.addEventListener("click", async () => {
    press.disabled = true;
    try {
      if (await Notification.requestPermission() !== "granted") return tell("denied");
      tell("asking");
      const pushes = await running(), former = await pushes.getSubscription();
      if (former && !ours(former)) await former.unsubscribe(); // our key is another one since
      const held = await pushes.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(point) });
      begin.elements.subscription.value = JSON.stringify(held);
      begin.submit();
    } catch {
      tell("failed");
    } finally {
      press.disabled = false;
    }
  });
  end?.addEventListener("submit", async (event) => {
    if (!here) return; // it is another phone's that is ended
    event.preventDefault();
    await own.unsubscribe().catch(() => {}); // the house sends nothing more either way
    end.submit();
  });
})();
