// Generated from protocol/. Do not edit.
export interface Disposable { dispose(): void }
export interface CancellationToken {
  readonly isCancellationRequested: boolean;
  onCancellationRequested(listener: (e: any) => any): Disposable;
}

export const protocolHash: string = "54d4a326ab238a33";

export interface ClusterListParams {
  /** The project whose connection is used. */
  folder?: string;
}
export interface ClusterInfo {
  /** Cluster id. */
  id: string;
  /** As shown. */
  name: string;
  /** PENDING, RUNNING, RESTARTING, RESIZING, TERMINATING, TERMINATED, ERROR, UNKNOWN, or what later services add. */
  state: string;
  /** What the service says of it. */
  stateMessage?: string;
  /** Runtime key. */
  sparkVersion?: string;
  /** User name. */
  creator?: string;
  /** Whether it is the project's cluster. */
  attached: boolean;
}
export interface ClusterListResult {
  /** Running first, then by name. */
  clusters: ClusterInfo[];
}
export interface ClusterStartParams {
  /** Cluster id. */
  id: string;
  /** The project whose connection is used. */
  folder?: string;
  /** Token for $/progress. */
  workDoneToken?: unknown;
}
export type ConnectionSource = "profile" | "settings" | "demo";
export type ConnectionState = "none" | "connecting" | "ready" | "failed";
export interface ConnectionListParams {
  /** The project; absent means the first folder. */
  folder?: string;
}
export interface ConnectionInfo {
  /** profile:NAME, settings:NAME or demo. */
  id: string;
  /** As shown. */
  name: string;
  /** Where it is written down. */
  source: ConnectionSource;
  /** Base address; absent for a demo workspace that does not run. */
  host?: string;
  /** Whether it is the folder's. */
  active: boolean;
  /** Why it cannot be used, and what to do. */
  problem?: string;
}
export interface ConnectionListResult {
  /** In the order to show. */
  connections: ConnectionInfo[];
}
export interface ConnectionSelectParams {
  /** Id of ConnectionInfo; empty disconnects. */
  id: string;
  /** The project; absent means the first folder. */
  folder?: string;
}
export interface ConnectionStatusParams {
  /** The project; absent means the first folder. */
  folder?: string;
}
export interface ConnectionStatus {
  /** The project. */
  folder?: string;
  /** Where it stands. */
  state: ConnectionState;
  /** Id of ConnectionInfo. */
  id?: string;
  /** As shown. */
  name?: string;
  /** Base address. */
  host?: string;
  /** Who the host says we are. */
  user?: string;
  /** Why it failed, and what to do. */
  message?: string;
}
export interface DebugInformationParams {
  /** The project. */
  folder?: string;
}
export interface DebugInformationResult {
  /** Markdown. */
  text: string;
}
export type CellState = "succeeded" | "failed" | "cancelled";
export interface KernelListParams {
  /** The project whose connection is used. */
  folder?: string;
}
export interface KernelInfo {
  /** Stable: the connection's id and the cluster's id. */
  id: string;
  /** The cluster's name. */
  label: string;
  /** Its state. */
  description?: string;
  /** Connection and runtime. */
  detail?: string;
  /** Offered first: the project's cluster. */
  preferred: boolean;
}
export interface KernelListResult {
  /** Preferred first. */
  kernels: KernelInfo[];
}
export interface KernelExecuteParams {
  /** Id of KernelInfo. */
  kernel: string;
  /** The notebook; cells of one notebook share variables. */
  notebook: string;
  /** Names this run in trowel/kernel/output. */
  cell: string;
  /** VS Code language id: python, sql, scala, r, shellscript, markdown. */
  language: string;
  /** The cell's text; may begin with a % magic. */
  source: string;
  /** The project whose connection is used. */
  folder?: string;
  /** Token for $/progress. */
  workDoneToken?: unknown;
}
export interface OutputItem {
  /** MIME type; application/vnd.code.notebook.error holds {name, message, stack}. */
  mime: string;
  /** For textual types. */
  text?: string;
  /** For binary types. */
  base64?: string;
  /** A private file with the bytes, where they are more than 1 MiB; removed by the reader. */
  path?: string;
}
export interface CellOutput {
  /** Representations, best first. */
  items: OutputItem[];
}
export interface KernelExecuteResult {
  /** How it ended. */
  state: CellState;
  /** All that the cell shows in the end. */
  outputs: CellOutput[];
}
export interface KernelOutputParams {
  /** As given to execute. */
  cell: string;
  /** All of them so far. */
  outputs: CellOutput[];
}
export interface KernelSessionParams {
  /** The notebook. */
  notebook: string;
  /** Only the session on this kernel. */
  kernel?: string;
  /** The project whose connection is used. */
  folder?: string;
}
export interface KernelChangedParams {
  /** The project. */
  folder?: string;
}
export interface WorkspaceFolder {
  /** Its file URI. */
  uri: string;
  /** As the editor shows it. */
  name: string;
}
export interface ClientInfo {
  /** The editor's name. */
  name: string;
  /** Its version. */
  version?: string;
}
export interface InitializationOptions {
  /** Hash of the protocol model the shim was built with; initialize fails with a clear message where it differs from the daemon's. */
  protocolHash?: string;
  /** Version of the extension. */
  shimVersion?: string;
  /** Whether the workspace is trusted; absent means it is. */
  trusted?: boolean;
}
export interface InitializeParams {
  /** The editor's process; the daemon ends when it does. */
  processId?: number | null;
  /** Who attaches. */
  clientInfo?: ClientInfo;
  /** The folder, for clients without workspaceFolders. */
  rootUri?: string | null;
  /** The project folders. */
  workspaceFolders?: WorkspaceFolder[] | null;
  /** LSP client capabilities. */
  capabilities?: unknown;
  /** What the Trowel shim tells. */
  initializationOptions?: InitializationOptions | null;
}
export interface ServerInfo {
  /** Trowel. */
  name: string;
  /** The daemon's version. */
  version: string;
  /** Hash of the protocol model the daemon was built with. */
  protocolHash: string;
}
export interface InitializeResult {
  /** LSP server capabilities: executeCommand and workspace folders. */
  capabilities: unknown;
  /** Who answers. */
  serverInfo: ServerInfo;
}
export interface InitializedParams {
}
export interface ExecuteCommandParams {
  /** An id of commands.json. */
  command: string;
  /** The tree node it was called on (CommandTarget), or nothing. */
  arguments?: unknown[];
  /** The project; absent means the first folder. */
  folder?: string;
  /** Token for $/progress. */
  workDoneToken?: unknown;
}
export interface CommandTarget {
  /** The view's id. */
  view?: string;
  /** The node's id. */
  node?: string;
}
export interface DidChangeConfigurationParams {
  /** Not read: settings are pulled. */
  settings?: unknown;
}
export interface WorkspaceFoldersChange {
  /** New folders. */
  added: WorkspaceFolder[];
  /** Folders that are gone. */
  removed: WorkspaceFolder[];
}
export interface DidChangeWorkspaceFoldersParams {
  /** What changed. */
  event: WorkspaceFoldersChange;
}
export interface WorkspaceTrustedParams {
}
export interface LogMessageParams {
  /** 1 error, 2 warning, 3 info, 4 log, 5 debug. */
  type: number;
  /** The text. */
  message: string;
}
export interface ConfigurationItem {
  /** The folder whose settings are meant. */
  scopeUri?: string;
  /** The section, here always trowel. */
  section?: string;
}
export interface ConfigurationParams {
  /** What is asked for. */
  items: ConfigurationItem[];
}
export interface CreateProgressParams {
  /** The new token. */
  token: string;
}
export type CellKind = "code" | "markup";
export interface NotebookDecodeParams {
  /** The file's extension without the dot, in lower case: py, sql, scala or r. */
  language: string;
  /** The bytes. */
  base64?: string;
  /** A private file with the bytes, where they are more than 1 MiB. */
  path?: string;
}
export interface NotebookCell {
  /** How it is shown. */
  kind: CellKind;
  /** VS Code language id. */
  language: string;
  /** Its text without separators and MAGIC prefixes, lines ended by \n. */
  source: string;
  /** Opaque to the editor: title and the original lines. Kept with the cell. */
  metadata?: unknown;
}
export interface NotebookDocument {
  /** In order. */
  cells: NotebookCell[];
  /** Opaque to the editor: language, line ends, header. Kept with the document. */
  metadata?: unknown;
}
export interface NotebookEncodeResult {
  /** The bytes. */
  base64?: string;
  /** A private file with the bytes, where they are more than 1 MiB; removed by the reader. */
  path?: string;
}
export type SyncState = "off" | "syncing" | "watching" | "held" | "failed";
export interface SyncStartParams {
  /** The project; absent means the first folder. */
  folder?: string;
  /** Absolute workspace path; absent means the setting trowel.sync.destination, and without one /Users/<me>/.trowel/<folder's name>. */
  destination?: string;
}
export interface SyncStopParams {
  /** The project; absent means the first folder. */
  folder?: string;
}
export interface SyncStatusParams {
  /** The project; absent means the first folder. */
  folder?: string;
}
export interface SyncProblem {
  /** Relative to the folder. */
  path: string;
  /** Why, and what to do. */
  message: string;
}
export interface SyncStatus {
  /** The project. */
  folder?: string;
  /** held: another window or command syncs to this target. */
  state: SyncState;
  /** Absolute workspace path. */
  destination?: string;
  /** Files and folders still to be sent or removed. */
  pending: number;
  /** Files and folders sent or removed since the start. */
  done: number;
  /** What did not arrive. */
  problems: SyncProblem[];
  /** A sentence for the user. */
  message?: string;
}
export type Collapsible = "none" | "collapsed" | "expanded";
export interface TreeChildrenParams {
  /** An id of views.json. */
  view: string;
  /** The node; absent means the view's roots. */
  node?: string;
  /** The project; absent means the first folder. */
  folder?: string;
}
export interface TreeCommand {
  /** An id of commands.json. */
  command: string;
  /** For screen readers. */
  title: string;
}
export interface TreeNode {
  /** Unique in its view, stable over refreshes. */
  id: string;
  /** The name. */
  label: string;
  /** Dimmed text behind the label. */
  description?: string;
  /** Markdown. */
  tooltip?: string;
  /** A codicon's name. */
  icon?: string;
  /** A theme colour's id. */
  iconColor?: string;
  /** What menus test with viewItem. */
  contextValue?: string;
  /** Whether there are children. */
  collapsible: Collapsible;
  /** What a click runs; its argument is this node as CommandTarget. */
  command?: TreeCommand;
}
export interface TreeChildrenResult {
  /** May be empty; the editor then shows the view's welcome text. */
  nodes: TreeNode[];
}
export interface TreeChangedParams {
  /** An id of views.json. */
  view: string;
  /** The node; absent means the whole view. */
  node?: string;
}
export type FileKind = "file" | "folder";
export type Severity = "info" | "warning" | "error";
export interface PickItem {
  /** Comes back in the result. */
  id: string;
  /** The name. */
  label: string;
  /** Behind the label. */
  description?: string;
  /** A second line. */
  detail?: string;
  /** A codicon's name. */
  icon?: string;
  /** Ticked at first, with many. */
  picked?: boolean;
}
export interface PickParams {
  /** What is chosen. */
  title: string;
  /** Hint in the filter box. */
  placeholder?: string;
  /** Several may be chosen. */
  many?: boolean;
  /** The rows. */
  items: PickItem[];
}
export interface PickResult {
  /** Ids of the rows. */
  ids?: string[];
}
export interface InputParams {
  /** What is asked. */
  title: string;
  /** A sentence below the box. */
  prompt?: string;
  /** Hint in the box. */
  placeholder?: string;
  /** What stands there at first. */
  value?: string;
  /** For secrets. */
  masked?: boolean;
}
export interface InputResult {
  /** The line. */
  value?: string;
}
export interface ConfirmParams {
  /** How it looks. */
  severity: Severity;
  /** One sentence. */
  message: string;
  /** More, in modal dialogs. */
  detail?: string;
  /** Blocks the editor until answered. */
  modal?: boolean;
  /** The buttons besides the one that dismisses. */
  actions: string[];
}
export interface ConfirmResult {
  /** Its text. */
  action?: string;
}
export interface ChooseFileParams {
  /** What for. */
  title: string;
  /** Files or folders. */
  kind: FileKind;
  /** Where to begin. */
  start?: string;
}
export interface ChooseFileResult {
  /** The file or folder. */
  uri?: string;
}
export interface OpenDocumentParams {
  /** A file to show. */
  uri?: string;
  /** A text to show without a file. */
  content?: string;
  /** Language id for content. */
  language?: string;
  /** The tab's title for content. */
  title?: string;
}
export interface DiffParams {
  /** The older. */
  left: string;
  /** The newer. */
  right: string;
  /** The tab's title. */
  title: string;
}
export interface OpenUrlParams {
  /** http or https. */
  url: string;
}
export interface CopyParams {
  /** Goes to the clipboard. */
  text: string;
}
export interface SecretKeyParams {
  /** Its name; holds no secret itself. */
  key: string;
}
export interface SecretStoreParams {
  /** Its name. */
  key: string;
  /** The secret. */
  value: string;
}
export interface SecretResult {
  /** Absent where none is stored. */
  value?: string;
}
export interface SettingParams {
  /** A key of settings.json. */
  key: string;
  /** The new value; null removes it. */
  value: unknown;
  /** The project it belongs to. */
  folder?: string;
}
export type WorkspaceObjectKind = "notebook" | "file" | "directory" | "repo" | "library" | "dashboard" | "other";
export interface WorkspaceListParams {
  /** Absolute workspace path; absent means /. */
  path?: string;
  /** Everything below, depth first, folders before their content. */
  recursive?: boolean;
  /** The project whose connection is used. */
  folder?: string;
}
export interface WorkspaceObject {
  /** Absolute workspace path. */
  path: string;
  /** What it is. */
  kind: WorkspaceObjectKind;
  /** 64-bit id as text. */
  objectId: string;
  /** PYTHON, SQL, SCALA or R, for notebooks. */
  language?: string;
  /** Bytes, for files. */
  size?: number;
  /** RFC 3339, UTC. */
  modifiedAt?: string;
}
export interface WorkspaceListResult {
  /** Folders first, then by name. */
  objects: WorkspaceObject[];
}
export interface Connection {
  sendRequest<R>(method: string, params: unknown, token?: CancellationToken): Promise<R>;
  sendNotification(method: string, params: unknown): Promise<void>;
  onRequest(method: string, handler: (params: any, token: CancellationToken) => unknown): Disposable;
  onNotification(method: string, handler: (params: any) => void): Disposable;
}
export class Client {
  constructor(private readonly connection: Connection) {}
  clusterList(params: ClusterListParams, token?: CancellationToken): Promise<ClusterListResult> {
    return this.connection.sendRequest("trowel/cluster/list", params, token);
  }
  clusterStart(params: ClusterStartParams, token?: CancellationToken): Promise<ClusterInfo> {
    return this.connection.sendRequest("trowel/cluster/start", params, token);
  }
  connectionList(params: ConnectionListParams, token?: CancellationToken): Promise<ConnectionListResult> {
    return this.connection.sendRequest("trowel/connection/list", params, token);
  }
  connectionSelect(params: ConnectionSelectParams, token?: CancellationToken): Promise<ConnectionStatus> {
    return this.connection.sendRequest("trowel/connection/select", params, token);
  }
  connectionStatus(params: ConnectionStatusParams, token?: CancellationToken): Promise<ConnectionStatus> {
    return this.connection.sendRequest("trowel/connection/status", params, token);
  }
  onConnectionChanged(handler: (params: ConnectionStatus) => void): Disposable {
    return this.connection.onNotification("trowel/connection/changed", handler);
  }
  debugInformation(params: DebugInformationParams, token?: CancellationToken): Promise<DebugInformationResult> {
    return this.connection.sendRequest("trowel/debug/information", params, token);
  }
  kernelList(params: KernelListParams, token?: CancellationToken): Promise<KernelListResult> {
    return this.connection.sendRequest("trowel/kernel/list", params, token);
  }
  kernelExecute(params: KernelExecuteParams, token?: CancellationToken): Promise<KernelExecuteResult> {
    return this.connection.sendRequest("trowel/kernel/execute", params, token);
  }
  kernelRestart(params: KernelSessionParams, token?: CancellationToken): Promise<unknown> {
    return this.connection.sendRequest("trowel/kernel/restart", params, token);
  }
  kernelClose(params: KernelSessionParams, token?: CancellationToken): Promise<unknown> {
    return this.connection.sendRequest("trowel/kernel/close", params, token);
  }
  onKernelChanged(handler: (params: KernelChangedParams) => void): Disposable {
    return this.connection.onNotification("trowel/kernel/changed", handler);
  }
  onKernelOutput(handler: (params: KernelOutputParams) => void): Disposable {
    return this.connection.onNotification("trowel/kernel/output", handler);
  }
  lifecycleInitialize(params: InitializeParams, token?: CancellationToken): Promise<InitializeResult> {
    return this.connection.sendRequest("initialize", params, token);
  }
  lifecycleShutdown(token?: CancellationToken): Promise<unknown> {
    return this.connection.sendRequest("shutdown", undefined, token);
  }
  lifecycleExecuteCommand(params: ExecuteCommandParams, token?: CancellationToken): Promise<unknown> {
    return this.connection.sendRequest("workspace/executeCommand", params, token);
  }
  lifecycleInitialized(params: InitializedParams): Promise<void> {
    return this.connection.sendNotification("initialized", params);
  }
  lifecycleDidChangeConfiguration(params: DidChangeConfigurationParams): Promise<void> {
    return this.connection.sendNotification("workspace/didChangeConfiguration", params);
  }
  lifecycleDidChangeWorkspaceFolders(params: DidChangeWorkspaceFoldersParams): Promise<void> {
    return this.connection.sendNotification("workspace/didChangeWorkspaceFolders", params);
  }
  lifecycleWorkspaceTrusted(params: WorkspaceTrustedParams): Promise<void> {
    return this.connection.sendNotification("trowel/workspace/trusted", params);
  }
  onLifecycleLogMessage(handler: (params: LogMessageParams) => void): Disposable {
    return this.connection.onNotification("window/logMessage", handler);
  }
  onLifecycleShowMessage(handler: (params: LogMessageParams) => void): Disposable {
    return this.connection.onNotification("window/showMessage", handler);
  }
  notebookDecode(params: NotebookDecodeParams, token?: CancellationToken): Promise<NotebookDocument> {
    return this.connection.sendRequest("trowel/notebook/decode", params, token);
  }
  notebookEncode(params: NotebookDocument, token?: CancellationToken): Promise<NotebookEncodeResult> {
    return this.connection.sendRequest("trowel/notebook/encode", params, token);
  }
  syncStart(params: SyncStartParams, token?: CancellationToken): Promise<SyncStatus> {
    return this.connection.sendRequest("trowel/sync/start", params, token);
  }
  syncStop(params: SyncStopParams, token?: CancellationToken): Promise<SyncStatus> {
    return this.connection.sendRequest("trowel/sync/stop", params, token);
  }
  syncStatus(params: SyncStatusParams, token?: CancellationToken): Promise<SyncStatus> {
    return this.connection.sendRequest("trowel/sync/status", params, token);
  }
  onSyncChanged(handler: (params: SyncStatus) => void): Disposable {
    return this.connection.onNotification("trowel/sync/changed", handler);
  }
  treeChildren(params: TreeChildrenParams, token?: CancellationToken): Promise<TreeChildrenResult> {
    return this.connection.sendRequest("trowel/tree/children", params, token);
  }
  onTreeChanged(handler: (params: TreeChangedParams) => void): Disposable {
    return this.connection.onNotification("trowel/tree/changed", handler);
  }
  workspaceList(params: WorkspaceListParams, token?: CancellationToken): Promise<WorkspaceListResult> {
    return this.connection.sendRequest("trowel/workspace/list", params, token);
  }
}
export interface ClientHandlers {
  lifecycleConfiguration(params: ConfigurationParams, token: CancellationToken): Promise<unknown[]>;
  lifecycleCreateProgress(params: CreateProgressParams, token: CancellationToken): Promise<unknown>;
  uiPick(params: PickParams, token: CancellationToken): Promise<PickResult>;
  uiInput(params: InputParams, token: CancellationToken): Promise<InputResult>;
  uiConfirm(params: ConfirmParams, token: CancellationToken): Promise<ConfirmResult>;
  uiChooseFile(params: ChooseFileParams, token: CancellationToken): Promise<ChooseFileResult>;
  uiOpenDocument(params: OpenDocumentParams, token: CancellationToken): Promise<unknown>;
  uiDiff(params: DiffParams, token: CancellationToken): Promise<unknown>;
  uiOpenUrl(params: OpenUrlParams, token: CancellationToken): Promise<unknown>;
  uiCopy(params: CopyParams, token: CancellationToken): Promise<unknown>;
  uiSecretGet(params: SecretKeyParams, token: CancellationToken): Promise<SecretResult>;
  uiSecretStore(params: SecretStoreParams, token: CancellationToken): Promise<unknown>;
  uiSecretDelete(params: SecretKeyParams, token: CancellationToken): Promise<unknown>;
  uiSetting(params: SettingParams, token: CancellationToken): Promise<unknown>;
}
export function bindClientHandlers(connection: Connection, handlers: ClientHandlers): Disposable[] {
  return [
    connection.onRequest("workspace/configuration", (params, token) => handlers.lifecycleConfiguration(params, token)),
    connection.onRequest("window/workDoneProgress/create", (params, token) => handlers.lifecycleCreateProgress(params, token)),
    connection.onRequest("trowel/ui/pick", (params, token) => handlers.uiPick(params, token)),
    connection.onRequest("trowel/ui/input", (params, token) => handlers.uiInput(params, token)),
    connection.onRequest("trowel/ui/confirm", (params, token) => handlers.uiConfirm(params, token)),
    connection.onRequest("trowel/ui/chooseFile", (params, token) => handlers.uiChooseFile(params, token)),
    connection.onRequest("trowel/ui/openDocument", (params, token) => handlers.uiOpenDocument(params, token)),
    connection.onRequest("trowel/ui/diff", (params, token) => handlers.uiDiff(params, token)),
    connection.onRequest("trowel/ui/openUrl", (params, token) => handlers.uiOpenUrl(params, token)),
    connection.onRequest("trowel/ui/copy", (params, token) => handlers.uiCopy(params, token)),
    connection.onRequest("trowel/ui/secret/get", (params, token) => handlers.uiSecretGet(params, token)),
    connection.onRequest("trowel/ui/secret/store", (params, token) => handlers.uiSecretStore(params, token)),
    connection.onRequest("trowel/ui/secret/delete", (params, token) => handlers.uiSecretDelete(params, token)),
    connection.onRequest("trowel/ui/setting", (params, token) => handlers.uiSetting(params, token)),
  ];
}
export const commands: readonly { id: string; runs: "daemon" | "shim" }[] = [
  {
    "id": "trowel.connection.select",
    "runs": "daemon"
  },
  {
    "id": "trowel.connection.add",
    "runs": "daemon"
  },
  {
    "id": "trowel.connection.demo",
    "runs": "daemon"
  },
  {
    "id": "trowel.connection.disconnect",
    "runs": "daemon"
  },
  {
    "id": "trowel.view.refresh",
    "runs": "daemon"
  },
  {
    "id": "trowel.workspace.open",
    "runs": "daemon"
  },
  {
    "id": "trowel.workspace.copyPath",
    "runs": "daemon"
  },
  {
    "id": "trowel.cluster.start",
    "runs": "daemon"
  },
  {
    "id": "trowel.cluster.stop",
    "runs": "daemon"
  },
  {
    "id": "trowel.cluster.restart",
    "runs": "daemon"
  },
  {
    "id": "trowel.cluster.attach",
    "runs": "daemon"
  },
  {
    "id": "trowel.kernel.restart",
    "runs": "shim"
  },
  {
    "id": "trowel.sync.start",
    "runs": "daemon"
  },
  {
    "id": "trowel.sync.stop",
    "runs": "daemon"
  },
  {
    "id": "trowel.sync.status",
    "runs": "daemon"
  },
  {
    "id": "trowel.daemon.restart",
    "runs": "shim"
  },
  {
    "id": "trowel.log.show",
    "runs": "shim"
  },
  {
    "id": "trowel.debug.copy",
    "runs": "shim"
  }
];
export const views: readonly { id: string; name: string }[] = [
  {
    "id": "trowel.connections",
    "name": "connections"
  },
  {
    "id": "trowel.workspace",
    "name": "workspace"
  },
  {
    "id": "trowel.clusters",
    "name": "clusters"
  }
];
export const ErrorCodes = {
  "ParseError": -32700,
  "InvalidRequest": -32600,
  "MethodNotFound": -32601,
  "InvalidParams": -32602,
  "Internal": -32603,
  "NotInitialized": -32002,
  "Overloaded": -32000,
  "Cancelled": -32800,
  "DeadlineExceeded": 1001,
  "NotFound": 1002,
  "AlreadyExists": 1003,
  "PermissionDenied": 1004,
  "Unauthenticated": 1005,
  "Conflict": 1006,
  "RateLimited": 1007,
  "Unavailable": 1008,
  "Unsupported": 1009,
  "DataLoss": 1010,
  "Halted": 1011,
  "NotConfigured": 1012,
  "Untrusted": 1013
} as const;
