// The browser's verifier under Node: the script is taken out of the very page that is shipped.
//   node second.mjs PAGE FOLDER...    judges folders;    node second.mjs PAGE    judges lines of {name: base64} as they come in.
// With `witness`, "W AT SEEDAT", a line is the code of what the page says of the time; with `figures`, what was typed, of each ceremony; with
// `after`, of the hash that was typed; with `remarks`, the codes of what it says of the bundle although nothing is wrong.
// With `stop` beside it, of what it then says of a draw that was stopped.
// With `find`, of an id that was typed, the fate in each list.
// One line each: agrees C=… W=… · DIFFERS code facts · UNREADABLE code facts; then of each receipt among the files ` | name code code`.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { createInterface } from "node:readline";

const [page, ...folders] = process.argv.slice(2);
const script = /<script id="protocol">([^]*?)<\/script>/.exec(readFileSync(page, "utf8"))[1];
const { answer } = new Function(`${script}; return { answer };`)();

function finish(steps) {
  let told = steps.next();
  while (!told.done) told = steps.next();
  return told.value;
}

function opinion(files, beside) {
  const { report } = finish(answer({ files, beside }));
  return [verdict(report), ...report.receipts.map(({ file, told }) => [file, ...told.map(({ code }) => code)].join(" "))].join(" | ");
}

function verdict(report) {
  if (report.outcome === "agrees") return `agrees C=${report.c} W=${report.w}`;
  const facts = JSON.stringify(report.problem.facts, (_, one) => (typeof one === "bigint" ? Number(one) : one));
  return `${report.outcome.toUpperCase()} ${report.problem.code} ${facts}`;
}

function folder(path) {
  const names = readdirSync(path, { withFileTypes: true }).filter((one) => !one.isDirectory()).map((one) => one.name);
  const record = existsSync(`${path}/witness/record.json`) ? ["witness/record.json"] : [];
  return new Map([...names, ...record].map((name) => [name, new Uint8Array(readFileSync(`${path}/${name}`))]));
}

if (folders.length) for (const path of folders) console.log(opinion(folder(path)));
else for await (const line of createInterface({ input: process.stdin })) {
  const { receipt, witness, figures, remarks, after, stop, find, ...files } = JSON.parse(line), bytes = (told) => new Uint8Array(Buffer.from(told, "base64"));
  const all = Object.entries(files).map(([name, held]) => [name.replace(/^\.\.\//, ""), bytes(held), name.startsWith("../")]);
  const some = (outside) => new Map(all.filter((one) => one[2] === outside).map(([name, held]) => [name, held]));
  const told = opinion(some(false), some(true));
  const plain = (_, one) => (typeof one === "bigint" ? Number(one) : one);
  const [value, at, seedAt] = witness ? Buffer.from(witness, "base64").toString().split(" ") : []; // a date is empty where none is told
  if (remarks) console.log(finish(answer({ files: some(false) })).report.remarks.map(({ code }) => code).join(" "));
  else if (witness) {
    const said = finish(answer({ witness: { value, at: Date.parse(at), seedAt: Date.parse(seedAt) } })).witness;
    console.log((stop ? said.stop : said).code);
  }
  else if (find) console.log(finish(answer({ id: Buffer.from(find, "base64").toString() })).found.map(({ fate }) => fate).join(" "));
  else if (after) console.log(finish(answer({ after: Buffer.from(after, "base64").toString() })).after?.code ?? "none");
  else if (figures) console.log(JSON.stringify(finish(answer({ figures: Buffer.from(figures, "base64").toString() })).figures));
  else console.log(receipt ? JSON.stringify(finish(answer({ receipt: bytes(receipt) })).receipt, plain) : told);
}
