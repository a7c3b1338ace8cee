// SPDX-License-Identifier: Apache-2.0
// Starts a real VS Code (code-server) with the packaged extension in folders of its own, and ends all that came of it.
import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const here = import.meta.dirname;
export const top = path.resolve(here, "../..");

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** What extension-shim/package made. */
export const vsix = path.join(top, "build/trowel-linux-x64.vsix");

export class Editor {
  /** Marks every process that comes of this one, in its environment. */
  #mark = randomUUID();
  #process;
  root = fs.mkdtempSync(path.join(os.tmpdir(), "trowel-demo-"));
  project = path.join(this.root, "demo-project");
  userSettings = path.join(this.root, "editor/User/settings.json");

  /** Makes a folder beneath the root, and returns its path. */
  directory(...parts) {
    const folder = path.join(this.root, ...parts);
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  /** Of the user, of the processes that the editor starts, and nobody else's. */
  get home() {
    return this.directory("home");
  }

  /**
   * `settings` are the machine's (the editor's server is a remote to it), `userSettings` are added to those of settings.json;
   * `environment` reaches the editor and so the daemon; `extensions` are folders with more extensions. A project that is there already is opened as it is.
   */
  async start({ settings = {}, userSettings = {}, environment = {}, extensions = [], reconnectionGraceSeconds }) {
    const at = (...parts) => path.join(this.root, ...parts);
    const directory = (...parts) => this.directory(...parts);
    if (!fs.existsSync(this.project)) fs.cpSync(path.join(here, "../demo-project"), this.project, { recursive: true });
    directory("editor/User");
    const usual = JSON.parse(fs.readFileSync(path.join(here, "settings.json"), "utf8"));
    fs.writeFileSync(this.userSettings, JSON.stringify({ ...usual, ...userSettings }, undefined, 2));
    fs.writeFileSync(path.join(directory("editor/Machine"), "settings.json"), JSON.stringify(settings));
    fs.writeFileSync(at("config.yaml"), "auth: none\ncert: false\n");

    const port = await freePort();
    const env = {
      ...process.env,
      ...environment,
      PATH: `${path.join(top, "build/tools/node/bin")}:${process.env.PATH}`,
      HOME: this.home,
      XDG_STATE_HOME: directory("state"),
      XDG_CONFIG_HOME: directory("config"),
      XDG_CACHE_HOME: directory("cache"),
      XDG_DATA_HOME: directory("data"),
      XDG_RUNTIME_DIR: directory("run"),
      EXTENSIONS_GALLERY: '{"serviceUrl":"","itemUrl":"","resourceUrlTemplate":""}',
      TROWEL_DEMO_MARK: this.#mark,
    };
    const command = path.join(top, "build/tools/code-server/node_modules/.bin/code-server");
    const common = ["--config", at("config.yaml"), "--user-data-dir", at("editor"), "--extensions-dir", directory("extensions")];
    for (const extension of [vsix, ...extensions.map((folder) => this.#packed(folder))]) {
      const installed = spawnSync(command, [...common, "--install-extension", extension, "--force"], { env, encoding: "utf8" });
      if (installed.status !== 0) throw new Error(`${extension} could not be installed:\n${installed.stdout}${installed.stderr}`);
    }

    const log = fs.openSync(at("code-server.log"), "w");
    const options = ["--bind-addr", `127.0.0.1:${port}`, "--auth", "none", "--disable-telemetry", "--disable-update-check"];
    options.push("--disable-getting-started-override", "--ignore-last-opened");
    if (reconnectionGraceSeconds) options.push("--reconnection-grace-time", String(reconnectionGraceSeconds));
    this.#process = spawn(command, [...common, ...options], { env, stdio: ["ignore", log, log], detached: true });
    this.address = `http://127.0.0.1:${port}`;
    await this.#healthy();
    return `${this.address}/?folder=${encodeURIComponent(this.project)}`;
  }

  #packed(folder) {
    const file = path.join(this.root, `${path.basename(folder)}.vsix`);
    const options = ["--no-dependencies", "--allow-missing-repository", "--skip-license", "--out", file];
    const made = spawnSync(path.join(top, "extension-shim/node_modules/.bin/vsce"), ["package", ...options], { cwd: folder, encoding: "utf8" });
    if (made.status !== 0) throw new Error(`${folder} could not be packed:\n${made.stdout}${made.stderr}`);
    return file;
  }

  async #healthy() {
    for (let attempt = 0; attempt < 300; attempt++) {
      if (this.#process.exitCode !== null) break;
      const answer = await fetch(`${this.address}/healthz`).catch(() => undefined);
      if (answer?.ok) return;
      await pause(100);
    }
    throw new Error(`code-server did not start:\n${fs.readFileSync(path.join(this.root, "code-server.log"), "utf8")}`);
  }

  /** Processes that came of this editor, by what their environment, command line or folder says. */
  processes() {
    const found = [];
    for (const pid of fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number)) {
      if (pid === process.pid) continue;
      try {
        const read = (name) => fs.readFileSync(`/proc/${pid}/${name}`, "utf8");
        if (/^State:\s+Z/m.test(read("status"))) continue;
        const command = read("cmdline").replaceAll("\0", " ").trim();
        const ours = read("environ").includes(this.#mark) || command.includes(this.root) || fs.readlinkSync(`/proc/${pid}/cwd`).startsWith(this.root);
        if (ours) found.push({ pid, command });
      } catch {
        // It ended meanwhile, or is somebody else's.
      }
    }
    return found;
  }

  /** Ends the editor and returns the processes that did not leave by themselves within ten seconds (and are killed then). */
  async stop() {
    if (this.#process?.exitCode === null) process.kill(this.#process.pid, "SIGTERM");
    let left = this.processes();
    for (let attempt = 0; attempt < 100 && left.length > 0; attempt++) {
      await pause(100);
      left = this.processes();
    }
    for (const { pid } of left) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // Gone at last.
      }
    }
    fs.rmSync(this.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    return left;
  }
}
