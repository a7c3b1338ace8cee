// SPDX-License-Identifier: Apache-2.0
// Drag and drop among the rows of all views, to and from the explorer, and into texts. The daemon does what it means.

import * as vscode from "vscode";
import { showError } from "./errors";
import { addressOf } from "./file_systems";
import { activeFolder } from "./folders";
import type { ProgressBoard } from "./progress";
import type { Client, CommandTarget } from "./protocol";
import type { Row } from "./rows";

const rowsType = "application/vnd.trowel.rows";
const urisType = "text/uri-list";

export class Dragging implements vscode.TreeDragAndDropController<Row> {
  readonly dragMimeTypes = [rowsType, urisType, "text/plain"];
  readonly dropMimeTypes = [rowsType, urisType];

  constructor(
    private readonly view: string,
    private readonly client: Client,
    private readonly progress: ProgressBoard,
  ) {}

  handleDrag(rows: readonly Row[], data: vscode.DataTransfer): void {
    const set = (type: string, lines: (string | undefined)[], separator: string): void => {
      const there = lines.filter((line) => line !== undefined);
      if (there.length > 0) data.set(type, new vscode.DataTransferItem(there.join(separator)));
    };
    const targets = rows.flatMap(({ target }) => target ?? []);
    if (targets.length > 0) data.set(rowsType, new vscode.DataTransferItem(JSON.stringify(targets)));
    set(urisType, rows.map(({ node }) => node.resource && addressOf(node.resource).toString()), "\r\n");
    set("text/plain", rows.map(({ node }) => node.dragText), "\n");
  }

  async handleDrop(onto: Row | undefined, data: vscode.DataTransfer, token: vscode.CancellationToken): Promise<void> {
    const rows: CommandTarget[] = JSON.parse((await data.get(rowsType)?.asString()) ?? "[]");
    const uris = rows.length > 0 ? [] : urisIn((await data.get(urisType)?.asString()) ?? "");
    if (rows.length === 0 && uris.length === 0) return;
    const cancel = new vscode.CancellationTokenSource();
    const stop = token.onCancellationRequested(() => cancel.cancel());
    const workDoneToken = this.progress.open(() => cancel.cancel(), { title: "Dropping" });
    const { node, generation } = onto?.target ?? {};
    const drop = { view: this.view, node, generation, rows, uris, folder: activeFolder(), workDoneToken };
    try {
      await this.client.treeDrop(drop, cancel.token);
    } catch (error) {
      void showError(error);
    } finally {
      this.progress.close(workDoneToken);
      stop.dispose();
      cancel.dispose();
    }
  }
}

/** One address a line; lines with # are remarks (RFC 2483, 5). */
export function urisIn(list: string): string[] {
  return list.split(/\r?\n/).filter((line) => line !== "" && !line.startsWith("#"));
}
