// SPDX-License-Identifier: Apache-2.0
// Draws every view: one provider, rows as the daemon describes them.

import * as vscode from "vscode";
import { messageOf, waysOutOf } from "./errors";
import { activeFolder } from "./folders";
import { Client, CommandTarget, TreeNode, views } from "./protocol";

/** A row of a view. Menus hand it to commands, which apply to its target; a row that tells of a failure has none. */
export class Row {
  constructor(
    public node: TreeNode,
    readonly target?: CommandTarget,
  ) {}
}

const states = {
  none: vscode.TreeItemCollapsibleState.None,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
  expanded: vscode.TreeItemCollapsibleState.Expanded,
};

class View implements vscode.TreeDataProvider<Row> {
  private readonly changed = new vscode.EventEmitter<Row | undefined>();
  /** A node keeps its row over refreshes: the editor knows rows by identity. */
  private readonly rows = new Map<string, Row>();

  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly id: string,
    private readonly client: Client,
  ) {}

  /** Fetches a node's children again, or everything. */
  refresh(node?: string): void {
    if (node === undefined) {
      this.rows.clear();
      this.changed.fire(undefined);
    } else {
      const row = this.rows.get(node);
      if (row) this.changed.fire(row);
    }
  }

  async getChildren(parent?: Row): Promise<Row[]> {
    try {
      const result = await this.client.treeChildren({ view: this.id, node: parent?.node.id, folder: activeFolder() });
      return result.nodes.map((node) => this.rowOf(node));
    } catch (error) {
      return [new Row(errorNode(error, parent))];
    }
  }

  getTreeItem(row: Row): vscode.TreeItem {
    const { node } = row;
    const item = new vscode.TreeItem(node.label, states[node.collapsible]);
    item.id = node.id;
    item.description = node.description;
    item.contextValue = node.contextValue;
    if (node.tooltip) item.tooltip = new vscode.MarkdownString(node.tooltip, true);
    if (node.icon) item.iconPath = new vscode.ThemeIcon(node.icon, node.iconColor ? new vscode.ThemeColor(node.iconColor) : undefined);
    if (node.command) item.command = { ...node.command, arguments: [row] };
    return item;
  }

  private rowOf(node: TreeNode): Row {
    const row = this.rows.get(node.id) ?? new Row(node, { view: this.id, node: node.id });
    row.node = node;
    this.rows.set(node.id, row);
    return row;
  }
}

/** What failed stands where it failed; a click leads the way out, or tries again. */
function errorNode(error: unknown, parent: Row | undefined): TreeNode {
  const way = waysOutOf(error)[0] ?? { title: "Try Again", command: "trowel.view.refresh" };
  return {
    id: `error:${parent?.node.id ?? ""}`,
    label: messageOf(error),
    tooltip: `${messageOf(error)}\n\nClick: ${way.title}`,
    icon: "error",
    iconColor: "list.errorForeground",
    contextValue: "error",
    collapsible: "none",
    command: way,
  };
}

/** All views of the container. */
export class Trees implements vscode.Disposable {
  private readonly views = new Map<string, View>();
  private readonly drawn: vscode.Disposable;

  constructor(client: Client) {
    this.drawn = vscode.Disposable.from(
      ...views.map(({ id }) => {
        const view = new View(id, client);
        this.views.set(id, view);
        return vscode.window.createTreeView(id, { treeDataProvider: view, showCollapseAll: true });
      }),
      client.onTreeChanged(({ view, node }) => this.views.get(view)?.refresh(node)),
    );
  }

  refreshAll(): void {
    for (const view of this.views.values()) view.refresh();
  }

  dispose(): void {
    this.drawn.dispose();
  }
}
