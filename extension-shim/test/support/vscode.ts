// SPDX-License-Identifier: Apache-2.0
// As much of the editor's API as the tested files touch: plain data.

export enum NotebookCellKind {
  Markup = 1,
  Code = 2,
}

export class NotebookCellData {
  metadata?: Record<string, unknown>;
  constructor(
    readonly kind: NotebookCellKind,
    public value: string,
    readonly languageId: string,
  ) {}
}

export class NotebookData {
  metadata?: Record<string, unknown>;
  constructor(public cells: NotebookCellData[]) {}
}

export const Uri = { parse: (text: string): string => text };

export const workspace = {
  folders: [] as string[],
  getWorkspaceFolder(uri: string): { uri: string } | undefined {
    return this.folders.includes(uri) ? { uri } : undefined;
  },
};
