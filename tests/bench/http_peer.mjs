// SPDX-License-Identifier: Apache-2.0
// The Databricks SDK for JavaScript in the part of http_bench.cpp: the same reads, side by side, on kept connections.
//   node http_peer.mjs MODULES reads|walk HOST TOKEN PATH ROUNDS
import fs from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";

const [modules, what, host, token, path, rounds] = process.argv.slice(2);
const { WorkspaceClient } = createRequire(`${modules}/`)("@databricks/sdk-experimental");

const CONNECTIONS = 16;
const READS = 1000;
const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const client = new WorkspaceClient({ host, token, authType: "pat" }, { product: "bench", productVersion: "1.0.0", agent });

async function reads() {
  let left = READS;
  const reader = async () => {
    while (left-- > 0) await client.workspace.getStatus({ path });
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, reader));
  return READS;
}

async function walk() {
  let count = 0;
  for await (const job of client.jobs.list({ limit: 100 })) count += job.job_id ? 1 : 0;
  return count;
}

const round = { reads, walk }[what];
await round(); // the first one compiles and connects
const rates = [];
for (let i = 0; i < Number(rounds); ++i) {
  const begin = performance.now();
  const count = await round();
  rates.push((count * 1000) / (performance.now() - begin));
}
rates.sort((a, b) => a - b);
console.log(`per_second ${rates[rates.length >> 1]}`);
console.log(`rss_mb ${/VmHWM:\s*(\d+)/.exec(fs.readFileSync("/proc/self/status", "utf8"))[1] / 1024}`);
agent.destroy();
