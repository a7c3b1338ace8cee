// SPDX-License-Identifier: Apache-2.0
// Runs the daemon's commands: one runner for all of them.

import * as vscode from "vscode";
import { showError } from "./errors";
import { activeFolder } from "./folders";
import type { ProgressBoard } from "./progress";
import { Client, commands, CommandTarget } from "./protocol";
import { Row } from "./trees";

/** Registers every command of the protocol; `own` runs those that must work without a daemon. */
export function registerCommands(client: Client, progress: ProgressBoard, own: Record<string, () => unknown>): vscode.Disposable {
  return vscode.Disposable.from(
    ...commands.map(({ id, runs }) => {
      const run = runs === "shim" ? own[id] : (...given: unknown[]) => runInDaemon(client, progress, id, given[0]);
      if (!run) throw new Error(`${id} is to run in the editor, but nothing here does`);
      return vscode.commands.registerCommand(id, async (...given: unknown[]) => {
        try {
          return await run(...given);
        } catch (error) {
          void showError(error);
          return undefined;
        }
      });
    }),
  );
}

/** A row of a view, or a file of the explorer; whatever else the editor passes means nothing to the daemon. */
function targetOf(subject: unknown): CommandTarget[] {
  if (subject instanceof Row) return subject.target ? [subject.target] : [];
  return subject instanceof vscode.Uri ? [{ view: "explorer", node: subject.toString() }] : [];
}

/** `subject` is what a menu or a click hands over. */
async function runInDaemon(client: Client, progress: ProgressBoard, command: string, subject: unknown): Promise<unknown> {
  const cancel = new vscode.CancellationTokenSource();
  const workDoneToken = progress.open(() => cancel.cancel());
  try {
    const target = targetOf(subject);
    return await client.lifecycleExecuteCommand({ command, arguments: target, folder: activeFolder(), workDoneToken }, cancel.token);
  } finally {
    progress.close(workDoneToken);
    cancel.dispose();
  }
}
