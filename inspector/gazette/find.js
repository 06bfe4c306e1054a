// The search of the register: loads the parts of names one by one, the newest first, and shows where a name or a code stands.
// Nothing leaves the folder, nothing is kept, and what a part holds is text and never markup.
"use strict";

(() => {
  const form = document.querySelector("form");
  const status = document.querySelector("[role=status]");
  const list = document.querySelector("ol");
  const { parts, most, root, ...words } = form.dataset;
  const held = new Map();
  let turn = 0;

  // As in a heading of the register: full width, case and blanks tell nobody apart.
  const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/gu, "");

  const say = (word, facts = {}) => {
    status.textContent = words[word].replace(/\{(\w+)\}/gu, (_, name) => facts[name]);
  };

  window.part = (number, rows) => held.set(number, rows);

  const load = (number) =>
    new Promise((done, failed) => {
      if (held.has(number)) {
        done(held.get(number));
        return;
      }
      const script = document.createElement("script");
      script.src = `${root}find/${String(number).padStart(5, "0")}.js`;
      script.onload = () => {
        script.remove();
        if (held.has(number)) done(held.get(number));
        else failed(new Error("empty"));
      };
      script.onerror = () => {
        script.remove();
        failed(new Error("absent"));
      };
      document.head.append(script);
    });

  const show = ([name, code, on, place]) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = place;
    link.textContent = `${name} ${code} ${on}`;
    item.append(link);
    list.append(item);
  };

  const search = async (asked) => {
    const mine = ++turn;
    list.replaceChildren();
    if ([...asked].length < 2) {
      say("tooShort");
      return;
    }
    let found = 0;
    for (let number = Number(parts); number > 0; number -= 1) {
      say("searching", { done: Number(parts) - number, parts });
      let rows;
      try {
        rows = await load(number);
      } catch {
        if (mine === turn) say("partLacks", { number });
        return;
      }
      if (mine !== turn) return; // somebody has asked for something else meanwhile
      for (let at = rows.length - 1; at >= 0; at -= 1) {
        if (!plain(rows[at][0]).includes(asked) && !rows[at][1].toLowerCase().includes(asked)) continue;
        if (found === Number(most)) {
          say("tooMany", { found });
          return;
        }
        found += 1;
        show(rows[at]);
      }
    }
    say("searched", { found });
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search(plain(form.elements.asked.value));
  });
})();
