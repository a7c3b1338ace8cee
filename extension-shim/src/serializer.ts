// SPDX-License-Identifier: Apache-2.0
// Opens and saves SOURCE notebooks. The daemon's codec does the work; what it cannot do is not done at all, so that a save
// that fails leaves the file as it is and the editor with its content.

import * as vscode from "vscode";
import { lendBytes, takeBytes } from "./private_files";
import type { Client, NotebookDocument } from "./protocol";

/**
 * Notebook types and the languages they tell the codec. The editor hands a serializer bytes without a name, and the header
 * of R reads like the one of Python, so R has a type of its own.
 */
export const sourceTypes = ["trowel-source", "trowel-source-r"] as const;

const headers: [RegExp, string][] = [
  [/^# Databricks notebook source/, "py"],
  [/^-- Databricks notebook source/, "sql"],
  [/^\/\/ Databricks notebook source/, "scala"],
];

/** The codec's language by the first line; nothing for a file that is no SOURCE notebook. */
export function languageOf(firstLine: string, type: string): string | undefined {
  const language = headers.find(([header]) => header.test(firstLine.replace(/^\uFEFF/, "")))?.[1];
  return language === "py" && type === "trowel-source-r" ? "r" : language;
}

export class SourceSerializer implements vscode.NotebookSerializer {
  constructor(
    private readonly client: Client,
    private readonly type: string,
  ) {}

  async deserializeNotebook(content: Uint8Array, token: vscode.CancellationToken): Promise<vscode.NotebookData> {
    const firstLine = new TextDecoder().decode(content.subarray(0, 80)).split(/\r?\n/, 1)[0] ?? "";
    const language = languageOf(firstLine, this.type);
    if (!language) throw new Error("This file does not begin with the line of a Databricks notebook. Reopen it with the text editor.");
    const document = await lendBytes(content, (wire) => this.client.notebookDecode({ language, ...wire }, token));
    const data = new vscode.NotebookData(
      document.cells.map((cell) => {
        const kind = cell.kind === "markup" ? vscode.NotebookCellKind.Markup : vscode.NotebookCellKind.Code;
        const drawn = new vscode.NotebookCellData(kind, cell.source, cell.language);
        drawn.metadata = { trowel: cell.metadata };
        return drawn;
      }),
    );
    data.metadata = { trowel: document.metadata };
    return data;
  }

  async serializeNotebook(data: vscode.NotebookData, token: vscode.CancellationToken): Promise<Uint8Array> {
    const document: NotebookDocument = {
      cells: data.cells.map((cell) => ({
        kind: cell.kind === vscode.NotebookCellKind.Markup ? "markup" : "code",
        language: cell.languageId,
        source: cell.value,
        metadata: cell.metadata?.trowel,
      })),
      metadata: data.metadata?.trowel,
    };
    return takeBytes(await this.client.notebookEncode(document, token));
  }
}

/** Outputs live in the window only: a SOURCE file has no place for them, so running a cell does not change the file. */
export function registerSerializers(client: Client): vscode.Disposable {
  return vscode.Disposable.from(
    ...sourceTypes.map((type) =>
      vscode.workspace.registerNotebookSerializer(type, new SourceSerializer(client, type), { transientOutputs: true }),
    ),
  );
}
