// SPDX-License-Identifier: Apache-2.0
// A row of a view and how the editor draws it.

import * as vscode from "vscode";
import { addressOf } from "./file_systems";
import type { CommandTarget, TreeDecoration, TreeNode } from "./protocol";

/** Rows that the shim itself draws carry no target: commands cannot apply to them. */
export class Row {
  constructor(
    public node: TreeNode,
    readonly parent?: Row,
    readonly target?: CommandTarget,
  ) {}
}

const states = {
  none: vscode.TreeItemCollapsibleState.None,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
  expanded: vscode.TreeItemCollapsibleState.Expanded,
};

/** Icons of our own have a file for each kind of theme. */
const ownIcon = "trowel-";

function iconOf({ icon, iconColor }: TreeNode, media: vscode.Uri): vscode.TreeItem["iconPath"] {
  if (!icon) return undefined;
  if (!icon.startsWith(ownIcon)) return new vscode.ThemeIcon(icon, iconColor ? new vscode.ThemeColor(iconColor) : undefined);
  const file = `${icon.slice(ownIcon.length)}.svg`;
  return { light: vscode.Uri.joinPath(media, "light", file), dark: vscode.Uri.joinPath(media, "dark", file) };
}

export function treeItemOf(row: Row, view: string, media: vscode.Uri): vscode.TreeItem {
  const { node } = row;
  const item = new vscode.TreeItem(node.label, states[node.collapsible]);
  item.id = node.id;
  item.description = node.description;
  item.contextValue = node.contextValue;
  item.iconPath = iconOf(node, media);
  item.resourceUri = resourceOf(node, view);
  if (node.tooltip) item.tooltip = new vscode.MarkdownString(node.tooltip, true);
  if (node.accessibleLabel) item.accessibilityInformation = { label: node.accessibleLabel };
  if (node.command) item.command = { ...node.command, arguments: [row] };
  return item;
}

/** What a decoration is hung on: what the row stands for, else the row itself. */
function resourceOf(node: TreeNode, view: string): vscode.Uri | undefined {
  if (node.resource) return addressOf(node.resource);
  return node.decoration ? vscode.Uri.from({ scheme: "trowel-row", authority: view, path: `/${encodeURIComponent(node.id)}` }) : undefined;
}

/** Badges and colours of all rows, also where the explorer shows the same resource. */
export class Decorations implements vscode.FileDecorationProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri[]>();
  private readonly known = new Map<string, TreeDecoration>();

  readonly onDidChangeFileDecorations = this.changed.event;
  // Last of all: the editor looks for the event above now, and never again.
  private readonly registration = vscode.window.registerFileDecorationProvider(this);

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    const found = this.known.get(uri.toString());
    if (!found) return undefined;
    const decoration = new vscode.FileDecoration(found.badge, found.tooltip, found.color ? new vscode.ThemeColor(found.color) : undefined);
    decoration.propagate = found.propagate ?? false;
    return decoration;
  }

  /** `now` takes the place of `before`: rows of one view. */
  replace(view: string, before: readonly TreeNode[], now: readonly TreeNode[]): void {
    const changed = new Map<string, vscode.Uri>();
    const wanted = new Map<string, TreeDecoration>();
    for (const node of now) {
      const uri = node.decoration && resourceOf(node, view);
      if (uri) wanted.set(uri.toString(), node.decoration!);
      if (uri && JSON.stringify(this.known.get(uri.toString())) !== JSON.stringify(node.decoration)) changed.set(uri.toString(), uri);
    }
    for (const node of before) {
      const uri = node.decoration && resourceOf(node, view);
      if (uri && !wanted.has(uri.toString()) && this.known.delete(uri.toString())) changed.set(uri.toString(), uri);
    }
    for (const [uri, decoration] of wanted) this.known.set(uri, decoration);
    if (changed.size > 0) this.changed.fire([...changed.values()]);
  }

  dispose(): void {
    vscode.Disposable.from(this.registration, this.changed).dispose();
  }
}
