// SPDX-License-Identifier: Apache-2.0
// Draws $/progress: with a button to cancel as a notification, else in the status bar.

import * as vscode from "vscode";
import type { Connection } from "./protocol";

interface ProgressValue {
  kind: "begin" | "report" | "end";
  title?: string;
  message?: string;
  percentage?: number;
  cancellable?: boolean;
}

interface Bar {
  quiet?: boolean;
  cancel(): void;
  report?(value: ProgressValue): void;
  end?(): void;
}

export class ProgressBoard {
  private readonly bars = new Map<string, Bar>();
  private count = 0;

  constructor(private readonly connection: Connection) {
    connection.onNotification("$/progress", ({ token, value }: { token: string; value: ProgressValue }) => {
      const bar = this.bars.get(token);
      if (!bar) return;
      if (value.kind === "begin") begin(bar, value);
      else if (value.kind === "report") bar.report?.(value);
      else this.close(token);
    });
  }

  /**
   * A token for a request of ours; nothing is drawn before the daemon begins. Close it when the request is answered. `quiet`
   * is for what has a button to cancel elsewhere, as cells have.
   */
  open(cancel: () => void, quiet = false): string {
    const token = `shim-${++this.count}`;
    this.bars.set(token, { cancel, quiet });
    return token;
  }

  /** A token that the daemon made for work of its own. */
  adopt(token: string): void {
    this.bars.set(token, { cancel: () => void this.connection.sendNotification("window/workDoneProgress/cancel", { token }) });
  }

  close(token: string): void {
    this.bars.get(token)?.end?.();
    this.bars.delete(token);
  }

  /** The daemon is gone, and nothing that it began will be ended by it. */
  closeAll(): void {
    for (const token of [...this.bars.keys()]) this.close(token);
  }
}

function begin(bar: Bar, value: ProgressValue): void {
  const location = value.cancellable && !bar.quiet ? vscode.ProgressLocation.Notification : vscode.ProgressLocation.Window;
  void vscode.window.withProgress({ location, title: value.title ?? "Trowel", cancellable: value.cancellable }, (progress, token) => {
    let percentage = 0;
    bar.report = (next) => {
      const increment = next.percentage === undefined ? undefined : next.percentage - percentage;
      percentage = next.percentage ?? percentage;
      progress.report({ message: next.message, increment });
    };
    bar.report(value);
    token.onCancellationRequested(() => bar.cancel());
    return new Promise<void>((resolve) => (bar.end = resolve));
  });
}
