// SPDX-License-Identifier: Apache-2.0
// Bundles the tests, with a stand-in for the editor's API, and runs them with Node's own runner.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { build } from "esbuild";

const here = import.meta.dirname;
const out = path.join(here, "../dist/test");
const tests = fs.readdirSync(here).filter((name) => name.endsWith(".test.ts"));
fs.rmSync(out, { recursive: true, force: true });
await build({
  entryPoints: tests.map((name) => path.join(here, name)),
  outdir: out,
  bundle: true,
  platform: "node",
  format: "cjs",
  sourcemap: "inline",
  alias: { vscode: path.join(here, "support/vscode.ts") },
  define: { "process.env.SHIM": JSON.stringify(path.join(here, "..")) },
  logLevel: "warning",
});
const files = tests.map((name) => path.join(out, name.replace(/ts$/, "js")));
const { status } = spawnSync(process.execPath, ["--enable-source-maps", "--test", "--test-timeout=20000", ...files], { stdio: "inherit" });
process.exit(status ?? 1);
