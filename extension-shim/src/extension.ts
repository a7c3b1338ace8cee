// SPDX-License-Identifier: Apache-2.0
// Wires the daemon to the editor, and nothing else.

import * as vscode from "vscode";
import { join } from "node:path";
import { registerCommands } from "./commands";
import { Daemon, Remedy } from "./daemon";
import { copyDebugInformation } from "./debug";
import { FileSystems } from "./file_systems";
import { ActiveFolder, allFolders } from "./folders";
import { Kernels } from "./kernel";
import { writeDaemonLine, writeLogMessage } from "./log";
import { ProgressBoard } from "./progress";
import { bindClientHandlers, Client, LogMessageParams, protocolHash } from "./protocol";
import { registerSerializers } from "./serializer";
import { SourceTabs } from "./source_tabs";
import { StatusBar } from "./status";
import { Terminals } from "./terminals";
import { Trees } from "./trees";
import { Ui } from "./ui";

let daemon: Daemon | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const version: string = context.extension.packageJSON.version;
  const log = vscode.window.createOutputChannel("Trowel", { log: true });
  const own = (disposable: { dispose(): unknown }): void => void context.subscriptions.push(disposable);

  // The setting has machine scope, so that no workspace can name a program to run.
  const binary = (): string =>
    vscode.workspace.getConfiguration("trowel").get<string>("daemon.path") || join(context.extensionPath, "bin", "trowel");

  const remedies: Record<Remedy, [title: string, run: () => unknown]> = {
    restart: ["Restart", () => vscode.commands.executeCommand("trowel.daemon.restart")],
    log: ["Show Log", () => log.show()],
    settings: ["Open Setting", () => vscode.commands.executeCommand("workbench.action.openSettings", "trowel.daemon.path")],
  };

  daemon = new Daemon({
    version,
    binary,
    greeting: () => ({
      processId: process.pid,
      clientInfo: { name: vscode.env.appName, version: vscode.version },
      workspaceFolders: allFolders(),
      capabilities: { window: { workDoneProgress: true }, workspace: { configuration: true, workspaceFolders: true } },
      initializationOptions: { protocolHash, shimVersion: version, trusted: vscode.workspace.isTrusted },
    }),
    logged: (line) => writeDaemonLine(log, line),
    note: (message) => log.info(message),
    tell: async (severity, message, offered) => {
      const show = severity === "error" ? vscode.window.showErrorMessage : vscode.window.showWarningMessage;
      const chosen = await show(message, ...offered.map((remedy) => remedies[remedy][0]));
      const remedy = offered.find((each) => remedies[each][0] === chosen);
      if (remedy) remedies[remedy][1]();
    },
    nowMs: () => Date.now(),
    after: (ms, call) => {
      const timer = setTimeout(call, ms);
      return () => clearTimeout(timer);
    },
  });

  const keeper = daemon;
  const client = new Client(keeper);
  const progress = new ProgressBoard(keeper);
  const trees = new Trees(client, progress, vscode.Uri.joinPath(context.extensionUri, "media"));
  const ui = new Ui(context.secrets, progress, trees, vscode.Uri.joinPath(context.globalStorageUri, "..", ".."));
  const status = new StatusBar(keeper, client);
  const kernels = new Kernels(client, progress);
  const fileSystems = new FileSystems(client);
  const activeFolder = new ActiveFolder();
  const terminals = new Terminals(context.environmentVariableCollection);
  [log, ui, trees, status, kernels, fileSystems, activeFolder, registerSerializers(client), new SourceTabs()].forEach(own);
  bindClientHandlers(keeper, ui).forEach(own);

  own(
    registerCommands(client, progress, {
      "trowel.kernel.restart": () => kernels.restart(),
      "trowel.daemon.restart": () => keeper.restart(),
      "trowel.log.show": () => log.show(),
      "trowel.debug.copy": () => copyDebugInformation(keeper, client, version, binary()),
    }),
  );

  own(
    keeper.onDidChangeState((state) => {
      status.draw();
      if (state !== "running") progress.closeAll();
      if (state !== "running") terminals.clear();
      // A running daemon has something to draw; of one that failed every view tells.
      if (state === "running" || state === "failed") trees.refreshAll();
      if (state === "running") {
        void status.fetch();
        void kernels.fetch();
        fileSystems.restarted();
      }
    }),
  );
  own(client.onLifecycleLogMessage((params) => writeLogMessage(log, params)));
  own(client.onLifecycleShowMessage(showMessage));
  own(client.onConnectionProjects(({ projects }) => activeFolder.setProjects(projects)));
  own(client.onConnectionChanged((status) => activeFolder.setConnection(status)));
  own(client.onConnectionEnvironment((environment) => terminals.set(environment)));
  own(
    activeFolder.onDidChange(() => {
      trees.refreshAll();
      void status.fetch();
    }),
  );

  // A daemon that does not run now asks for all of this when it starts.
  const tell = (telling: Promise<void>): void => void telling.catch(() => undefined);
  own(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("trowel.daemon.path")) void keeper.restart();
      else if (["trowel", "databricks", "http", "microsoft-sovereign-cloud"].some((section) => event.affectsConfiguration(section))) tell(client.lifecycleDidChangeConfiguration({}));
    }),
  );
  own(
    vscode.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
      const plain = (folder: vscode.WorkspaceFolder) => ({ uri: folder.uri.toString(), name: folder.name });
      tell(client.lifecycleDidChangeWorkspaceFolders({ event: { added: added.map(plain), removed: removed.map(plain) } }));
    }),
  );
  own(vscode.workspace.onDidGrantWorkspaceTrust(() => tell(client.lifecycleWorkspaceTrusted({}))));

  keeper.start();
}

export async function deactivate(): Promise<void> {
  await daemon?.stop();
}

function showMessage({ type, message }: LogMessageParams): void {
  if (type === 1) void vscode.window.showErrorMessage(message);
  else if (type === 2) void vscode.window.showWarningMessage(message);
  else void vscode.window.showInformationMessage(message);
}
