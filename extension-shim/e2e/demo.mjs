// SPDX-License-Identifier: Apache-2.0
// Runs the editor for a person until Ctrl+C.
import { Editor } from "./editor.mjs";

const editor = new Editor();
const ended = new Promise((resolve) => ["SIGINT", "SIGTERM", "SIGHUP"].forEach((signal) => process.once(signal, resolve)));
let status = 0;
try {
  const address = await editor.start({});
  console.log(`demo: open ${address}\ndemo: the sample project is in ${editor.project}; Ctrl+C ends the editor and removes it`);
  await ended;
} catch (error) {
  console.error(`demo: ${error.message}`);
  status = 1;
} finally {
  await editor.stop();
}
process.exit(status);
