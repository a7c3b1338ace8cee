// SPDX-License-Identifier: Apache-2.0
// A local workspace in a folder and on a port of its own; stopped and started again it is the same one.
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { freePort } from "./editor.mjs";
import { eventually } from "./page.mjs";

export class Emulator {
  #process;
  #arguments;

  /** `seed` as docs/emulator.md describes it. */
  static async start(binary, folder, seed) {
    const emulator = new Emulator();
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    fs.writeFileSync(path.join(folder, "seed.json"), JSON.stringify(seed));
    const port = await freePort();
    emulator.host = `http://127.0.0.1:${port}`;
    emulator.#arguments = [binary, folder, port];
    await emulator.start();
    return emulator;
  }

  async start() {
    const [binary, folder, port] = this.#arguments;
    const endpoint = path.join(folder, "endpoint.json");
    const at = ["--data", path.join(folder, "data"), "--seed", path.join(folder, "seed.json"), "--port", String(port), "--endpoint-file", endpoint];
    fs.rmSync(endpoint, { force: true });
    this.#process = spawn(binary, ["emulator", ...at], { stdio: "ignore" });
    await eventually(`the emulator in ${folder}`, () => fs.existsSync(endpoint));
  }

  async stop() {
    if (!this.#process || this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill("SIGTERM");
    await ended;
  }
}
