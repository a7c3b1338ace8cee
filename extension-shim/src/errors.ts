// SPDX-License-Identifier: Apache-2.0
// Shows an error of the daemon once, with the ways out that it offers.

import * as vscode from "vscode";
import { ErrorCodes } from "./protocol";

/** A way out that an error reply may carry in `data.actions`. */
export interface ErrorAction {
  title: string;
  command: string;
}

const visible = new Set<string>();

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function actionsOf(error: unknown): ErrorAction[] {
  const actions = (error as { data?: { actions?: ErrorAction[] } } | undefined)?.data?.actions;
  return Array.isArray(actions) ? actions : [];
}

/** Whether the user stopped it, who then needs no message. */
export function isCancelled(error: unknown): boolean {
  return (error as { code?: number } | undefined)?.code === ErrorCodes.Cancelled || error instanceof vscode.CancellationError;
}

/** A message that already stands on the screen is not shown a second time. */
export async function showError(error: unknown): Promise<void> {
  const message = messageOf(error);
  if (isCancelled(error) || visible.has(message)) return;
  visible.add(message);
  try {
    const actions = actionsOf(error);
    const chosen = await vscode.window.showErrorMessage(message, ...actions.map((action) => action.title));
    const action = actions.find((each) => each.title === chosen);
    if (action) await vscode.commands.executeCommand(action.command);
  } finally {
    visible.delete(message);
  }
}
