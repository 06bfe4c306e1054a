// Keeps the ops page up to date. The server sends the same escaped fragment it has rendered into the page.
const live = document.getElementById("live");
const stream = new EventSource(live.dataset.from);
stream.onmessage = (event) => { live.innerHTML = JSON.parse(event.data); };
addEventListener("pagehide", () => stream.close());
