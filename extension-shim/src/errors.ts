// SPDX-License-Identifier: Apache-2.0
// Shows an error of the daemon once, with the ways out that it offers.

import * as vscode from "vscode";
import { DaemonGone } from "./daemon";
import { ErrorCodes } from "./protocol";

/** What the user can do about an error. */
export interface WayOut {
  title: string;
  command: string;
}

const selectConnection: WayOut = { title: "Select Connection", command: "trowel.connection.select" };
const showLog: WayOut = { title: "Show Log", command: "trowel.log.show" };
const byCode: Record<number, WayOut[]> = {
  [ErrorCodes.NotConfigured]: [selectConnection, { title: "Open Demo Workspace", command: "trowel.connection.demo" }],
  [ErrorCodes.Unauthenticated]: [{ title: "Sign In", command: "trowel.connection.signIn" }, selectConnection],
  [ErrorCodes.Unavailable]: [selectConnection, showLog],
  [ErrorCodes.Untrusted]: [{ title: "Manage Workspace Trust", command: "workbench.trust.manage" }],
  [ErrorCodes.Internal]: [showLog, { title: "Copy Debug Information", command: "trowel.debug.copy" }],
};

const visible = new Set<string>();

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function waysOutOf(error: unknown): WayOut[] {
  if (error instanceof DaemonGone) return [{ title: "Restart Daemon", command: "trowel.daemon.restart" }, showLog];
  return byCode[(error as { code?: number } | undefined)?.code ?? 0] ?? [];
}

/** Whether the user stopped it, who then needs no message. */
export function isCancelled(error: unknown): boolean {
  return (error as { code?: number } | undefined)?.code === ErrorCodes.Cancelled || error instanceof vscode.CancellationError;
}

/** What a second attempt would not make better. */
const final = new Set<number>([ErrorCodes.InvalidParams, ErrorCodes.NotConfigured, ErrorCodes.Untrusted, ErrorCodes.Unsupported]);

/** A message that already stands on the screen is not shown a second time. `retry` does again what failed. */
export async function showError(error: unknown, retry?: () => unknown): Promise<void> {
  const message = messageOf(error);
  if (isCancelled(error) || visible.has(message)) return;
  visible.add(message);
  try {
    const ways = waysOutOf(error);
    const again = retry && !final.has((error as { code?: number }).code ?? 0) ? ["Retry"] : [];
    const chosen = await vscode.window.showErrorMessage(message, ...again, ...ways.map((way) => way.title));
    visible.delete(message);
    const way = ways.find((each) => each.title === chosen);
    if (way) await vscode.commands.executeCommand(way.command);
    else if (chosen) await retry?.();
  } finally {
    visible.delete(message);
  }
}
