// SPDX-License-Identifier: Apache-2.0
// As much of the editor's API as the tested files touch: plain data.

export enum NotebookCellKind {
  Markup = 1,
  Code = 2,
}

export class NotebookCellData {
  metadata?: Record<string, unknown>;
  constructor(
    readonly kind: NotebookCellKind,
    public value: string,
    readonly languageId: string,
  ) {}
}

export class NotebookData {
  metadata?: Record<string, unknown>;
  constructor(public cells: NotebookCellData[]) {}
}

export class EventEmitter<T> {
  private readonly listeners = new Set<(value: T) => unknown>();
  readonly event = (listener: (value: T) => unknown): { dispose(): void } => {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  };
  fire(value: T): void {
    for (const listener of [...this.listeners]) listener(value);
  }
  dispose(): void {
    this.listeners.clear();
  }
}

export class Disposable {
  static from(...all: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => all.forEach((each) => each.dispose()));
  }
  constructor(readonly dispose: () => unknown) {}
}

export class CancellationError extends Error {}

export class CancellationTokenSource {
  private readonly requested = new EventEmitter<void>();
  readonly token = { isCancellationRequested: false, onCancellationRequested: this.requested.event };
  cancel(): void {
    this.token.isCancellationRequested = true;
    this.requested.fire();
  }
  dispose(): void {
    this.requested.dispose();
  }
}

export class Uri {
  private constructor(readonly text: string) {}
  static parse(text: string): Uri {
    return new Uri(text);
  }
  static from({ scheme, authority, path }: { scheme: string; authority: string; path: string }): Uri {
    return new Uri(`${scheme}://${authority}${path}`);
  }
  static joinPath(base: Uri, ...parts: string[]): Uri {
    return new Uri([base.text, ...parts].join("/"));
  }
  get scheme(): string {
    return this.text.slice(0, this.text.indexOf(":"));
  }
  get authority(): string {
    return /^[^:]+:\/\/([^/]*)/.exec(this.text)?.[1] ?? "";
  }
  toString(): string {
    return this.text;
  }
}

export enum TreeItemCollapsibleState {
  None,
  Collapsed,
  Expanded,
}

export class TreeItem {
  [property: string]: unknown;
  constructor(
    readonly label: string,
    readonly collapsibleState: TreeItemCollapsibleState,
  ) {}
}

export class ThemeColor {
  constructor(readonly id: string) {}
}

export class ThemeIcon {
  constructor(
    readonly id: string,
    readonly color?: ThemeColor,
  ) {}
}

export class MarkdownString {
  constructor(readonly value: string) {}
}

export class FileDecoration {
  propagate?: boolean;
  constructor(
    readonly badge?: string,
    readonly tooltip?: string,
    readonly color?: ThemeColor,
  ) {}
}

export class DataTransferItem {
  constructor(readonly value: string) {}
  async asString(): Promise<string> {
    return this.value;
  }
}

export class DataTransfer {
  private readonly items = new Map<string, DataTransferItem>();
  get(type: string): DataTransferItem | undefined {
    return this.items.get(type);
  }
  set(type: string, item: DataTransferItem): void {
    this.items.set(type, item);
  }
}

export enum FileType {
  Unknown = 0,
  File = 1,
  Directory = 2,
}

export enum FilePermission {
  Readonly = 1,
}

export enum FileChangeType {
  Changed = 1,
  Created = 2,
  Deleted = 3,
}

export class FileSystemError extends Error {
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
  static FileNotFound = (message: string) => new FileSystemError(message, "FileNotFound");
  static FileExists = (message: string) => new FileSystemError(message, "FileExists");
  static FileIsADirectory = (message: string) => new FileSystemError(message, "FileIsADirectory");
  static FileNotADirectory = (message: string) => new FileSystemError(message, "FileNotADirectory");
  static NoPermissions = (message: string) => new FileSystemError(message, "NoPermissions");
  static Unavailable = (message: string) => new FileSystemError(message, "Unavailable");
}

