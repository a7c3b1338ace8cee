// SPDX-License-Identifier: Apache-2.0
// Works through the main job in a real VS Code: one line per step, a screenshot each, exit 0 or 1.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { DemoWorkspace } from "./demo_workspace.mjs";
import { Editor, top } from "./editor.mjs";
import { eventually, Workbench } from "./page.mjs";
import { Steps, withScreenshots } from "./steps.mjs";

const editor = new Editor();
let workbench, remote, destination, cluster;
const steps = new Steps({ dependent: true, after: withScreenshots(() => workbench) });
const step = steps.step.bind(steps);

const local = (...parts) => path.join(editor.project, ...parts);
const daemons = () => editor.processes().filter(({ command }) => /bin\/trowel serve$/.test(command));

/** Types a line at the end of the file in front, saves, and waits for it in the workspace: no other click. */
async function saveAndSeeItArrive(line, file) {
  await workbench.page.locator(".editor-instance .view-lines").first().click();
  await workbench.page.keyboard.press("Control+End");
  await workbench.page.keyboard.insertText(`\n${line}\n`);
  await workbench.save();
  const saved = fs.readFileSync(local(file), "utf8");
  assert.ok(saved.includes(line), "the file on disk does not hold the new line");
  await eventually(`${file} to arrive in ${destination}`, async () => (await remote.read(`${destination}/${file}`)) === saved);
}

