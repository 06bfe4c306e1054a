// The check sheet and the boxes of a form that have several values: read, kept and put back. Shared by the inspector's page and its worker.
"use strict";
const Sheet = (() => {
  const LISTS = ["outcomes", "modes", "follow_ups"];

  // The sheet of a posted form, as the house reads it (inspector/web/checksheets.py, of_form).
  const read = (form) => {
    const plain = (name) => (form.get(name) ?? "").replaceAll("\r\n", "\n");
    const rows = [];
    for (const name of form.keys()) {
      const [kind, ...rest] = name.split(":"), item = rest.join(":");
      if (kind !== "sheet_words") continue;
      const row = { item, ...Object.fromEntries(LISTS.map((list) => [list, form.getAll(`${list}:${item}`).filter(Boolean)])) };
      row.followed_on = plain(`followed_on:${item}`) || null;
      row.words = plain(name);
      if (row.words || row.followed_on || LISTS.some((list) => row[list].length)) rows.push(row);
    }
    const told = Object.fromEntries(["signer", "signing_reason", "witness", "statement"].map((name) => [name, plain(name)]));
    return { rows, signing: plain("signing") || null, ...told };
  };
  const empty = (sheet) => !sheet.rows.length && !sheet.signing && !sheet.statement.trim();
  // What the house would refuse, said at once: the name of the words that say it.
  const flaw = (sheet, form) => {
    if (sheet.signing === "SIGNED" && !sheet.signer.trim()) return "flaw_signer";
    if (sheet.signing === "REFUSED" && !sheet.signing_reason.trim()) return "flaw_refused";
    if (!sheet.signing && (sheet.signer || sheet.signing_reason || sheet.witness)) return "flaw_signing";
    const alone = (list, item, code) => form.querySelector(`[name="${CSS.escape(`${list}:${item}`)}"][value="${CSS.escape(code)}"]`)?.hasAttribute("data-alone");
    const both = sheet.rows.some((row) => LISTS.some((list) => row[list].length > 1 && row[list].some((code) => alone(list, row.item, code))));
    return both ? "flaw_alone" : "";
  };

  // Of many items the house writes the boxes beside the first one only, and beside the others those that are ticked.
  const spread = (form) => {
    const whole = form?.querySelector("details[data-item]:not([data-lean])");
    for (const one of form?.querySelectorAll("details[data-lean]") ?? []) {
      const ticked = [...one.querySelectorAll("input:checked[type=checkbox]")].map((box) => box.name + box.value);
      const copies = [...whole.querySelectorAll("fieldset")].map((field) => field.cloneNode(true));
      for (const box of copies.flatMap((copy) => [...copy.querySelectorAll("input")])) {
        box.name = `${box.name.split(":")[0]}:${one.dataset.item}`;
        box.autofocus = false;
        box.checked = box.defaultChecked = ticked.includes(box.name + box.value);
      }
      one.querySelectorAll("fieldset, button").forEach((gone) => gone.remove());
      one.querySelector("summary").after(...copies);
      one.removeAttribute("data-lean");
    }
  };

  // What is typed, by name: of boxes the list of those that are ticked, also when none is.
  const typed = (fields) => {
    const told = {};
    for (const one of fields) {
      if (one.type === "checkbox") told[one.name] = [...(told[one.name] ?? []), ...(one.checked ? [one.value] : [])];
      else if (one.type !== "radio" || one.checked) told[one.name] = one.value;
    }
    return told;
  };
  const set = (fields, values) => {
    for (const one of fields) {
      if (!(one.name in values)) continue;
      if (one.type === "checkbox") one.checked = [values[one.name]].flat().includes(one.value);
      else if (one.type === "radio") one.checked = one.value === values[one.name];
      else one.value = values[one.name] ?? "";
      if (one.checked && one.type === "checkbox") one.closest("details").open = true;
    }
  };
  // A sheet that was refused, as the form's values; one that waits from before there were sheets has none.
  const values = (sheet) => sheet ? {
    ...Object.fromEntries(sheet.rows.flatMap((row) => [
      ...LISTS.map((list) => [`${list}:${row.item}`, row[list]]), [`followed_on:${row.item}`, row.followed_on], [`sheet_words:${row.item}`, row.words],
    ])),
    signing: sheet.signing, signer: sheet.signer, signing_reason: sheet.signing_reason, witness: sheet.witness, statement: sheet.statement,
  } : {};
  return { empty, flaw, read, set, spread, typed, values };
})();
