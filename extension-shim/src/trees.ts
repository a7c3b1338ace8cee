// SPDX-License-Identifier: Apache-2.0
// Draws every view: one provider, rows as the daemon describes them. What was loaded stays until the daemon says that it
// is out of date, so that drawing rows anew asks nothing.

import * as vscode from "vscode";
import { Dragging } from "./drag";
import { isCancelled, messageOf, waysOutOf } from "./errors";
import { activeFolder } from "./folders";
import type { ProgressBoard } from "./progress";
import { Client, TreeChangedParams, TreeChildrenResult, TreeNode, TreeRevealParams, views } from "./protocol";
import { Decorations, Row, treeItemOf } from "./rows";

const loadMore = "trowel.view.loadMore";
/** How often a question is asked again because something changed while it was answered. */
const attempts = 5;

/** The rows below one row, or the roots. */
interface List {
  rows: Row[];
  /** What leads to further rows. */
  more?: string;
  stale: boolean;
}

class View implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Row | undefined>();
  /** A node keeps its row over refreshes: the editor knows rows by identity. */
  private readonly rows = new Map<string, Row>();
  private readonly lists = new Map<string, List>();
  /** The last question for each list: the answers to earlier ones mean nothing any more. */
  private readonly asked = new Map<string, Promise<Row[]>>();
  /** Grows with whatever makes answers out of date, also those under way. */
  private changes = 0;
  private generation?: number;
  private folder?: string;
  private readonly tree: vscode.TreeView<Row>;
  private readonly subscriptions: vscode.Disposable;

  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly id: string,
    private readonly client: Client,
    private readonly decorations: Decorations,
    private readonly media: vscode.Uri,
    progress: ProgressBoard,
  ) {
    this.tree = vscode.window.createTreeView(id, {
      treeDataProvider: this,
      showCollapseAll: true,
      canSelectMany: true,
      dragAndDropController: new Dragging(id, client, progress),
    });
    this.subscriptions = vscode.Disposable.from(
      this.tree,
      this.changed,
      this.tree.onDidChangeVisibility(({ visible }) => this.tellVisible(visible)),
      this.tree.onDidExpandElement(({ element }) => this.tellVisible(true, element)),
      this.tree.onDidCollapseElement(({ element }) => this.tellVisible(false, element)),
    );
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  /** Everything anew: another daemon, project or connection. */
  reset(): void {
    this.clear();
    this.changed.fire(undefined);
    if (this.tree.visible) this.tellVisible(true);
  }

  apply({ node, rows, folder }: TreeChangedParams): void {
    if (rows) {
      if (folder === this.folder) for (const each of rows) this.redraw(each);
      return;
    }
    this.changes++;
    if (node === undefined) {
      for (const list of this.lists.values()) list.stale = true;
      this.changed.fire(undefined);
    } else {
      const row = this.rows.get(node);
      if (!row) return;
      for (const [key, list] of this.lists) if (key === node || this.isBelow(this.rows.get(key), row)) list.stale = true;
      this.changed.fire(row);
    }
  }

  /** Opens the rows on the way, each by its id. */
  async reveal(path: string[]): Promise<void> {
    let row: Row | undefined;
    for (const id of path) {
      const next = await this.find(id, row);
      if (!next) break;
      row = next;
    }
    if (row) await this.tree.reveal(row, { select: true, focus: true, expand: true });
  }

  getTreeItem(row: Row): vscode.TreeItem {
    return treeItemOf(row, this.id, this.media);
  }

  getParent(row: Row): Row | undefined {
    return row.parent;
  }

  async getChildren(parent?: Row): Promise<Row[]> {
    const key = keyOf(parent);
    const list = this.lists.get(key);
    if (list && !list.stale) return this.shown(list, parent);
    const asking: Promise<Row[]> = this.load(parent, () => this.asked.get(key) === asking);
    this.asked.set(key, asking);
    const rows = await asking;
    return this.asked.get(key) ?? rows;
  }

  owns(row: Row): boolean {
    return this.rows.get(row.node.id) === row;
  }

  /** Appends the next page. */
  async loadMore(parent?: Row): Promise<void> {
    const list = this.lists.get(keyOf(parent));
    if (!list?.more) return;
    const result = await this.client.treeChildren({ view: this.id, node: parent?.node.id, page: list.more, folder: this.folder });
    if (this.lists.get(keyOf(parent)) !== list) return;
    if (result.generation !== undefined && result.generation !== this.generation) return this.reset();
    // A failure of the last attempt stands at the end.
    list.rows = [...list.rows.filter((row) => !isFailure(row.node)), ...result.nodes.map((node) => this.rowOf(node, parent))];
    list.more = result.more;
    this.decorations.replace(this.id, [], result.nodes);
    this.changed.fire(parent);
  }

  private async load(parent: Row | undefined, isLast: () => boolean): Promise<Row[]> {
    const before = this.lists.get(keyOf(parent));
    let folder = activeFolder();
    let result: TreeChildrenResult;
    let stale = false;
    for (let attempt = 1; ; attempt++) {
      const changes = this.changes;
      // The editor asks nothing anew while it waits for an answer, so what changed meanwhile is asked for here.
      const isPast = () => changes !== this.changes && isLast() && (!parent || this.owns(parent));
      folder = activeFolder();
      try {
        result = await this.client.treeChildren({ view: this.id, node: parent?.node.id, folder });
      } catch (error) {
        if (isPast() && attempt < attempts) continue;
        // The connection or the project is changing, and whoever changes it has everything drawn anew.
        if (isCancelled(error) && before) return this.shown(before, parent);
        return [new Row(errorNode(error, parent), parent)];
      }
      stale = isPast();
      if (!stale || attempt === attempts) break;
    }
    if (!isLast()) return [];
    if (result.generation !== undefined && result.generation !== this.generation) {
      const isFirst = this.generation === undefined;
      if (!isFirst) this.clear();
      this.generation = result.generation;
      // Rows of an old connection are above: all of them go.
      if (parent && !isFirst) {
        this.changed.fire(undefined);
        return [];
      }
    }
    if (!parent) {
      this.folder = folder;
      this.tree.description = result.description;
    }
    // A row that stays is handed its new node, so what it was is asked for first.
    const nodesBefore = before?.rows.map(({ node }) => node) ?? [];
    const list: List = { rows: result.nodes.map((node) => this.rowOf(node, parent)), more: result.more, stale };
    this.decorations.replace(this.id, nodesBefore, result.nodes);
    this.lists.set(keyOf(parent), list);
    if (result.more && result.ready) void this.loadMore(parent).catch(() => undefined);
    return this.shown(list, parent);
  }

  private shown(list: List, parent?: Row): Row[] {
    if (!list.more) return list.rows;
    const more: TreeNode = {
      id: `more:${keyOf(parent)}`,
      label: "Load more…",
      icon: "ellipsis",
      collapsible: "none",
      command: { command: loadMore, title: "Load more" },
    };
    const row = new Row(more, parent);
    this.rows.set(more.id, row);
    return [...list.rows, row];
  }

  private rowOf(node: TreeNode, parent?: Row): Row {
    const known = this.rows.get(node.id);
    if (known && known.parent === parent) {
      known.node = node;
      return known;
    }
    // What tells of a failure is of no connection: its ways out are to work whatever has become of that.
    const generation = isFailure(node) ? undefined : this.generation;
    const row = new Row(node, parent, { view: this.id, node: node.id, generation });
    this.rows.set(node.id, row);
    return row;
  }

  private redraw(node: TreeNode): void {
    const row = this.rows.get(node.id);
    if (!row) return;
    this.decorations.replace(this.id, [row.node], [node]);
    row.node = node;
    this.changed.fire(row);
  }

  private async find(id: string, parent?: Row): Promise<Row | undefined> {
    for (;;) {
      const found = (await this.getChildren(parent)).find(({ node }) => node.id === id);
      const more = this.lists.get(keyOf(parent))?.more;
      if (found || !more) return found;
      await this.loadMore(parent);
      if (this.lists.get(keyOf(parent))?.more === more) return undefined;
    }
  }

  private isBelow(row: Row | undefined, above: Row): boolean {
    for (let each = row; each; each = each.parent) if (each === above) return true;
    return false;
  }

  private clear(): void {
    for (const list of this.lists.values()) {
      const nodes = list.rows.map(({ node }) => node);
      this.decorations.replace(this.id, nodes, []);
    }
    this.rows.clear();
    this.lists.clear();
    this.generation = undefined;
    this.changes++;
  }

  private tellVisible(visible: boolean, row?: Row): void {
    // A daemon that does not run asks nobody; the next one is told by reset().
    void this.client.treeVisible({ view: this.id, node: row?.node.id, visible, folder: activeFolder() }).catch(() => undefined);
  }
}

