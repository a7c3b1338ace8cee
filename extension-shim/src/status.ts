// SPDX-License-Identifier: Apache-2.0
// Says in the status bar where the active folder's connection and sync stand.

import * as vscode from "vscode";
import type { Daemon } from "./daemon";
import { activeFolder, allFolders } from "./folders";
import type { Client, ConnectionStatus, SyncStatus } from "./protocol";

/** A status without a folder belongs to the first one. */
function keyOf(folder: string | undefined): string {
  return folder ?? allFolders()[0]?.uri ?? "";
}

export class StatusBar implements vscode.Disposable {
  private readonly connection = vscode.window.createStatusBarItem("connection", vscode.StatusBarAlignment.Left, 20);
  private readonly sync = vscode.window.createStatusBarItem("sync", vscode.StatusBarAlignment.Left, 19);
  private readonly connections = new Map<string, ConnectionStatus>();
  private readonly syncs = new Map<string, SyncStatus>();
  private readonly subscriptions: vscode.Disposable;

  constructor(
    private readonly daemon: Daemon,
    private readonly client: Client,
  ) {
    this.connection.name = "Trowel: Connection";
    this.sync.name = "Trowel: Sync";
    this.sync.command = "trowel.sync.status";
    this.subscriptions = vscode.Disposable.from(
      this.connection,
      this.sync,
      client.onConnectionChanged((status) => {
        this.connections.set(keyOf(status.folder), status);
        this.draw();
      }),
      client.onSyncChanged((status) => {
        this.syncs.set(keyOf(status.folder), status);
        this.draw();
      }),
    );
    this.draw();
  }

  /** Asks for what a notification may have told before we listened. */
  async fetch(): Promise<void> {
    const folder = activeFolder();
    const [connection, sync] = await Promise.allSettled([this.client.connectionStatus({ folder }), this.client.syncStatus({ folder })]);
    if (connection.status === "fulfilled") this.connections.set(keyOf(folder), connection.value);
    if (sync.status === "fulfilled") this.syncs.set(keyOf(folder), sync.value);
    this.draw();
  }

  draw(): void {
    const folder = keyOf(activeFolder());
    // The walkthrough's first step is done with it.
    void vscode.commands.executeCommand("setContext", "trowel.connected", this.connections.get(folder)?.state === "ready");
    if (this.daemon.state === "failed") {
      drawItem(this.connection, "$(error) Trowel", `${this.daemon.lastDeath}\n\nClick to start it again.`, "error");
      this.connection.command = "trowel.daemon.restart";
      this.sync.hide();
      return;
    }
    this.connection.command = "trowel.connection.select";
    this.drawConnection(this.connections.get(folder));
    this.drawSync(this.syncs.get(folder));
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private drawConnection(status: ConnectionStatus | undefined): void {
    const name = status?.name ?? status?.id ?? "Trowel";
    const facts = [`**${name}**`, status?.host, status?.user && `${status.user} (${[status.authType, status.cloud].filter(Boolean).join(", ")})`, status?.message];
    const about = facts.filter(Boolean).join("\n\n");
    switch (status?.state) {
      case "ready":
        // With a message the host has asked for a pause.
        return drawItem(this.connection, `$(${status.message ? "watch" : "plug"}) ${name}`, about);
      case "connecting":
        return drawItem(this.connection, `$(loading~spin) ${name}`, `Connecting to ${name}…`);
      case "offline":
        return drawItem(this.connection, `$(debug-disconnect) ${name}`, about, "warning");
      case "signIn":
        this.connection.command = "trowel.connection.signIn";
        return drawItem(this.connection, `$(sign-in) Sign in to ${name}`, about, "warning");
      case "failed":
        return drawItem(this.connection, `$(warning) ${name}`, about, "warning");
      default:
        return drawItem(this.connection, "$(debug-disconnect) Trowel", "Not connected to a workspace. Click to choose one.");
    }
  }

  private drawSync(status: SyncStatus | undefined): void {
    const about = [status?.message, status?.destination && `To \`${status.destination}\``].filter(Boolean).join("\n\n");
    if (status && status.problems.length > 0) {
      const lines = status.problems.slice(0, 10).map((problem) => `- \`${problem.path}\`: ${problem.message}`);
      return drawItem(this.sync, `$(sync) ${status.problems.length} not synced`, `${about}\n\n${lines.join("\n")}`, "warning");
    }
    switch (status?.state) {
      case "syncing":
        return drawItem(this.sync, `$(sync~spin) ${status.pending}`, about);
      case "watching":
        return drawItem(this.sync, "$(sync) Synced", about);
      case "held":
        return drawItem(this.sync, "$(lock) Sync held", about, "warning");
      case "failed":
        return drawItem(this.sync, "$(sync-ignored) Sync failed", about, "warning");
      default:
        return this.sync.hide();
    }
  }
}

function drawItem(item: vscode.StatusBarItem, text: string, tooltip: string, alarm?: "warning" | "error"): void {
  item.text = text;
  item.tooltip = new vscode.MarkdownString(tooltip);
  item.backgroundColor = alarm && new vscode.ThemeColor(`statusBarItem.${alarm}Background`);
  item.show();
}
