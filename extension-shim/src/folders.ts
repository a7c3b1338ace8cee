// SPDX-License-Identifier: Apache-2.0
// Knows which project the user works in: a folder, or a sub-folder that the daemon was told to treat as one. A remote
// file belongs to the project that is connected with its host.

import * as vscode from "vscode";
import { hostOf } from "./file_systems";
import type { ConnectionProject, ConnectionStatus, WorkspaceFolder } from "./protocol";

let projects: ConnectionProject[] = [];
/** With which host a project is connected. */
const hosts = new Map<string, string>();

/** The project of a file: the deepest that holds it. */
export function folderOf(uri: vscode.Uri | undefined): string | undefined {
  if (!uri) return undefined;
  const host = hostOf(uri);
  if (host) return [...projects, ...allFolders()].find((project) => hosts.get(project.uri) === host)?.uri;
  const file = uri.toString();
  const holds = ({ uri: project }: ConnectionProject): boolean => file === project || file.startsWith(`${project}/`);
  const deepest = projects.filter(holds).sort((a, b) => b.uri.length - a.uri.length)[0];
  if (deepest) return deepest.uri;
  // A file system of the workspace that is mounted in the window is no project.
  const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri.toString();
  return folder?.startsWith("file:") ? folder : undefined;
}

/** The project of the editor in front, else the first one. */
export function activeFolder(): string | undefined {
  const uri = vscode.window.activeNotebookEditor?.notebook.uri ?? vscode.window.activeTextEditor?.document.uri;
  return folderOf(uri) ?? allFolders()[0]?.uri;
}

/** The folders of this machine that are open. */
export function allFolders(): WorkspaceFolder[] {
  const plain = (vscode.workspace.workspaceFolders ?? []).map((folder) => ({ uri: folder.uri.toString(), name: folder.name }));
  return plain.filter(({ uri }) => uri.startsWith("file:"));
}

/** Tells when another project comes to the front. */
export class ActiveFolder implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];
  private last = activeFolder();

  readonly onDidChange = this.changed.event;

  constructor() {
    const look = (): void => this.look();
    this.subscriptions = [
      vscode.window.onDidChangeActiveTextEditor(look),
      vscode.window.onDidChangeActiveNotebookEditor(look),
      vscode.workspace.onDidChangeWorkspaceFolders(look),
    ];
  }

  /** What the daemon says the projects are. */
  setProjects(all: ConnectionProject[]): void {
    projects = all;
    this.look();
  }

  /** A project's connection is another. */
  setConnection({ folder = allFolders()[0]?.uri, host }: ConnectionStatus): void {
    if (!folder) return;
    if (host) hosts.set(folder, vscode.Uri.parse(host).authority.toLowerCase());
    else hosts.delete(folder);
    this.look();
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, this.changed).dispose();
  }

  private look(): void {
    const now = activeFolder();
    if (now === this.last) return;
    this.last = now;
    this.changed.fire();
  }
}
