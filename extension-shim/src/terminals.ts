// SPDX-License-Identifier: Apache-2.0
// Gives new terminals what other tools need to sign in as their project does.

import * as vscode from "vscode";
import type { ConnectionEnvironment } from "./protocol";

export class Terminals {
  constructor(private readonly all: vscode.GlobalEnvironmentVariableCollection) {
    // The address leads to this window's daemon: a collection of an earlier session leads nowhere.
    all.persistent = false;
  }

  set({ folder, variables }: ConnectionEnvironment): void {
    const workspaceFolder = folder === undefined ? undefined : vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(folder, true));
    const collection = workspaceFolder ? this.all.getScoped({ workspaceFolder }) : this.all;
    collection.clear();
    collection.description = "Trowel: sign-in of other tools";
    for (const { name, value } of variables) collection.replace(name, value);
  }
}
