// SPDX-License-Identifier: Apache-2.0
// Works with jobs in a real VS Code: runs them, reads what they gave, repairs, edits, and runs files as jobs.
import assert from "node:assert/strict";
import { eventually } from "./page.mjs";
import { scenario, user } from "./scenario.mjs";

const home = `/Users/${user}`;
const notebook = (...cells) => ["# Databricks notebook source", ...cells].join("\n\n# COMMAND ----------\n\n");
const broken = notebook("rates = {'EUR': 1.0}\nprint(rates['USD'])");
const load = notebook(
  "# MAGIC %md\n# MAGIC # Load the day's sales",
  "currency = dbutils.widgets.get('currency')\nprint('Loading in ' + currency)",
  "%sql\nSELECT 'Vienna' AS city, 1200 AS revenue UNION ALL SELECT 'Graz', NULL".replaceAll(/^/gm, "# MAGIC "),
  "dbutils.notebook.exit('2 rows')",
);
const seed = {
  workspace: [
    { path: `${home}/Load.py`, content: load },
    { path: `${home}/Rates.py`, content: broken },
  ],
  jobs: [
    {
      name: "Daily revenue",
      schedule: { quartz_cron_expression: "0 0 6 * * ?", timezone_id: "Europe/Vienna", pause_status: "UNPAUSED" },
      parameters: [{ name: "currency", default: "EUR" }],
      tasks: [{ task_key: "load", notebook_task: { notebook_path: `${home}/Load` } }],
    },
    {
      name: "Exchange rates",
      tasks: [
        { task_key: "fetch", notebook_task: { notebook_path: `${home}/Rates` } },
        { task_key: "check", depends_on: [{ task_key: "fetch" }], condition_task: { op: "EQUAL_TO", left: "1", right: "1" } },
      ],
    },
  ],
};
const files = {
  "README.md": "A project of this check.\n",
  "hello.py": "import sys\nprint('Hello, ' + sys.argv[1])\n",
  "cities.sql": "SELECT 'Linz' AS city\n",
};

