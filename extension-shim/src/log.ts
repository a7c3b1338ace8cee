// SPDX-License-Identifier: Apache-2.0
// Puts the daemon's log into the editor's channel at the level that the daemon gave it.

import type { LogOutputChannel } from "vscode";
import type { LogMessageParams } from "./protocol";

type Level = "trace" | "debug" | "info" | "warn" | "error";

const levels: Record<string, Level> = { trace: "trace", debug: "debug", info: "info", warning: "warn", warn: "warn", error: "error", critical: "error" };

/** A line of stderr: a time, then the level in brackets. The channel adds both itself; any other line is told as it is. */
export function writeDaemonLine(log: LogOutputChannel, line: string): void {
  const parts = /^(?:\S+ ){0,2}\[(\w+)\]\s*(.*)$/.exec(line);
  const level = parts?.[1] ? levels[parts[1].toLowerCase()] : undefined;
  if (level) log[level](parts?.[2] ?? "");
  else log.info(line);
}

export function writeLogMessage(log: LogOutputChannel, { type, message }: LogMessageParams): void {
  log[(["error", "warn", "info", "debug", "trace"] as const)[type - 1] ?? "info"](message);
}
