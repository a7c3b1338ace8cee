#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A scripted daemon: answers as TROWEL_SCRIPT (JSON) says. `hash` and `version` go into the greeting; `die` lists methods at
// which it exits, `silent` methods that it never answers; `answers` maps methods to results, `errors` to errors.
import { createRequire } from "node:module";

const { createMessageConnection, ResponseError, StreamMessageReader, StreamMessageWriter } = createRequire(import.meta.url)("vscode-jsonrpc/node");
const script = { hash: "", version: "0.1.0", die: [], silent: [], answers: {}, errors: {}, refuse: "", ...JSON.parse(process.env.TROWEL_SCRIPT ?? "{}") };

if (process.argv.includes("--version")) {
  console.log(JSON.stringify({ version: script.version, protocolHash: script.hash }));
  process.exit(0);
}

const connection = createMessageConnection(new StreamMessageReader(process.stdin), new StreamMessageWriter(process.stdout));
const builtIn = {
  initialize: () =>
    script.refuse
      ? new ResponseError(-32600, script.refuse)
      : { capabilities: {}, serverInfo: { name: "Trowel", version: script.version, protocolHash: script.hash } },
  shutdown: () => null,
  "trowel/debug/echo": (params) => params,
  "test/pid": () => process.pid,
  "test/ask": ({ method, params }) => connection.sendRequest(method, params),
  "test/tell": async ({ method, params }) => (await connection.sendNotification(method, params), null),
};
connection.onRequest((method, params) => {
  if (script.die.includes(method)) process.exit(3);
  if (script.silent.includes(method)) return new Promise(() => undefined);
  if (method in script.errors) return new ResponseError(script.errors[method].code, script.errors[method].message);
  if (method in script.answers) return script.answers[method];
  return builtIn[method]?.(params) ?? new ResponseError(-32601, `no method ${method}`);
});
connection.onNotification("exit", () => process.exit(0));
connection.onClose(() => process.exit(0));
console.error(`[info] scripted daemon ${process.pid} is up`);
connection.listen();
