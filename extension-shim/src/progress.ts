// SPDX-License-Identifier: Apache-2.0
// Draws $/progress: with a button to cancel as a notification, else in the status bar. What the user waits for and tells
// nothing of itself is drawn after a second.

import * as vscode from "vscode";
import type { Connection } from "./protocol";

interface ProgressValue {
  kind: "begin" | "report" | "end";
  title?: string;
  message?: string;
  percentage?: number;
  cancellable?: boolean;
}

interface ProgressOptions {
  /** For what has a button to cancel elsewhere, as cells have. */
  quiet?: boolean;
  /** What the user waits for. */
  title?: string;
}

interface Bar extends ProgressOptions {
  cancel(): void;
  report?(value: ProgressValue): void;
  end?(): void;
}

const patienceMs = 1000;

export class ProgressBoard {
  private readonly bars = new Map<string, Bar>();
  private questions = 0;
  private count = 0;

  constructor(private readonly connection: Connection) {
    connection.onNotification("$/progress", ({ token, value }: { token: string; value: ProgressValue }) => {
      const bar = this.bars.get(token);
      if (!bar) return;
      if (value.kind === "begin" && !bar.report) begin(bar, value);
      else if (value.kind !== "end") bar.report?.(value);
      else this.close(token);
    });
  }

  /** A token for a request of ours. Close it when the request is answered. */
  open(cancel: () => void, options: ProgressOptions = {}): string {
    const token = `shim-${++this.count}`;
    this.bars.set(token, { cancel, ...options });
    if (options.title) this.beginLater(token);
    return token;
  }

  /** While the user is asked something, he does not wait for anything. */
  async whileAsking<T>(ask: () => PromiseLike<T>): Promise<T> {
    this.questions++;
    try {
      return await ask();
    } finally {
      this.questions--;
    }
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

  private beginLater(token: string): void {
    const timer = setTimeout(() => {
      const bar = this.bars.get(token);
      if (!bar || bar.report) return;
      if (this.questions > 0) this.beginLater(token);
      else begin(bar, { kind: "begin", title: bar.title, cancellable: true });
    }, patienceMs);
    timer.unref();
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
