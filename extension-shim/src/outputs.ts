// SPDX-License-Identifier: Apache-2.0
// Turns outputs of the wire into the editor's.

import * as vscode from "vscode";
import { takeBytes } from "./private_files";
import type { CellOutput, OutputItem } from "./protocol";

async function itemOf(item: OutputItem): Promise<vscode.NotebookCellOutputItem> {
  const bytes = item.text === undefined ? await takeBytes(item) : new TextEncoder().encode(item.text);
  return new vscode.NotebookCellOutputItem(bytes, item.mime);
}

export function outputsOf(outputs: CellOutput[]): Promise<vscode.NotebookCellOutput[]> {
  return Promise.all(outputs.map(async ({ items }) => new vscode.NotebookCellOutput(await Promise.all(items.map(itemOf)))));
}

export function errorOutput(message: string): vscode.NotebookCellOutput {
  return new vscode.NotebookCellOutput([vscode.NotebookCellOutputItem.error({ name: "Trowel", message })]);
}
