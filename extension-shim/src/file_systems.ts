// SPDX-License-Identifier: Apache-2.0
// The file systems of the workspace, DBFS and volumes in the editor: one provider for all schemes. The daemon does the
// work; what fails there fails here, so that a save is never taken for done that was not.

import * as vscode from "vscode";
import { isCancelled, messageOf } from "./errors";
import { lendBytes, takeBytes } from "./private_files";
import { Client, ErrorCodes, FsChangeKind, FsStat } from "./protocol";

/** `dbws` is what Power Tools calls `wsfs`. */
export const schemes = ["wsfs", "dbfs", "volumes", "dbws"] as const;
const fallback = (scheme: string): string => `trowel-${scheme}`;
/** How many files' last known contents are remembered. */
const maxKnown = 4_096;

/** Schemes that another extension holds: our files have another one in this window. */
const held = new Set<string>();

/** An address of the daemon's as it works in this window. */
export function addressOf(uri: string): vscode.Uri {
  const colon = uri.indexOf(":");
  const said = uri.slice(0, colon);
  const scheme = said === "dbws" && held.has(said) ? "wsfs" : said;
  return vscode.Uri.parse((held.has(scheme) ? fallback(scheme) : scheme) + uri.slice(colon), true);
}

/** Which host's files an address of ours names; nothing: those of the first project, or no remote files at all. */
export function hostOf({ scheme, authority }: vscode.Uri): string | undefined {
  return (schemes as readonly string[]).includes(scheme.replace(/^trowel-/, "")) && authority ? authority.toLowerCase() : undefined;
}

const changeTypes: Record<FsChangeKind, vscode.FileChangeType> = {
  created: vscode.FileChangeType.Created,
  changed: vscode.FileChangeType.Changed,
  deleted: vscode.FileChangeType.Deleted,
};

/** What was there when its content was read or written; and when the editor looked at it. */
interface Known {
  content?: FsStat;
  look?: FsStat;
}

type Operation = "file" | "folder";

/** The editor treats errors by their kind. `wanted`: what the address should have been, for a daemon that says it is not. */
export function fileSystemError(error: unknown, wanted: Operation): Error {
  const message = messageOf(error);
  if (isCancelled(error)) return new vscode.CancellationError();
  switch ((error as { code?: number }).code) {
    case ErrorCodes.NotFound:
      return vscode.FileSystemError.FileNotFound(message);
    case ErrorCodes.AlreadyExists:
      return vscode.FileSystemError.FileExists(message);
    case ErrorCodes.PermissionDenied:
      return vscode.FileSystemError.NoPermissions(message);
    case ErrorCodes.InvalidParams:
      return wanted === "file" ? vscode.FileSystemError.FileIsADirectory(message) : vscode.FileSystemError.FileNotADirectory(message);
    default:
      return vscode.FileSystemError.Unavailable(message);
  }
}

