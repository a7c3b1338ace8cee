// SPDX-License-Identifier: Apache-2.0
// Trowel's hand-over of tokens, asked by a client that nobody here wrote.
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { after, test } from "node:test";
import { startEmulator } from "./workspace.mjs";

const { WorkspaceClient } = createRequire(import.meta.url)("@databricks/sdk-experimental");
const tool = path.join(path.dirname(process.env.TROWEL ?? "build/dev/trowel"), "tests", "metadata_tool");
const emulator = await startEmulator();

async function handOver(host, token) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trowel-contract-"));
  const child = spawn(tool, [folder, "profile:DEV", host], { stdio: ["pipe", "pipe", "inherit"] });
  after(() => {
    child.kill();
    fs.rmSync(folder, { recursive: true });
  });
  child.stdin.write(`${token}\nurl\n`);
  for await (const line of readline.createInterface({ input: child.stdout })) return line;
}

const client = (metadataServiceUrl) =>
  new WorkspaceClient({ host: emulator.host, authType: "metadata-service", metadataServiceUrl });

test("the SDK signs in with nothing but the address", async () => {
  const url = await handOver(emulator.host, emulator.token);
  assert.equal((await client(url).currentUser.me()).userName, "demo@example.com");
});

test("the SDK gets nothing from another address, nor for another host", async () => {
  const url = await handOver(emulator.host, emulator.token);
  await assert.rejects(client(url.slice(0, -1)).currentUser.me(), /metadata-service/);
  const other = await handOver("https://other.example.com", emulator.token);
  await assert.rejects(client(other).currentUser.me(), /metadata-service/);
});
