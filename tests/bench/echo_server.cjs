// SPDX-License-Identifier: Apache-2.0
// The peer of the rpc bench: what an extension written in TypeScript would use for the same wire.
const { createMessageConnection, StreamMessageReader, StreamMessageWriter } = require("vscode-jsonrpc/node");

const connection = createMessageConnection(new StreamMessageReader(process.stdin), new StreamMessageWriter(process.stdout));
connection.onRequest("initialize", () => ({ capabilities: {} }));
connection.onRequest("trowel/debug/echo", (params) => params);
connection.onNotification("initialized", () => {});
connection.onClose(() => process.exit(0));
connection.listen();
