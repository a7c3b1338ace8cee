// SPDX-License-Identifier: Apache-2.0
// Menus are written by hand: what they name must exist.

import assert from "node:assert/strict";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { commands, views } from "../src/protocol";
import { sourceTypes } from "../src/serializer";

const shim = process.env.SHIM as string;
const { contributes, capabilities } = JSON.parse(readFileSync(join(shim, "package.json"), "utf8"));
const entries = Object.values<{ command: string; when?: string }[]>(contributes.menus).flat();

test("menus name commands that exist", () => {
  const known = new Set(commands.map(({ id }) => id));
  for (const { command } of entries) assert.ok(known.has(command), command);
});

test("menus name views that exist", () => {
  const known = new Set(views.map(({ id }) => id));
  for (const { when } of entries) for (const [, view] of (when ?? "").matchAll(/view == (\S+)/g)) assert.ok(known.has(view!), view);
});

test("settings of a folder are not read before it is trusted", () => {
  const ofFolders = Object.entries<{ scope: string }>(contributes.configuration.properties).filter(([, { scope }]) => scope === "resource");
  assert.deepEqual(ofFolders.map(([key]) => key).sort(), [...capabilities.untrustedWorkspaces.restrictedConfigurations].sort());
});

test("the path of a program is never a workspace's to choose", () => {
  assert.equal(contributes.configuration.properties["trowel.daemon.path"].scope, "machine");
});

test("every notebook type has a serializer, and is offered only, not imposed", () => {
  assert.deepEqual(contributes.notebooks.map(({ type }: { type: string }) => type), [...sourceTypes]);
  for (const { priority } of contributes.notebooks) assert.equal(priority, "option");
});

test("icons of our own have a file for light and one for dark themes", () => {
  const [light, dark] = ["light", "dark"].map((theme) => join(shim, "media", theme)).map((folder) => (existsSync(folder) ? readdirSync(folder).sort() : []));
  assert.deepEqual(light, dark);
  const trees = join(shim, "../src/features/trees");
  const drawn = readdirSync(trees).flatMap((name) => [...readFileSync(join(trees, name), "utf8").matchAll(/"trowel-([a-z-]+)"/g)].map(([, icon]) => `${icon}.svg`));
  const commanded = contributes.commands.flatMap(({ icon }: { icon?: { light: string } | string }) => (typeof icon === "object" ? icon.light.replace("media/light/", "") : []));
  for (const icon of [...drawn, ...commanded]) assert.ok(light!.includes(icon), icon);
});

test("a walkthrough names commands and views that exist, and pictures with words for who does not see them", () => {
  const known = new Set(commands.map(({ id }) => id));
  const shown = new Set(views.map(({ id }) => id));
  for (const { steps } of contributes.walkthroughs)
    for (const { id, description, completionEvents, media } of steps) {
      for (const [, command] of [description, ...completionEvents].join(" ").matchAll(/(?:command:|onCommand:)(trowel\.[\w.]+)/g)) assert.ok(known.has(command!), `${id}: ${command}`);
      for (const event of completionEvents) if (event.startsWith("onView:")) assert.ok(shown.has(event.slice("onView:".length)), `${id}: ${event}`);
      assert.ok(existsSync(join(shim, media.svg ?? media.markdown)), id);
      assert.ok(media.markdown || media.altText, `${id} shows a picture without words`);
    }
});

test("no command is kept from the palette: each works without a selection", () => {
  assert.equal(contributes.menus.commandPalette, undefined);
  for (const { command, icon, enablement } of contributes.commands) assert.ok(icon && !enablement, command);
});

test("nothing is measured or sent: no telemetry", () => {
  const sources = readdirSync(join(shim, "src")).map((name) => readFileSync(join(shim, "src", name), "utf8")).join("\n");
  assert.doesNotMatch(sources, /createTelemetryLogger|TelemetryReporter|appInsights|applicationinsights/i);
});

test("the lock file names no registry", () => {
  assert.doesNotMatch(readFileSync(join(shim, "package-lock.json"), "utf8"), /"resolved"/);
});

test("the bundle loads with no other file beside it", (context) => {
  const alone = mkdtempSync(join(tmpdir(), "trowel-bundle-"));
  const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };
  const load = loader._load;
  context.after(() => {
    loader._load = load;
    rmSync(alone, { recursive: true });
  });
  const anything: unknown = new Proxy(class {}, { get: () => anything });
  const sources = readdirSync(join(shim, "src")).map((name) => readFileSync(join(shim, "src", name), "utf8"));
  const used = sources.flatMap((source) => [...source.matchAll(/\bvscode\.(\w+)/g)].map(([, name]) => name));
  const editor = Object.fromEntries(used.map((name) => [name, anything]));
  loader._load = (request, ...rest) => (request === "vscode" ? editor : load.call(loader, request, ...rest));
  const bundle = join(alone, "extension.js");
  cpSync(join(shim, "dist/extension.js"), bundle);
  assert.equal(typeof createRequire(bundle)(bundle).activate, "function");
});
