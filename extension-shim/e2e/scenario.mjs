// SPDX-License-Identifier: Apache-2.0
// A check of one view: a workspace of its own, a VS Code that is connected with it, and what both leave behind.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { Editor, top } from "./editor.mjs";
import { Emulator } from "./emulator.mjs";
import { Workbench } from "./page.mjs";
import { Steps, withScreenshots } from "./steps.mjs";

export const binary = path.join(top, "extension-shim/bin/trowel");
export const user = "dora@shop.example";
export const token = "dapi0e5t4shop0dora0dora0dora0dora0001";

/** The workspace by its REST API, as another client would see it. */
export class Workspace {
  #emulator;
  #token;

  constructor(emulator, as = token) {
    this.#emulator = emulator;
    this.#token = as;
  }

  async call(method, resource, body) {
    const answer = await fetch(this.#emulator.host + resource, {
      method,
      headers: { Authorization: `Bearer ${this.#token}` },
      body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${resource}: ${answer.status} ${text.slice(0, 200)}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  get(resource) {
    return this.call("GET", resource);
  }

  post(resource, body) {
    return this.call("POST", resource, body);
  }

  /** A file's content, or a notebook's source. */
  async read(file) {
    const { content } = await this.get(`/api/2.0/workspace/export?format=AUTO&path=${encodeURIComponent(file)}`);
    return Buffer.from(content, "base64").toString();
  }

  async write(file, content) {
    await this.post(`/api/2.0/workspace-files/import-file${encodeURI(file)}?overwrite=true`, content);
  }
}

/**
 * Runs `work({ step, workbench, emulator, workspace, editor })` in a window on a small project that is connected with a
 * workspace of `seed`; `extensions` are folders with more extensions, `manyFolders` opens the project as a workspace of several
 * folders, which takes another one without starting anew. Returns whether a step failed.
 */
export async function scenario(name, { seed, userSettings = {}, extensions = [], manyFolders = false, files = { "README.md": "A project of this check.\n" } }, work) {
  const editor = new Editor();
  let workbench, emulator;
  const steps = new Steps({ dependent: true, after: withScreenshots(() => workbench) });
  const step = steps.step.bind(steps);
  try {
    emulator = await Emulator.start(binary, editor.directory("workspace"), { users: [{ name: user, token, admin: true }], ...seed });
    fs.writeFileSync(path.join(editor.home, ".databrickscfg"), `[SHOP]\nhost = ${emulator.host}\ntoken = ${token}\n`, { mode: 0o600 });
    for (const [file, text] of Object.entries(files)) {
      editor.directory("demo-project", path.dirname(file));
      fs.writeFileSync(path.join(editor.project, file), text);
    }
    const outer = Object.fromEntries(Object.keys(process.env).filter((key) => /^(DATABRICKS|AZURE|ARM)_/.test(key)).map((key) => [key, undefined]));
    const address = await editor.start({
      reconnectionGraceSeconds: 3,
      environment: { ...outer, DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere" }, // there is no keyring
      userSettings: { "trowel.connection": "profile:SHOP", "trowel.sync.enabled": false, ...userSettings },
      extensions,
    });
    const workspaceFile = path.join(editor.root, "shop.code-workspace");
    if (manyFolders) fs.writeFileSync(workspaceFile, JSON.stringify({ folders: [{ path: "demo-project" }] }));
    const opened = manyFolders ? `${editor.address}/?workspace=${encodeURIComponent(workspaceFile)}` : address;
    await step("open the project in VS Code, trust it, and connect", async () => {
      workbench = await Workbench.open(opened, path.join(top, "build/screenshots", name));
      await workbench.trust();
      await workbench.status("SHOP").waitFor();
    });
    if (workbench) await work({ step, workbench, emulator, workspace: new Workspace(emulator), editor });
  } catch (error) {
    steps.broke(error);
  } finally {
    await workbench?.close().catch(() => undefined);
    workbench = undefined;
    await step("end everything that was started", async () => {
      await emulator?.stop();
      assert.deepEqual(await editor.stop(), [], "these processes had to be killed");
    }, true);
  }
  console.log(`${name}: ${steps.failed ? "failed" : "all steps passed"}; screenshots are in build/screenshots/${name}/`);
  return steps.failed;
}
