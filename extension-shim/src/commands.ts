// SPDX-License-Identifier: Apache-2.0
// Runs the daemon's commands: one runner for all of them.

import * as vscode from "vscode";
import { showError } from "./errors";
import { activeFolder } from "./folders";
import type { ProgressBoard } from "./progress";
import { Client, commands, CommandTarget } from "./protocol";
import { Row } from "./rows";

/** Registers every command of the protocol; `own` runs those that must work without a daemon. */
export function registerCommands(client: Client, progress: ProgressBoard, own: Record<string, () => unknown>): vscode.Disposable {
  return vscode.Disposable.from(
    ...commands.map(({ id, title, runs }) => {
      const run = runs === "shim" ? own[id] : (...given: unknown[]) => runInDaemon(client, progress, id, title, targetsOf(given));
      if (!run) throw new Error(`${id} is to run in the editor, but nothing here does`);
      const runAndShow = async (...given: unknown[]): Promise<unknown> => {
        try {
          return await run(...given);
        } catch (error) {
          void showError(error, () => runAndShow(...given));
          return undefined;
        }
      };
      return vscode.commands.registerCommand(id, runAndShow);
    }),
  );
}

/**
 * Rows of a view, or files of the explorer: menus hand over the one under the mouse, then all that are selected. Whatever else
 * the editor passes means nothing to the daemon.
 */
export function targetsOf([subject, selected]: unknown[]): CommandTarget[] {
  const subjects = Array.isArray(selected) && selected.includes(subject) ? [subject, ...selected.filter((each) => each !== subject)] : [subject];
  return subjects.flatMap((each): CommandTarget | CommandTarget[] => {
    if (each instanceof Row) return each.target ?? [];
    return each instanceof vscode.Uri ? [{ view: "explorer", node: each.toString() }] : [];
  });
}

async function runInDaemon(client: Client, progress: ProgressBoard, command: string, title: string, targets: CommandTarget[]): Promise<unknown> {
  const cancel = new vscode.CancellationTokenSource();
  const workDoneToken = progress.open(() => cancel.cancel(), { title: title.replace(/…$/, "") });
  try {
    return await client.lifecycleExecuteCommand({ command, arguments: targets, folder: activeFolder(), workDoneToken }, cancel.token);
  } finally {
    progress.close(workDoneToken);
    cancel.dispose();
  }
}