async function main() {
  const address = await editor.start({ reconnectionGraceSeconds: 3 });

  await step("open the project in VS Code and trust it", async () => {
    workbench = await Workbench.open(address, path.join(top, "build/screenshots"));
    assert.ok(!editor.processes().some(({ command }) => /bin\/trowel emulator/.test(command)), "something was started before the folder was trusted");
    await workbench.trust();
  });

  await step("connect to the demo workspace", async () => {
    await workbench.showView("Connections");
    await workbench.row("Connections", /Demo workspace.*@.*pat/).waitFor();
    await workbench.status("Demo workspace").waitFor();
    remote = new DemoWorkspace(editor.root);
    destination = `/Users/${await remote.userName()}/.trowel/demo-project`;
  });

  await step("see the workspace as a tree", async () => {
    await workbench.expand("Workspace", /^Shared/);
    await workbench.find("Workspace", /^Team onboarding/);
    await workbench.expand("Workspace", /^Users/);
    await workbench.expand("Workspace", /@/);
    await workbench.find("Workspace", /^Getting started/);
  });

  await step("run a palette command without any selection", async () => {
    await workbench.command("Trowel: Open from Workspace");
    await workbench.choose("Shared");
    await workbench.chooseUntilOpen();
  });

  await step("start a cluster", async () => {
    await workbench.command("View: Close All Editors");
    await workbench.command("Trowel: Start Cluster");
    const first = workbench.choice("");
    await first.waitFor();
    cluster = (await first.locator(".label-name").first().textContent()).trim();
    await first.click();
    await workbench.row("Clusters", new RegExp(`${cluster}.*running`)).waitFor();
  });

  await step("a source notebook opens as a notebook, a plain file as a file", async () => {
    await workbench.openFile("src/greeting.py");
    await workbench.page.locator(".tab.active", { hasText: "greeting.py" }).waitFor();
    assert.equal(await workbench.page.locator(".notebook-editor:visible").count(), 0);
    await workbench.openFile("notebooks/trips.py");
    await workbench.cell(1).waitFor();
    await workbench.chooseKernel(cluster);
  });

  await step("run a Python cell", async () => {
    await workbench.runCell(1);
    await workbench.output("*", { hasText: "There are 500 trips" });
    await workbench.cellEnded(1, "success");
  });

  await step("run a SQL cell", async () => {
    await workbench.runCell(2);
    await workbench.cellEnded(2, "success");
    await workbench.output("th", { hasText: "average_fare" });
  });

  await step("run a cell that plots", async () => {
    await workbench.runCell(3);
    const image = await workbench.output("img");
    assert.ok((await image.boundingBox()).width > 100, "the image is not drawn");
    await workbench.cellEnded(3, "success");
    await workbench.scrollTo(image);
  });

  await step("see the error of a cell", async () => {
    await workbench.runCell(4);
    await workbench.cellEnded(4, "error");
    await workbench.scrollTo(await workbench.output("*", { hasText: "KeyError" }));
  });

  await step("save a source notebook: only the edited cell changes", async () => {
    const before = fs.readFileSync(local("notebooks/trips.py"), "utf8");
    await workbench.typeInCell(1, "\nprint(total * 2)");
    await workbench.save();
    const line = 'print(f"There are {total} trips")';
    const wanted = before.replace(line, `${line}\nprint(total * 2)`);
    assert.equal(fs.readFileSync(local("notebooks/trips.py"), "utf8"), wanted);
    await eventually("the notebook to arrive in the workspace", async () => (await remote.read(`${destination}/notebooks/trips`)) === wanted);
  });

  await step("stop a running cell", async () => {
    await workbench.typeInCell(1, "\nimport time\ntime.sleep(600)");
    await workbench.save();
    await workbench.runCell(1);
    await workbench.status("Running a cell: Running").waitFor();
    await workbench.cell(1).locator(".run-button-container a.action-label").first().click();
    await workbench.cellEnded(1, "error");
  });

  await step("run a Jupyter notebook", async () => {
    await workbench.command("View: Close All Editors"); // The page keeps the cells of a notebook that is merely covered.
    await workbench.openFile("notebooks/first_steps.ipynb");
    await workbench.cell(1).waitFor();
    await workbench.chooseKernel(cluster);
    await workbench.runCell(1);
    await workbench.output("*", { hasText: "Hello from Python 3" });
    await workbench.runCell(2);
    await workbench.output("td", { hasText: "Oslo" });
  });

  await step("save a file and see it arrive in the workspace", async () => {
    await workbench.openFile("src/greeting.py");
    await saveAndSeeItArrive("# saved by hand", "src/greeting.py");
    await workbench.status("Synced").waitFor();
  });

  await step("reload the window", async () => {
    const before = daemons().map(({ pid }) => pid);
    await workbench.reload();
    await workbench.row("Connections", /Demo workspace.*@.*pat/).waitFor();
    await eventually("the old window's daemon to end", () => daemons().length === 1 && !before.includes(daemons()[0].pid));
    const trips = fs.readFileSync(local("notebooks/trips.py"), "utf8");
    await eventually("all of the project to be in the demo workspace again", async () => (await remote.read(`${destination}/notebooks/trips`)) === trips);
    await workbench.openFile("src/greeting.py");
    await saveAndSeeItArrive("# saved after the window was reloaded", "src/greeting.py");
  });

  await step("kill the daemon, save again, and see it arrive", async () => {
    const [{ pid }] = daemons();
    process.kill(pid, "SIGKILL");
    await saveAndSeeItArrive("# saved after the daemon was killed", "src/greeting.py");
    await workbench.row("Connections", /Demo workspace.*@.*pat/).waitFor();
  });

  await step("hear of the killed daemon once, and of nothing else", async () => {
    const messages = await workbench.notifications();
    assert.equal(messages.length, 1, messages.join("; "));
    assert.match(messages[0], /The Trowel daemon stopped unexpectedly \(killed by SIGKILL\)/);
  });
}

try {
  await main();
} catch (error) {
  steps.broke(error);
} finally {
  await workbench?.close().catch(() => undefined);
  workbench = undefined;
  await step("end everything that was started", async () => {
    const left = await editor.stop();
    assert.deepEqual(left, [], "these processes had to be killed");
  }, true);
}
console.log(`demo: ${steps.failed ? "failed" : "all steps passed"}; screenshots are in build/screenshots/`);
process.exit(steps.failed ? 1 : 0);
