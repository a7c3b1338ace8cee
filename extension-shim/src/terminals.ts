// SPDX-License-Identifier: Apache-2.0
// Gives new terminals what other tools need to sign in as their project does.

import * as vscode from "vscode";
import type { ConnectionEnvironment } from "./protocol";

export class Terminals {
  constructor(private readonly all: vscode.GlobalEnvironmentVariableCollection) {
    // The address leads to this window's daemon: a collection of an earlier session leads nowhere.
    all.persistent = false;
  }

  /** The daemon that handed them out is gone. */
  clear(): void {
    this.all.clear();
  }

  set({ folder, variables }: ConnectionEnvironment): void {
    const workspaceFolder = folder === undefined ? undefined : vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(folder, true));
    // A folder that was closed meanwhile: its variables are not for the others' terminals.
    if (folder !== undefined && !workspaceFolder) return;
    const collection = workspaceFolder ? this.all.getScoped({ workspaceFolder }) : this.all;
    // Every change marks the open terminals as outdated, so only what differs is changed.
    const wanted = new Map(variables.map(({ name, value }) => [name, value]));
    collection.forEach((name) => {
      if (!wanted.has(name)) collection.delete(name);
    });
    for (const [name, value] of wanted) if (collection.get(name)?.value !== value) collection.replace(name, value);
    collection.description = wanted.size > 0 ? "Trowel: sign-in of other tools" : undefined;
  }
}
