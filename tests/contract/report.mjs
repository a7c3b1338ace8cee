// SPDX-License-Identifier: Apache-2.0
// Writes the table of calls that the contract tests make, service by service, from the log that workspace.mjs keeps;
// without --update it only says whether the committed table is that one.
import fs from "node:fs";
import { methodsOf } from "./declarations.mjs";

const [log, file, update] = process.argv.slice(2);
const called = new Map();
for (const line of fs.readFileSync(log, "utf8").split("\n").filter(Boolean)) {
  const { service, method } = JSON.parse(line);
  if (!called.has(service)) called.set(service, new Set());
  called.get(service).add(method);
}
const raw = [...(called.get("raw") ?? [])].map((call) => call.replace(/[0-9a-f-]{8,}/g, "{id}"));
called.delete("raw");

const rows = [...called].sort(([a], [b]) => a.localeCompare(b)).map(([service, methods]) => {
  const missing = methodsOf(service).filter((name) => !methods.has(name));
  return `| ${service} | ${methods.size} of ${methods.size + missing.length} | ${missing.join(", ") || "none"} |`;
});
const table = [
  "# What the contract tests call",
  "",
  "Written by `tests/contract/run --update`; do not edit. Calls of the Databricks SDK for JavaScript whose answers were held against its declarations.",
  "",
  "| Service of the SDK | Calls made | Not called |",
  "|---|---|---|",
  ...rows,
  "",
  `Besides, ${new Set(raw).size} calls by a raw client, for what the SDK cannot do.`,
  "",
].join("\n");

if (update) {
  fs.writeFileSync(file, table);
} else if (!fs.existsSync(file) || fs.readFileSync(file, "utf8") !== table) {
  console.error(`${file} is stale; run tests/contract/run --update`);
  process.exit(1);
}
