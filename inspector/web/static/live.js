// Keeps the ops page up to date. The server sends the same escaped fragment it has rendered into the page, and ends the stream now
// and then, so that it asks anew who may watch: one break is nothing, two in a row (or a refusal) are said.
const live = document.getElementById("live");
const pulse = document.getElementById("pulse");
const stream = new EventSource(live.dataset.from);
let shown = "";
let breaks = 0;
const say = (word, name) => { pulse.textContent = pulse.dataset[word]; pulse.className = name; };
stream.onmessage = (event) => {
  const html = JSON.parse(event.data);
  if (breaks) say("live", "now");
  breaks = 0;
  if (html === shown) return; // what is being read or marked stays, as long as it is true
  const open = [...live.querySelectorAll("details[open]")].map((one) => one.id);
  const held = document.activeElement?.closest("#live details")?.id; // whoever walks by keyboard stays where he or she is
  live.innerHTML = shown = html;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (held) document.getElementById(held)?.querySelector("summary").focus({ preventScroll: true });
};
stream.onerror = () => {
  breaks += 1;
  if (breaks > 1 || stream.readyState === EventSource.CLOSED) say("lost", "now error");
};
addEventListener("pagehide", () => stream.close());