export enum ProgressLocation {
  Window = 10,
  Notification = 15,
}

/** What the code under test did to the editor, and how the editor answers it. */
export const editor = {
  trees: new Map<string, any>(),
  decorations: undefined as any,
  redecorated: [] as string[],
  commands: new Map<string, (...given: any[]) => any>(),
  errors: [] as { message: string; actions: string[] }[],
  answer: undefined as string | undefined,
  progress: [] as { title: string; reports: any[]; token: any }[],
  warnings: [] as { message: string; options: any; actions: string[] }[],
  notes: [] as string[],
  fileSystems: new Map<string, any>(),
  /** Schemes that another extension holds, as far as the editor says so. */
  heldSchemes: new Set<string>(),
};

/** An event that no test makes happen. */
const unheard = () => ({ dispose: () => undefined });

export const window = {
  activeTextEditor: undefined,
  activeNotebookEditor: undefined,
  createTreeView(id: string, options: any) {
    const [visibility, expanded, collapsed] = [new EventEmitter<any>(), new EventEmitter<any>(), new EventEmitter<any>()];
    const tree: any = {
      ...options,
      visible: false,
      description: undefined,
      revealed: [],
      onDidChangeVisibility: visibility.event,
      onDidExpandElement: expanded.event,
      onDidCollapseElement: collapsed.event,
      setVisible: (visible: boolean) => visibility.fire({ visible: (tree.visible = visible) }),
      expand: (element: any) => expanded.fire({ element }),
      collapse: (element: any) => collapsed.fire({ element }),
      reveal: async (row: any) => void tree.revealed.push(row),
      dispose: () => undefined,
    };
    editor.trees.set(id, tree);
    return tree;
  },
  registerFileDecorationProvider(provider: any) {
    editor.decorations = provider;
    // As the editor does: what has no event by now is never listened to.
    editor.redecorated = [];
    return provider.onDidChangeFileDecorations?.((uris: any[]) => editor.redecorated.push(...uris.map(String))) ?? { dispose: () => undefined };
  },
  async showErrorMessage(message: string, ...actions: string[]) {
    editor.errors.push({ message, actions });
    return editor.answer;
  },
  onDidChangeActiveTextEditor: unheard,
  onDidChangeActiveNotebookEditor: unheard,
  async showWarningMessage(message: string, options: any, ...actions: string[]) {
    editor.warnings.push({ message, options, actions });
    return editor.answer;
  },
  async showInformationMessage(message: string) {
    editor.notes.push(message);
  },
  withProgress(options: any, task: (progress: any, token: any) => Promise<void>) {
    const source = new CancellationTokenSource();
    const shown = { title: options.title, reports: [] as any[], token: source };
    editor.progress.push(shown);
    return task({ report: (value: any) => shown.reports.push(value) }, source.token);
  },
};

export const workspace = {
  onDidChangeWorkspaceFolders: unheard,
  workspaceFolders: undefined,
  folders: [] as string[],
  fs: { isWritableFileSystem: (scheme: string) => (editor.heldSchemes.has(scheme) ? true : undefined) },
  registerFileSystemProvider(scheme: string, provider: any) {
    if (editor.fileSystems.has(scheme)) throw new Error(`a provider for the scheme '${scheme}' is already registered`);
    editor.fileSystems.set(scheme, provider);
    return { dispose: () => void editor.fileSystems.delete(scheme) };
  },
  getWorkspaceFolder(uri: { toString(): string }): { uri: string } | undefined {
    return this.folders.includes(uri.toString()) ? { uri: uri.toString() } : undefined;
  },
};

export const commands = {
  registerCommand(id: string, run: (...given: any[]) => any) {
    editor.commands.set(id, run);
    return { dispose: () => void editor.commands.delete(id) };
  },
  async executeCommand(id: string, ...given: any[]) {
    return editor.commands.get(id)?.(...given);
  },
};
