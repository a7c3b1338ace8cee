// SPDX-License-Identifier: Apache-2.0
// What new terminals have in their environment, as the daemon tells it.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { GlobalEnvironmentVariableCollection } from "vscode";
import { Terminals } from "../src/terminals";
import { workspace } from "./support/vscode";

/** The editor's collection; every change of it marks the terminals that are open as outdated. */
class Collection {
  persistent = true;
  description: string | undefined;
  changes = 0;
  readonly values = new Map<string, string>();
  readonly scoped = new Map<string, Collection>();

  getScoped({ workspaceFolder }: { workspaceFolder: { uri: string } }): Collection {
    const known = this.scoped.get(workspaceFolder.uri) ?? new Collection();
    this.scoped.set(workspaceFolder.uri, known);
    return known;
  }
  get = (name: string) => (this.values.has(name) ? { value: this.values.get(name) } : undefined);
  forEach = (call: (name: string) => void) => [...this.values.keys()].forEach((name) => call(name));
  replace = (name: string, value: string) => this.change(() => this.values.set(name, value));
  delete = (name: string) => this.change(() => this.values.delete(name));
  clear = () => this.change(() => this.values.clear());

  private change(change: () => unknown): void {
    change();
    this.changes++;
  }
}

const folder = "file:///shop";
const variables = (values: Record<string, string>) => Object.entries(values).map(([name, value]) => ({ name, value }));

function open(): { all: Collection; terminals: Terminals } {
  workspace.folders = [folder];
  const all = new Collection();
  return { all, terminals: new Terminals(all as unknown as GlobalEnvironmentVariableCollection) };
}

test("a folder's terminals get its variables, and no other folder's", () => {
  const { all, terminals } = open();
  terminals.set({ folder, variables: variables({ DATABRICKS_HOST: "h", DATABRICKS_CLUSTER_ID: "1" }) });
  assert.deepEqual([...all.getScoped({ workspaceFolder: { uri: folder } }).values], [["DATABRICKS_HOST", "h"], ["DATABRICKS_CLUSTER_ID", "1"]]);
  assert.equal(all.values.size, 0);
  assert.equal(all.persistent, false);
  terminals.set({ folder: "file:///closed", variables: variables({ DATABRICKS_HOST: "x" }) });
  assert.deepEqual([...all.scoped.keys()], [folder]);
});

test("another cluster is in the next terminal, and what is the same is not touched", () => {
  const { all, terminals } = open();
  terminals.set({ variables: variables({ DATABRICKS_HOST: "h", DATABRICKS_CLUSTER_ID: "1", DATABRICKS_WAREHOUSE_ID: "w" }) });
  assert.match(all.description ?? "", /sign-in/);
  const before = all.changes;
  terminals.set({ variables: variables({ DATABRICKS_HOST: "h", DATABRICKS_CLUSTER_ID: "2" }) });
  assert.deepEqual([...all.values], [["DATABRICKS_HOST", "h"], ["DATABRICKS_CLUSTER_ID", "2"]]);
  assert.equal(all.changes, before + 2);
  terminals.set({ variables: variables({ DATABRICKS_HOST: "h", DATABRICKS_CLUSTER_ID: "2" }) });
  assert.equal(all.changes, before + 2);
});

test("nothing is left where nothing is handed out any more", () => {
  const { all, terminals } = open();
  terminals.set({ variables: variables({ DATABRICKS_HOST: "h" }) });
  terminals.set({ variables: [] });
  assert.equal(all.values.size, 0);
  assert.equal(all.description, undefined);
});
