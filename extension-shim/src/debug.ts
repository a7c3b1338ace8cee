// SPDX-License-Identifier: Apache-2.0
// Collects what a bug report needs. Works without a daemon, since that may be what the report is about.

import * as vscode from "vscode";
import type { Daemon } from "./daemon";
import { messageOf } from "./errors";
import { activeFolder } from "./folders";
import { Client, protocolHash } from "./protocol";

const answerLimitMs = 5_000;

export async function copyDebugInformation(daemon: Daemon, client: Client, version: string, binary: string): Promise<void> {
  const lines = [
    "## Trowel: debug information",
    "",
    `- extension ${version}, protocol ${protocolHash}`,
    `- ${vscode.env.appName} ${vscode.version} (${vscode.env.appHost}${vscode.env.remoteName ? `, remote ${vscode.env.remoteName}` : ""})`,
    `- ${process.platform} ${process.arch}, Node ${process.versions.node}`,
    `- workspace ${vscode.workspace.isTrusted ? "trusted" : "not trusted"}, ${vscode.workspace.workspaceFolders?.length ?? 0} folder(s)`,
    `- daemon ${daemon.state}: ${binary}`,
  ];
  if (daemon.lastDeath) lines.push(`- last failure: ${daemon.lastDeath}`);
  lines.push("", await askDaemon(client));
  await vscode.env.clipboard.writeText(lines.join("\n"));
  void vscode.window.showInformationMessage("Debug information is on the clipboard. It holds no tokens; read it before you send it.");
}

async function askDaemon(client: Client): Promise<string> {
  const cancel = new vscode.CancellationTokenSource();
  const timer = setTimeout(() => cancel.cancel(), answerLimitMs);
  try {
    const late = new Promise<string>((resolve) => cancel.token.onCancellationRequested(() => resolve("The daemon did not answer in time.")));
    const answer = client.debugInformation({ folder: activeFolder() }, cancel.token).then(({ text }) => text);
    return await Promise.race([answer, late]);
  } catch (error) {
    return `The daemon did not answer: ${messageOf(error)}`;
  } finally {
    clearTimeout(timer);
    cancel.dispose();
  }
}
