// SPDX-License-Identifier: Apache-2.0
// Runs commands from the palette with nothing selected and sees what each of them does: acts, asks, explains.
import fs from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "./page.mjs";

const patienceMs = 20_000;
const quietMs = 1_500; // of a call to the workspace: whether anything is shown besides
const untouched = "nothing was copied";

// What clears the desk between two commands, by keys, since from the palette they would cost one each.
const keys = {
  "workbench.action.toggleLightDarkThemes": "ctrl+alt+f5",
  "notifications.clearAll": "ctrl+alt+f7",
  "notifications.showList": "ctrl+alt+f8",
  "workbench.action.revertAndCloseActiveEditor": "ctrl+alt+f9",
  "workbench.action.closePanel": "ctrl+alt+f6",
};
export const keyOf = (command) => keys[command].replace("ctrl", "Control").replace("alt", "Alt").replace(/f(\d)$/, "F$1");

export function writeKeys(editor) {
  const bound = Object.entries(keys).map(([command, key]) => ({ command, key }));
  fs.writeFileSync(path.join(editor.directory("editor/User"), "keybindings.json"), JSON.stringify(bound));
}

export class Observer {
  #workbench;
  #page;
  #requests;

  /** `requests` returns the lines of the workspace's log since the beginning. */
  constructor(workbench, requests) {
    this.#workbench = workbench;
    this.#page = workbench.page;
    this.#requests = requests;
  }

  /** `done` tells whether a command that shows nothing has acted. Returns [kind, what]; throws where nothing happens. */
  async run(title, done) {
    await this.#page.evaluate((text) => navigator.clipboard.writeText(text), untouched);
    const before = await this.#requests();
    await this.#start(title);
    const begin = Date.now();
    let called;
    while (Date.now() - begin < patienceMs) {
      const seen = await this.#seen(done);
      if (seen) return seen;
      called ??= (await this.#requests()).length > before.length ? Date.now() : undefined;
      if (called && !done && Date.now() - called > quietMs) return ["acts", [...new Set((await this.#requests()).slice(before.length))].join(", ")];
      await pause(50);
    }
    throw new Error("nothing that a user could see, and no call to the workspace");
  }

  /** Dismisses all that is open, until nothing comes any more. */
  async clear() {
    await eventually("the desk to be clear", async () => {
      if (this.#pages().length > 0) await this.#pages()[0].close();
      else if (await this.#asking()) await this.#page.keyboard.press("Escape");
      else if (await this.#page.locator(".tab.active").count()) await this.#press("workbench.action.revertAndCloseActiveEditor");
      else if (await this.#page.locator(".part.panel").isVisible()) await this.#press("workbench.action.closePanel");
      else if ((await this.#news()) || (await this.#page.locator(".notifications-center, .notification-toast").filter({ visible: true }).count()))
        await this.#press("notifications.clearAll");
      else return true;
      await pause(60);
      return false;
    });
  }

  async #start(title) {
    const label = `Trowel: ${title}`;
    const entries = this.#workbench.quickInput().locator(".monaco-list-row");
    // The palette's rows say more than the title where a command was used lately or has a key.
    const entry = entries.and(this.#page.locator(`[aria-label="${label}"], [aria-label^="${label},"]`)).first();
    await eventually(`the palette to offer ${label}`, async () => {
      await this.#page.keyboard.press("F1");
      await this.#workbench.quickInput().locator("input[type=text]").fill(`>${label}`, { timeout: 3_000 });
      await entry.waitFor({ timeout: 4_000 });
      await entry.click({ timeout: 2_000 });
      return true;
    });
  }

  async #seen(done) {
    const dialog = this.#workbench.dialog();
    if (await dialog.isVisible()) return ["asks", oneLine(await dialog.locator(".dialog-message-container").first().innerText({ timeout: 2_000 }).catch(() => dialog.innerText()))];
    if ((await this.#workbench.quickInput().count()) && !(await this.#palette())) return ["asks", await this.#question()];
    if (this.#pages().length > 0) return ["acts", `opens ${this.#pages()[0].url()} in the browser`];
    if (await done?.()) return ["acts", "as it says"];
    const tab = this.#page.locator(".tab.active").first();
    if (await tab.count()) return ["acts", `opens ${oneLine(await tab.getAttribute("aria-label"))}`];
    if (await this.#page.locator(".part.panel").isVisible()) return ["acts", "opens the panel"];
    if (await this.#news()) return this.#told();
    const copied = await this.#workbench.clipboard().catch(() => untouched);
    if (copied !== untouched) return ["acts", `copies ${copied.length} characters`];
    return undefined;
  }

  async #told() {
    await this.#press("notifications.showList");
    const item = this.#page.locator(".notifications-center .notification-list-item").first();
    // A progress may be over by then, and what it led to comes next.
    const text = oneLine(await item.locator(".notification-list-item-message").textContent({ timeout: 1_000 }).catch(() => ""));
    if (text === "") return undefined;
    const failed = await item.locator(".codicon-error").count();
    return [failed ? "explains" : "tells", text];
  }

  async #question() {
    const input = this.#workbench.quickInput();
    const title = await input.locator(".quick-input-title").textContent();
    const hint = (await input.locator(".quick-input-message").allTextContents()).join(" ");
    return oneLine([title, hint].filter((text) => text?.trim()).join(": "));
  }

  /** Those that the editor has opened. */
  #pages() {
    return this.#page.context().pages().filter((page) => page !== this.#page);
  }

  async #asking() {
    return (await this.#workbench.dialog().isVisible()) || (await this.#workbench.quickInput().count()) > 0;
  }

  async #palette() {
    const input = this.#workbench.quickInput().locator("input[type=text]");
    return (await input.count()) > 0 && (await input.first().inputValue({ timeout: 1_000 }).catch(() => "")).startsWith(">");
  }

  /** The bell tells of each message, also of those for which the editor has no room on the screen. */
  async #news() {
    return (await this.#page.locator("#status\\.notifications .codicon-bell-dot").count()) > 0;
  }

  async #press(command) {
    await this.#page.keyboard.press(keyOf(command));
  }
}

function oneLine(text) {
  return (text ?? "").replace(/\s+/g, " ").trim();
}
