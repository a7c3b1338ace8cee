// SPDX-License-Identifier: Apache-2.0
// Shows SOURCE notebooks as notebooks. The editor chooses by file name, and a .py file is mostly no notebook; so the notebook
// type is only offered, and a text tab whose file begins with the header is reopened. Plain files are never touched.

import * as vscode from "vscode";
import { languageOf } from "./serializer";

const endings = /\.(py|sql|scala|r)$/i;

export class SourceTabs implements vscode.Disposable {
  /** Files that the user wants to see as text, until their tab is closed. */
  private readonly asText = new Set<string>();
  private readonly subscription: vscode.Disposable;

  constructor() {
    for (const group of vscode.window.tabGroups.all) void this.look(group.tabs);
    this.subscription = vscode.window.tabGroups.onDidChangeTabs((event) => {
      for (const { input } of event.closed) {
        if (input instanceof vscode.TabInputText) this.asText.delete(input.uri.toString());
        // "Reopen Editor With…" opens the text, then closes the notebook: before an opened tab is looked at.
        if (input instanceof vscode.TabInputNotebook && hasTextTab(input.uri)) this.asText.add(input.uri.toString());
      }
      void this.look(event.opened);
    });
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private async look(tabs: readonly vscode.Tab[]): Promise<void> {
    for (const tab of tabs) {
      const { input } = tab;
      if (!(input instanceof vscode.TabInputText) || input.uri.scheme !== "file" || tab.isDirty || !endings.test(input.uri.path)) continue;
      const type = /\.r$/i.test(input.uri.path) ? "trowel-source-r" : "trowel-source";
      const document = await vscode.workspace.openTextDocument(input.uri);
      if (this.asText.has(input.uri.toString())) continue;
      if (!languageOf(document.lineAt(0).text, type)) continue;
      if (/^<{7} /m.test(document.getText())) continue; // A merge conflict is solved as text.
      const { viewColumn } = tab.group;
      const { isActive: active, isPreview: preview } = tab;
      await vscode.commands.executeCommand("vscode.openWith", input.uri, type, { viewColumn, preview, preserveFocus: !active });
      await vscode.window.tabGroups.close(tab, true);
    }
  }
}

function hasTextTab(uri: vscode.Uri): boolean {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.some(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString());
}