function keyOf(parent?: Row): string {
  return parent?.node.id ?? "";
}

function isFailure(node: TreeNode): boolean {
  return node.contextValue === "failure";
}

/** What failed stands where it failed; a click leads the way out, or tries again. */
function errorNode(error: unknown, parent: Row | undefined): TreeNode {
  const way = waysOutOf(error)[0] ?? { title: "Try Again", command: "trowel.view.refresh" };
  return {
    id: `error:${keyOf(parent)}`,
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

  /** `media` is the folder with the icons. */
  constructor(client: Client, progress: ProgressBoard, media: vscode.Uri) {
    const decorations = new Decorations();
    for (const { id } of views) this.views.set(id, new View(id, client, decorations, media, progress));
    this.drawn = vscode.Disposable.from(
      decorations,
      ...this.views.values(),
      client.onTreeChanged((params) => this.views.get(params.view)?.apply(params)),
      vscode.commands.registerCommand(loadMore, (row: Row) => this.viewOf(row)?.loadMore(row.parent)),
    );
  }

  refreshAll(): void {
    for (const view of this.views.values()) view.reset();
  }

  async reveal({ view, path }: TreeRevealParams): Promise<void> {
    await this.views.get(view)?.reveal(path);
  }

  dispose(): void {
    this.drawn.dispose();
  }

  private viewOf(row: Row): View | undefined {
    return [...this.views.values()].find((view) => view.owns(row));
  }
}