export class FileSystems implements vscode.FileSystemProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  private readonly known = new Map<string, Known>();
  private readonly watches = new Map<number, { uri: string; recursive: boolean }>();
  private watchCount = 0;
  private telling = false;
  private readonly subscriptions: vscode.Disposable[] = [];

  readonly onDidChangeFile = this.changed.event;

  constructor(private readonly client: Client) {
    held.clear();
    for (const scheme of schemes) this.register(scheme);
    if (held.size > 0) this.explain();
    this.subscriptions.push(
      client.onFsChanged(({ changes }) => this.changed.fire(changes.map(({ uri, kind }) => ({ uri: addressOf(uri), type: changeTypes[kind] })))),
    );
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, this.changed).dispose();
  }

  /** Another daemon knows nothing of what is watched. */
  restarted(): void {
    this.tellWatches();
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const stat = await this.ask("file", () => this.client.fsStat({ uri: uri.toString() }));
    this.remember(uri, { look: stat });
    return {
      type: stat.kind === "folder" ? vscode.FileType.Directory : vscode.FileType.File,
      ctime: 0,
      mtime: stat.modifiedAt,
      size: stat.size,
      permissions: stat.readOnly ? vscode.FilePermission.Readonly : undefined,
    };
  }

  async readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    const { entries } = await this.ask("folder", () => this.client.fsList({ uri: uri.toString() }));
    return entries.map(({ name, kind }) => [name, kind === "folder" ? vscode.FileType.Directory : vscode.FileType.File]);
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const result = await this.ask("file", () => this.client.fsRead({ uri: uri.toString() }));
    const bytes = await takeBytes(result);
    this.remember(uri, { content: result.stat });
    return bytes;
  }

  async writeFile(uri: vscode.Uri, content: Uint8Array, { create, overwrite }: { create: boolean; overwrite: boolean }): Promise<void> {
    const before = this.known.get(uri.toString());
    const write = (etag: string | undefined): Promise<FsStat> =>
      lendBytes(content, (wire) => this.client.fsWrite({ uri: uri.toString(), ...wire, create, overwrite, etag }));
    const written = await this.ask("file", async () => {
      try {
        return await write(expected(before));
      } catch (error) {
        if ((error as { code?: number }).code !== ErrorCodes.Conflict || !(await mayOverwrite(error))) throw error;
        return write(undefined);
      }
    });
    this.remember(uri, { content: written, look: written });
    this.fire(before?.look || before?.content ? vscode.FileChangeType.Changed : vscode.FileChangeType.Created, uri);
  }

  async createDirectory(uri: vscode.Uri): Promise<void> {
    await this.ask("folder", () => this.client.fsMkdir({ uri: uri.toString() }));
    this.fire(vscode.FileChangeType.Created, uri);
  }

  async delete(uri: vscode.Uri, { recursive }: { recursive: boolean }): Promise<void> {
    await this.ask("file", () => this.client.fsRemove({ uri: uri.toString(), recursive }));
    this.forget(uri);
    this.fire(vscode.FileChangeType.Deleted, uri);
  }

  async rename(from: vscode.Uri, to: vscode.Uri, { overwrite }: { overwrite: boolean }): Promise<void> {
    await this.ask("file", () => this.client.fsRename({ from: from.toString(), to: to.toString(), overwrite }));
    this.forget(from);
    this.forget(to);
    this.fire(vscode.FileChangeType.Deleted, from);
    this.fire(vscode.FileChangeType.Created, to);
  }

  async copy(from: vscode.Uri, to: vscode.Uri, { overwrite }: { overwrite: boolean }): Promise<void> {
    await this.ask("file", () => this.client.fsCopy({ from: from.toString(), to: to.toString(), overwrite }));
    this.forget(to);
    this.fire(vscode.FileChangeType.Created, to);
  }

  watch(uri: vscode.Uri, { recursive }: { recursive: boolean }): vscode.Disposable {
    const id = ++this.watchCount;
    this.watches.set(id, { uri: uri.toString(), recursive });
    this.tellWatches();
    return new vscode.Disposable(() => {
      if (this.watches.delete(id)) this.tellWatches();
    });
  }

  private register(scheme: string): void {
    const attempt = (name: string): void => void this.subscriptions.push(vscode.workspace.registerFileSystemProvider(name, this, { isCaseSensitive: true }));
    try {
      if (vscode.workspace.fs.isWritableFileSystem(scheme) !== undefined) throw new Error(`${scheme} is held`);
      attempt(scheme);
    } catch {
      held.add(scheme);
      // The alias is there for the sake of old addresses only, which lead to whoever holds it.
      if (scheme !== "dbws") attempt(fallback(scheme));
    }
  }

  private explain(): void {
    const ours = [...held].filter((scheme) => scheme !== "dbws");
    if (ours.length === 0) return;
    const pairs = ours.map((scheme) => `${fallback(scheme)}:/ instead of ${scheme}:/`).join(", ");
    void vscode.window.showInformationMessage(`Another extension already provides these file systems, so Trowel's are called otherwise in this window: ${pairs}.`);
  }

  private async ask<T>(wanted: Operation, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw fileSystemError(error, wanted);
    }
  }

  private remember(uri: vscode.Uri, news: Known): void {
    const key = uri.toString();
    const all = { ...this.known.get(key), ...news };
    this.known.delete(key);
    this.known.set(key, all);
    if (this.known.size > maxKnown) this.known.delete(this.known.keys().next().value!);
  }

  /** The address and all below. */
  private forget(uri: vscode.Uri): void {
    const key = uri.toString();
    for (const each of [...this.known.keys()]) if (each === key || each.startsWith(`${key}/`)) this.known.delete(each);
  }

  private fire(type: vscode.FileChangeType, uri: vscode.Uri): void {
    this.changed.fire([{ type, uri }]);
  }

  /** The editor begins and ends many watches at once: the daemon hears of the outcome. */
  private tellWatches(): void {
    if (this.telling) return;
    this.telling = true;
    queueMicrotask(() => {
      this.telling = false;
      // A daemon that does not run is told when it does.
      void this.client.fsWatch({ watches: [...this.watches.values()] }).catch(() => undefined);
    });
  }
}

/**
 * What must be there for a save to go ahead. The editor itself asks the user where the file is younger and of another
 * size than the one it has read, and only then: what it has seen so counts as known. All else that is another than what
 * was read is found out by the daemon.
 */
function expected(known: Known | undefined): string | undefined {
  const { content, look } = known ?? {};
  if (content && look && look.modifiedAt > content.modifiedAt && look.size !== content.size) return look.etag;
  return content?.etag;
}

async function mayOverwrite(error: unknown): Promise<boolean> {
  const overwrite = "Overwrite";
  const detail = "What is there now would be lost. Cancel keeps it, and your text stays in the editor.";
  return (await vscode.window.showWarningMessage(messageOf(error), { modal: true, detail }, overwrite)) === overwrite;
}