const failed = await scenario("jobs", { seed, files }, async ({ step, workbench, workspace }) => {
  const row = (name) => workbench.row("Jobs", name);
  /** The rendered report, in the frame of its preview. */
  const report = (text) =>
    eventually(`the report to show ${text}`, async () => {
      for (const frame of workbench.page.frames()) if (await frame.locator(".markdown-body, body.vscode-body").getByText(text).count().catch(() => 0)) return true;
      return false;
    });
  /** Takes what a box proposes. */
  const accept = async (title, proposed) => {
    await workbench.quickInput().getByText(title).waitFor();
    assert.equal(await workbench.quickInput().locator("input[type=text]").first().inputValue(), proposed);
    await workbench.page.keyboard.press("Enter");
  };
  const ended = async (text) => {
    await workbench.toast(text).waitFor({ timeout: 60_000 });
  };

  await step("see jobs, when they start, and their tasks", async () => {
    await workbench.showView("Jobs");
    for (const view of ["Connections", "Workspace", "Clusters"]) await workbench.page.locator(".pane-header", { hasText: view }).click();
    await row(/^Daily revenue.*0 0 6 \* \* \? \(Europe\/Vienna\)/).waitFor();
    await row(/^Exchange rates.*by hand/).waitFor();
    await workbench.expand("Jobs", /^Exchange rates/);
    await workbench.expand("Jobs", /^Tasks/);
    await row(/^fetch.*notebook/).waitFor();
    await row(/^check.*condition · 1 EQUAL_TO 1 · after fetch/).waitFor();
    await workbench.inBothThemes("jobs and tasks");
  });

  await step("run one with another value of its parameter", async () => {
    await workbench.clearNotifications();
    await workbench.menu(row(/^Daily revenue/), "Run Job…");
    await workbench.choose("currency");
    await workbench.answer("The value for this run", "USD");
    await workbench.choice("changed for this run").waitFor();
    await workbench.choose("Run now");
    await ended("Daily revenue: succeeded in");
  });

  await step("read what it gave: its cells, a table, the value it ended with", async () => {
    await workbench.expand("Jobs", /^Daily revenue/);
    await row(/^today.*succeeded/).click();
    await report("Loading in USD");
    await report("2 rows");
    await report("Vienna");
    await workbench.clearNotifications();
    await workbench.inBothThemes("what a run gave");
  });

  await step("a run that fails says where, and why", async () => {
    await workbench.menu(row(/^Exchange rates/), "Run Job…");
    await ended("Exchange rates: failed after");
    await row(/^today.*failed/).first().waitFor();
    await row(/^today.*failed/).first().locator(".monaco-tl-twistie").click();
    await row(/^check.*not run: a task before it failed/).waitFor();
    await row(/^fetch.*failed/).click();
    await report("KeyError");
    await workbench.clearNotifications();
    await workbench.inBothThemes("a failed run");
  });

  await step("repair it once its notebook is right", async () => {
    await workspace.post("/api/2.0/workspace/import", {
      path: `${home}/Rates`,
      format: "SOURCE",
      language: "PYTHON",
      overwrite: true,
      content: Buffer.from(broken.replace("'USD'", "'EUR'")).toString("base64"),
    });
    await workbench.clearNotifications();
    await workbench.menu(row(/^today.*failed/).first(), "Repair Run…");
    // Of two tasks that did not work both are offered, and ticked.
    await workbench.choice("fetch").waitFor();
    await workbench.page.keyboard.press("Enter");
    await ended("Exchange rates: succeeded in");
    await workbench.clearNotifications();
  });

  await step("pause a schedule, and let it go on", async () => {
    await workbench.menu(row(/^Daily revenue/), "Pause Schedule of Job…");
    await row(/^Daily revenue.*paused/).waitFor();
    await workbench.menu(row(/^Daily revenue/), "Resume Schedule of Job…");
    await eventually("the pause to end", async () => !(await row(/^Daily revenue/).textContent()).includes("paused"));
  });

  await step("edit one as YAML, and send it back", async () => {
    await workbench.menu(row(/^Exchange rates/), "Edit Job as YAML");
    const name = workbench.page.locator(".editor-instance .view-line", { hasText: "name: Exchange rates" });
    await name.click();
    await workbench.page.keyboard.press("End");
    await workbench.page.keyboard.type(" of today");
    await workbench.inBothThemes("a job as YAML");
    await workbench.command("Trowel: Create or Update Job from Editor…");
    await workbench.choose("Update Exchange rates");
    await workbench.dialog().getByText("Update the job Exchange rates?").waitFor();
    await workbench.dialog().getByRole("button", { name: "Update" }).click();
    await row(/^Exchange rates of today/).waitFor();
  });

  await step("run a Python file as a job: what it printed opens, and nothing stays in the workspace", async () => {
    await workbench.openFile("hello.py");
    await workbench.clearNotifications();
    await workbench.command("Trowel: Run Notebook or File as Job…");
    await workbench.choose("Serverless");
    await workbench.answer("As pip takes them, with commas between; nothing for none", "");
    await workbench.answer("Arguments as on a command line; nothing for none", "'dear reader'");
    await ended("hello.py: succeeded in");
    await report("Hello, dear reader");
    const { objects } = await workspace.get(`/api/2.0/workspace/list?path=${encodeURIComponent(home)}`);
    assert.deepEqual(objects.map((object) => object.path).sort(), [`${home}/Load`, `${home}/Rates`]);
    await workbench.clearNotifications();
    await workbench.inBothThemes("a file that ran as a job");
  });

  await step("make a job of a SQL file", async () => {
    await workbench.openFile("cities.sql");
    await workbench.command("Trowel: Create Job from Notebook or File…");
    await accept("Name of the job", "cities");
    await accept("Where in the workspace is cities to lie?", `${home}/cities`);
    await workbench.choose("Serverless");
    await workbench.answer("As pip takes them, with commas between; nothing for none", "");
    await workbench.answer("name=value for each, with blanks between; nothing for none", "");
    await workbench.choose("Each day at a time");
    await workbench.answer("At what time, as in 6:30", "6:30");
    await workbench.answer("As in Europe/Vienna", "Europe/Vienna");
    await row(/^cities.*0 30 6 \* \* \? \(Europe\/Vienna\)/).waitFor();
  });

  await step("from the palette, with nothing selected: delete it, after a question that names it", async () => {
    await workbench.command("Trowel: Delete Job…");
    await workbench.choose("cities");
    await workbench.page.keyboard.press("Enter");
    await workbench.dialog().getByText("Delete the job cities?").waitFor();
    await workbench.dialog().getByRole("button", { name: "Delete" }).click();
    await eventually("the row to go", async () => (await row(/^cities/).count()) === 0);
  });

  await step("a command with nothing to act on says why", async () => {
    await workbench.clearNotifications();
    await workbench.command("Trowel: Cancel Run…");
    await workbench.toast("Nothing runs in this workspace.").waitFor();
  });
});
process.exit(failed ? 1 : 0);
