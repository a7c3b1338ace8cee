// SPDX-License-Identifier: Apache-2.0
// What a person does in VS Code, in the browser: open views, run commands, run cells, read outputs.
import fs from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { chromium } from "playwright-core";

const limitMs = 30_000;

/** Waits until `look` returns something true, and returns it; `what` says for what, if it never comes. */
export async function eventually(what, look, withinMs = limitMs) {
  const end = Date.now() + withinMs;
  let last;
  for (;;) {
    try {
      const seen = await look();
      if (seen) return seen;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`waited ${withinMs / 1000} s for ${what}${last ? `: ${last.message.split("\n")[0]}` : ""}`);
    await pause(100);
  }
}

export class Workbench {
  #shots = 0;

  static async open(address, screenshots) {
    const workbench = new Workbench();
    workbench.screenshots = screenshots;
    fs.rmSync(screenshots, { recursive: true, force: true });
    fs.mkdirSync(screenshots, { recursive: true });
    workbench.browser = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      headless: true,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    });
    const context = await workbench.browser.newContext({ viewport: { width: 1400, height: 900 }, permissions: ["clipboard-read", "clipboard-write"] });
    workbench.page = await context.newPage();
    workbench.page.setDefaultTimeout(limitMs);
    await workbench.page.goto(address);
    await workbench.page.locator(".monaco-workbench").waitFor({ timeout: 60_000 });
    return workbench;
  }

  async close() {
    await this.browser.close();
  }

  async screenshot(name) {
    const file = path.join(this.screenshots, `${String(++this.#shots).padStart(2, "0")}-${name.replace(/[^a-z0-9]+/gi, "-").toLowerCase()}.png`);
    await this.page.screenshot({ path: file });
  }

  /** What a person would look at: the same in a dark and in a light theme. */
  async inBothThemes(name) {
    await this.screenshot(`${name} dark`);
    await this.#toggleTheme("vs-dark", "vs");
    await this.screenshot(`${name} light`);
    await this.#toggleTheme("vs", "vs-dark");
  }

  async #toggleTheme(from, to) {
    await this.page.locator(`.monaco-workbench.${from}`).waitFor();
    await this.command("Preferences: Toggle between Light/Dark Themes");
    await this.page.locator(`.monaco-workbench.${to}`).waitFor();
  }

  async trust() {
    const yes = this.page.getByRole("button", { name: "Yes, I trust the authors" });
    await yes.click();
    await yes.waitFor({ state: "detached" });
  }

  async reload() {
    await this.page.reload();
    await this.page.locator(".monaco-workbench").waitFor({ timeout: 60_000 });
  }

  /** By command, since a click in the activity bar hides a view that is about to show itself. */
  async showView(name) {
    await this.command(`Focus on ${name} View`);
  }

  /** Shows a view with all the room that the sidebar has. */
  async onlyView(name) {
    await this.showView(name);
    const others = this.page.locator(".sidebar .pane-header.expanded", { hasNot: this.page.getByRole("heading", { name, exact: true }) });
    await eventually(`${name} to be alone`, async () => {
      if ((await others.count()) === 0) return true;
      await others.first().click({ timeout: 1_000, position: { x: 10, y: 10 } });
      return false;
    });
  }

  tree(name) {
    return this.page.getByRole("tree", { name, exact: true });
  }

  row(tree, name) {
    return this.tree(tree).getByRole("treeitem", { name });
  }

  /** Scrolls a tree down, then from its top again, until a row is in sight: rows out of sight have no elements. */
  async find(tree, name) {
    const row = this.row(tree, name).first();
    let before = "";
    await eventually(`the row ${name} of ${tree}`, async () => {
      if (await row.count()) return true;
      const seen = await this.tree(tree).getByRole("treeitem").allTextContents();
      await this.tree(tree).hover();
      await this.page.mouse.wheel(0, seen.join() === before ? -100_000 : 60);
      before = seen.join();
      return false;
    });
    return row;
  }

  async expand(tree, name) {
    const row = await this.find(tree, name);
    if ((await row.getAttribute("aria-expanded")) === "false") await row.locator(".monaco-tl-twistie").click();
  }

  /** Runs a command from the palette; one that lost its focus, or came before the command, is opened again. */
  async command(title) {
    await eventually(`the palette to offer ${title}`, async () => {
      await this.page.keyboard.press("Escape");
      await this.page.keyboard.press("F1");
      await this.quickInput().locator("input[type=text]").fill(`>${title}`, { timeout: 3_000 });
      await this.choice(title).waitFor({ timeout: 5_000 });
      return true;
    });
    await this.choice(title).click();
  }

  /** Clicks an entry of a row's menu; one that has only just opened may take no click. */
  async menu(row, entry) {
    await row.click({ button: "right" });
    const item = this.page.getByRole("menuitem", { name: entry, exact: true });
    await item.waitFor();
    await eventually(`the menu to take ${entry}`, async () => {
      if ((await item.count()) === 0) return true;
      await item.click({ timeout: 1_000 }).catch(() => undefined);
      return (await item.count()) === 0;
    });
  }

  /** Clicks a button in a view's title. */
  async titleButton(view, button) {
    const pane = this.page.locator(".pane", { has: this.page.locator(".pane-header", { hasText: view }) });
    await pane.hover();
    await pane.locator(`.pane-header .actions a[aria-label*="${button}"]`).click();
  }

  /** Types what an input box asks for; `prompt` is what it must say. */
  async answer(prompt, text) {
    await this.quickInput().locator(".quick-input-message", { hasText: prompt }).waitFor();
    await this.quickInput().locator("input").first().fill(text);
    await this.page.keyboard.press("Enter");
  }

  dialog() {
    return this.page.locator(".monaco-dialog-box");
  }

  toast(text) {
    return this.page.locator(".notifications-toasts .notification-toast", { hasText: text }).first();
  }

  async clipboard() {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  quickInput() {
    return this.page.locator(".quick-input-widget:visible");
  }

  choice(text) {
    return this.quickInput().locator(".monaco-list-row", { hasText: text }).first();
  }

  async choose(text) {
    await this.choice(text).click();
  }

  /** Goes down the first rows of pickers until an editor opens. */
  async chooseUntilOpen() {
    await eventually("a document to open", async () => {
      if (await this.page.locator(".tab.active").count()) return true;
      await this.choice("").click({ timeout: 1_000 }).catch(() => undefined);
      return false;
    });
    await this.page.locator(".editor-instance .view-lines").first().waitFor();
  }

  /** An item of the status bar by its text. */
  status(text) {
    return this.page.locator(".statusbar-item", { hasText: text }).first();
  }

  async openFile(name) {
    await this.page.keyboard.press("Control+P");
    await this.quickInput().locator("input[type=text]").fill(name);
    await this.choice(path.basename(name)).click();
    await this.page.locator(".tab.active", { hasText: path.basename(name) }).waitFor();
  }

  activeTab(state = "") {
    return this.page.locator(`.tab.active${state}`);
  }

  /** A cell by its place in the notebook, texts counted. */
  cell(index) {
    return this.page.locator(`.notebook-editor .monaco-list-row[data-index="${index}"]:visible`);
  }

  /** Scrolls until a cell's first line is in sight: cells far from it have no elements. */
  async reveal(index) {
    const list = this.page.locator(".notebook-editor .cell-list-container:visible");
    const rows = this.page.locator(".notebook-editor .monaco-list-row[data-index]:visible");
    await eventually(`cell ${index} to come into sight`, async () => {
      const sight = await list.boundingBox();
      const box = (await this.cell(index).count()) ? await this.cell(index).boundingBox() : undefined;
      const below = box ? box.y + 60 > sight.y + sight.height : Number(await rows.first().getAttribute("data-index")) < index;
      if (box && box.y >= sight.y && !below) return true;
      await list.hover({ position: { x: sight.width / 2, y: sight.height / 2 } });
      await this.page.mouse.wheel(0, below ? 200 : -200);
      return false;
    });
  }

  /** Scrolls down until all of an output is in sight, or as much as there is room for. */
  async scrollTo(output) {
    const list = this.page.locator(".notebook-editor .cell-list-container:visible");
    await eventually("the output to come into sight", async () => {
      const [sight, box] = [await list.boundingBox(), await output.boundingBox()];
      if (box && (box.y + box.height <= sight.y + sight.height || box.y <= sight.y)) return true;
      await list.hover({ position: { x: 20, y: 20 } });
      await this.page.mouse.wheel(0, 200);
      return false;
    });
  }

  /** Chooses a kernel where none is chosen yet; the picker may ask for the extension first. */
  async chooseKernel(name) {
    const label = this.page.locator(".notebook-toolbar-container a.kernel-label:visible");
    await label.waitFor();
    if ((await label.textContent())?.includes(name)) return;
    await label.click();
    const wanted = this.choice(name);
    const detour = this.choice("Trowel");
    await eventually(`kernel ${name} to be offered`, async () => {
      if (await wanted.count()) return true;
      if (await detour.count()) await detour.click({ timeout: 2_000 });
      return false;
    });
    await wanted.click();
    await this.page.locator(".notebook-toolbar-container a.kernel-label:visible", { hasText: name }).waitFor();
  }

  /** Runs a cell as one does from the keyboard, and stays on it. */
  async runCell(index) {
    await this.reveal(index);
    await this.cell(index).locator(".monaco-editor").click();
    await this.page.keyboard.press("Control+Enter");
  }

  /** Puts the cursor at the end of a cell and types. */
  async typeInCell(index, text) {
    await this.reveal(index);
    await this.cell(index).locator(".monaco-editor").click();
    await this.page.keyboard.press("Control+End");
    await this.page.keyboard.insertText(text);
  }

  async cellEnded(index, state, withinMs = limitMs) {
    await this.cell(index).locator(`.codicon-notebook-state-${state}`).waitFor({ timeout: withinMs });
  }

  /** Outputs of all cells live in one nested frame. */
  async output(selector, options = {}) {
    return eventually(`an output ${selector} ${options.hasText ?? ""}`, async () => {
      for (const frame of this.page.frames()) {
        const found = frame.locator(`.output_container ${selector}`, options).first();
        if (await found.count().catch(() => 0)) return found;
      }
      return undefined;
    });
  }

  /** What was typed reaches the tab a moment later, so a save waits for the tab to be dirty first. */
  async save() {
    await this.activeTab(".dirty").waitFor();
    await this.page.keyboard.press("Control+S");
    await this.activeTab(":not(.dirty)").waitFor();
  }

  /** Messages in the notification centre: toasts vanish, and of a burst some are never shown. */
  async notifications() {
    await this.command("Notifications: Show Notifications");
    const texts = await this.page.locator(".notifications-center .notification-list-item-message").allTextContents();
    await this.page.keyboard.press("Escape");
    return texts;
  }

  async clearNotifications() {
    await eventually("no notification to be left", async () => {
      await this.command("Notifications: Clear All Notifications");
      return (await this.notifications()).length === 0;
    });
  }
}
