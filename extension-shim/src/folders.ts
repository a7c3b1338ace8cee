// SPDX-License-Identifier: Apache-2.0
// Knows which project folder the user works in: each has a connection of its own.

import * as vscode from "vscode";
import type { WorkspaceFolder } from "./protocol";

export function folderOf(uri: vscode.Uri | undefined): string | undefined {
  return uri && vscode.workspace.getWorkspaceFolder(uri)?.uri.toString();
}

/** The folder of the editor in front, else the first one. */
export function activeFolder(): string | undefined {
  const uri = vscode.window.activeNotebookEditor?.notebook.uri ?? vscode.window.activeTextEditor?.document.uri;
  return folderOf(uri) ?? vscode.workspace.workspaceFolders?.[0]?.uri.toString();
}

export function allFolders(): WorkspaceFolder[] {
  return (vscode.workspace.workspaceFolders ?? []).map((folder) => ({ uri: folder.uri.toString(), name: folder.name }));
}

/** Tells when another folder comes to the front. */
export class ActiveFolder implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];
  private last = activeFolder();

  readonly onDidChange = this.changed.event;

  constructor() {
    const look = (): void => {
      const now = activeFolder();
      if (now === this.last) return;
      this.last = now;
      this.changed.fire();
    };
    this.subscriptions = [
      vscode.window.onDidChangeActiveTextEditor(look),
      vscode.window.onDidChangeActiveNotebookEditor(look),
      vscode.workspace.onDidChangeWorkspaceFolders(look),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, this.changed).dispose();
  }
}
