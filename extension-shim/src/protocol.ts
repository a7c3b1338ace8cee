// Generated from protocol/ by protocol_generator. Do not edit: change the model and build the target 'protocol'.

/* eslint-disable */

export const protocolHash = '7d3ea9ff1c139807';

export interface Disposable { dispose(): void }
export interface CancellationToken {
  readonly isCancellationRequested: boolean;
  onCancellationRequested(listener: (event: any) => any): Disposable;
}

/** What the client needs of a JSON-RPC connection. */
export interface Connection {
  sendRequest<R>(method: string, params: unknown, token?: CancellationToken): Promise<R>;
  sendNotification(method: string, params: unknown): Promise<void>;
  onRequest(method: string, handler: (params: any, token: CancellationToken) => unknown): Disposable;
  onNotification(method: string, handler: (params: any) => void): Disposable;
}

export const ErrorCodes = {
  /** The message is not valid JSON. */
  ParseError: -32700,
  /** The message is valid JSON, but no request at this point of the conversation. */
  InvalidRequest: -32600,
  /** Trowel has no such method. */
  MethodNotFound: -32601,
  /** Something the caller handed over is wrong; the message names it. */
  InvalidParams: -32602,
  /** A fault of Trowel itself. */
  Internal: -32603,
  /** A request before initialize. */
  NotInitialized: -32002,
  /** Too many requests wait already; send again later. */
  Overloaded: -32000,
  /** Stopped on request; the message says by whom. */
  Cancelled: -32800,
  /** Took longer than its time limit. */
  DeadlineExceeded: 1001,
  /** The thing named does not exist. */
  NotFound: 1002,
  /** There is such a thing already. */
  AlreadyExists: 1003,
  /** Known, but not allowed. */
  PermissionDenied: 1004,
  /** No credential, or one that the host does not accept. */
  Unauthenticated: 1005,
  /** The state of the thing forbids it now. */
  Conflict: 1006,
  /** The workspace asked to slow down for longer than the call could wait. */
  RateLimited: 1007,
  /** The host cannot be reached or answers that it is down. */
  Unavailable: 1008,
  /** Trowel or the host cannot do this. */
  Unsupported: 1009,
  /** An answer or a file is damaged or cut off. */
  DataLoss: 1010,
  /** Stopped on purpose, because going on could lose something; needs the user. */
  Halted: 1011,
  /** No connection is set up or chosen for this project. */
  NotConfigured: 1012,
  /** The folder is not trusted, so nothing is run or sent for it. */
  Untrusted: 1013,
} as const;

// ---- cluster: All-purpose clusters.

/** Whose clusters. */
export interface ClusterListParams {
  /** The project whose connection is used. */
  folder?: string;
}

/** A cluster. */
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

/** The clusters. */
export interface ClusterListResult {
  /** Running first, then by name. */
  clusters: ClusterInfo[];
}

/** Which one. */
export interface ClusterStartParams {
  /** Cluster id. */
  id: string;
  /** The project whose connection is used. */
  folder?: string;
  /** Token for $/progress. */
  workDoneToken?: unknown;
}

// ---- connection: Which workspace a project folder talks to. Each folder has one active connection of its own.

/** Where a connection is written down. */
export type ConnectionSource = | 'settings' | 'profile' | 'azure' | 'project' | 'environment' | 'demo';

/** States of a folder's connection. */
export type ConnectionState = | 'none' | 'connecting' | 'ready' | 'offline' | 'signIn' | 'failed';

/** Whose connections. */
export interface ConnectionListParams {
  /** The project; absent means the first folder. */
  folder?: string;
}

/** A connection that can be chosen. */
export interface ConnectionInfo {
  /** The source and a name: profile:DEV, settings:shop, demo. */
  id: string;
  /** As shown. */
  name: string;
  /** Where it is written down. */
  source: ConnectionSource;
  /** Base address; absent for a demo workspace that does not run. */
  host?: string;
  /** Whether it is the folder's. */
  active: boolean;
  /** AWS, Azure or GCP, as far as the address tells. */
  cloud?: string;
  /** Why it cannot be used, and what to do. */
  problem?: string;
}

/** All of them. */
export interface ConnectionListResult {
  /** In the order to show. */
  connections: ConnectionInfo[];
}

/** The choice. */
export interface ConnectionSelectParams {
  /** Id of ConnectionInfo; empty disconnects. */
  id: string;
  /** The project; absent means the first folder. */
  folder?: string;
}

/** Whose status. */
export interface ConnectionStatusParams {
  /** The project; absent means the first folder. */
  folder?: string;
}

/** A folder's connection. */
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
  /** How Trowel signed in: pat, databricks-cli, oauth-m2m, azure-cli, … */
  authType?: string;
  /** AWS, Azure or GCP. */
  cloud?: string;
  /** As the workspace says. */
  workspaceId?: string;
  /** Why it failed, or why it is slow now, and what to do. */
  message?: string;
}

/** A folder with a connection of its own. */
export interface ConnectionProject {
  /** The folder. */
  uri: string;
  /** As shown. */
  name: string;
}

/** All of them, also the editor's own folders. */
export interface ConnectionProjects {
  /** The deepest that holds a file is the file's. */
  projects: ConnectionProject[];
}

/** One variable. */
export interface EnvironmentVariable {
  /** DATABRICKS_HOST. */
  name: string;
  /** Never a token. */
  value: string;
}

/** Replaces what was told before. */
export interface ConnectionEnvironment {
  /** The project. */
  folder?: string;
  /** Empty: none. */
  variables: EnvironmentVariable[];
}

// ---- debug: What helps when something does not work.

/** A text. */
export interface EchoParams {
  /** Any text. */
  text: string;
}

/** Whose. */
export interface DebugInformationParams {
  /** The project. */
  folder?: string;
}

/** The report. */
export interface DebugInformationResult {
  /** Markdown. */
  text: string;
}

// ---- fs: The file systems wsfs:, dbfs: and volumes: of the editor. An address is SCHEME:/path for the connection of the first project, SCHEME://HOST/path for the project that is connected with that host. Notebooks have the extension of their language.

/** What something is. */
export type FsKind = | 'file' | 'folder';

/** What has happened. */
export type FsChangeKind = | 'created' | 'changed' | 'deleted';

/** Where. */
export interface FsUriParams {
  /** An address. */
  uri: string;
}

/** What lies at an address. */
export interface FsStat {
  /** File or folder. */
  kind: FsKind;
  /** Bytes; of a notebook those of its export, 0 of folders. */
  size: number;
  /** Milliseconds since 1970; 0 where it is not told. */
  modifiedAt: number;
  /** The user may not write here, as far as that is known. */
  readOnly?: boolean;
  /** Another one for other content, or for another workspace; absent where that cannot be told. */
  etag?: string;
}

/** A child of a folder. */
export interface FsEntry {
  /** Its name. */
  name: string;
  /** File or folder. */
  kind: FsKind;
}

/** The children. */
export interface FsListResult {
  /** In no order. */
  entries: FsEntry[];
}

/** The bytes, as just one of base64 and path. */
export interface FsReadResult {
  /** The bytes. */
  base64?: string;
  /** A private file with the bytes, where they are more than 1 MiB; removed by the reader. */
  path?: string;
  /** Of what was read. */
  stat: FsStat;
}

/** What to write where; just one of base64 and path. */
export interface FsWriteParams {
  /** An address. */
  uri: string;
  /** The bytes. */
  base64?: string;
  /** A private file with the bytes, where they are more than 1 MiB. */
  path?: string;
  /** May be made anew; else NotFound. */
  create: boolean;
  /** May be replaced; else AlreadyExists. */
  overwrite: boolean;
  /** What the writer has read; absent: whatever is there. */
  etag?: string;
}

/** What to remove. */
export interface FsDeleteParams {
  /** An address. */
  uri: string;
  /** A folder with all that is in it. */
  recursive: boolean;
}

/** From where to where. */
export interface FsMoveParams {
  /** The address now. */
  from: string;
  /** The new address, of the same file system. */
  to: string;
  /** A file that is there may be replaced; else AlreadyExists. */
  overwrite: boolean;
}

/** Something that is watched. */
export interface FsWatch {
  /** An address. */
  uri: string;
  /** Also what is below, as far as the editor has listed it. */
  recursive: boolean;
}

/** What is watched. */
export interface FsWatchParams {
  /** All of it. */
  watches: FsWatch[];
}

/** One change. */
export interface FsChange {
  /** An address. */
  uri: string;
  /** What has happened. */
  kind: FsChangeKind;
}

/** Changes. */
export interface FsChangedParams {
  /** In no order. */
  changes: FsChange[];
}

// ---- kernel: Notebook cells that run on a cluster. A running cell is interrupted by $/cancelRequest on its execute request.

/** How a cell ended. */
export type CellState = | 'succeeded' | 'failed' | 'cancelled';

/** Whose kernels. */
export interface KernelListParams {
  /** The project whose connection is used. */
  folder?: string;
}

/** A kernel to choose. */
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

/** The kernels. */
export interface KernelListResult {
  /** Preferred first. */
  kernels: KernelInfo[];
}

/** A cell to run. */
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

/** One representation of an output. Exactly one of text, base64 and path is there. */
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

/** One output of a cell. */
export interface CellOutput {
  /** Representations, best first. */
  items: OutputItem[];
}

/** How the cell ended. */
export interface KernelExecuteResult {
  /** How it ended. */
  state: CellState;
  /** All that the cell shows in the end. */
  outputs: CellOutput[];
}

/** Outputs of a running cell. */
export interface KernelOutputParams {
  /** As given to execute. */
  cell: string;
  /** All of them so far. */
  outputs: CellOutput[];
}

/** Whose session. */
export interface KernelSessionParams {
  /** The notebook. */
  notebook: string;
  /** Only the session on this kernel. */
  kernel?: string;
  /** The project whose connection is used. */
  folder?: string;
}

/** Whose list. */
export interface KernelChangedParams {
  /** The project. */
  folder?: string;
}

// ---- lifecycle: How a conversation begins and ends, after the Language Server Protocol, and the door for commands.

/** A project folder of the editor. */
export interface WorkspaceFolder {
  /** Its file URI. */
  uri: string;
  /** As the editor shows it. */
  name: string;
}

/** Who attaches. */
export interface ClientInfo {
  /** The editor's name. */
  name: string;
  /** Its version. */
  version?: string;
}

/** What the Trowel shim tells beyond LSP. Other editors may leave all of it out. */
export interface InitializationOptions {
  /** Hash of the protocol model the shim was built with; initialize fails with a clear message where it differs from the daemon's. */
  protocolHash?: string;
  /** Version of the extension. */
  shimVersion?: string;
  /** Whether the workspace is trusted; absent means it is. */
  trusted?: boolean;
}

/** As in LSP; unknown fields are ignored. */
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

/** Who answers. */
export interface ServerInfo {
  /** Trowel. */
  name: string;
  /** The daemon's version. */
  version: string;
  /** Hash of the protocol model the daemon was built with. */
  protocolHash: string;
}

/** What the daemon can do. */
export interface InitializeResult {
  /** LSP server capabilities: executeCommand and workspace folders. */
  capabilities: unknown;
  /** Who answers. */
  serverInfo: ServerInfo;
}

/** Empty. */
export interface InitializedParams {
}

/** A command and what it applies to. */
export interface ExecuteCommandParams {
  /** An id of commands.json. */
  command: string;
  /** The rows it was called on (CommandTarget each), or nothing. */
  arguments?: unknown[];
  /** The project; absent means the first folder. */
  folder?: string;
  /** Token for $/progress. */
  workDoneToken?: unknown;
}

/** A row that a command was called on. */
export interface CommandTarget {
  /** The view's id; `explorer` for a file. */
  view?: string;
  /** The node's id; the file's URI. */
  node?: string;
  /** Of the connection that the row is from: on rows of another one than the project's nothing is done. */
  generation?: number;
}

/** As in LSP. */
export interface DidChangeConfigurationParams {
  /** Not read: settings are pulled. */
  settings?: unknown;
}

/** As in LSP. */
export interface WorkspaceFoldersChange {
  /** New folders. */
  added: WorkspaceFolder[];
  /** Folders that are gone. */
  removed: WorkspaceFolder[];
}

/** As in LSP. */
export interface DidChangeWorkspaceFoldersParams {
  /** What changed. */
  event: WorkspaceFoldersChange;
}

/** Empty: trust is only ever granted. */
export interface WorkspaceTrustedParams {
}

/** As in LSP. */
export interface LogMessageParams {
  /** 1 error, 2 warning, 3 info, 4 log, 5 debug. */
  type: number;
  /** The text. */
  message: string;
}

/** As in LSP. */
export interface ConfigurationItem {
  /** The folder whose settings are meant. */
  scopeUri?: string;
  /** The section, here always trowel. */
  section?: string;
}

/** As in LSP. */
export interface ConfigurationParams {
  /** What is asked for. */
  items: ConfigurationItem[];
}

/** As in LSP. */
export interface CreateProgressParams {
  /** The new token. */
  token: string;
}

// ---- notebook: SOURCE notebooks as cells. Decoding and encoding without an edit gives the same bytes.

/** How a cell is shown. */
export type CellKind = | 'code' | 'markup';

/** A file's bytes. */
export interface NotebookDecodeParams {
  /** The file's extension without the dot, in lower case: py, sql, scala or r. */
  language: string;
  /** The bytes. */
  base64?: string;
  /** A private file with the bytes, where they are more than 1 MiB. */
  path?: string;
}

/** A cell. */
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

/** A notebook. */
export interface NotebookDocument {
  /** In order. */
  cells: NotebookCell[];
  /** Opaque to the editor: language, line ends, header. Kept with the document. */
  metadata?: unknown;
}

/** The file's bytes. Exactly one field is there. */
export interface NotebookEncodeResult {
  /** The bytes. */
  base64?: string;
  /** A private file with the bytes, where they are more than 1 MiB; removed by the reader. */
  path?: string;
}

// ---- sync: One-way sync of a project folder to a folder of the workspace.

/** States of a sync. */
export type SyncState = | 'off' | 'syncing' | 'watching' | 'held' | 'failed';

/** What to sync. */
export interface SyncStartParams {
  /** The project; absent means the first folder. */
  folder?: string;
  /** Absolute workspace path; absent means the setting trowel.sync.destination, and without one /Users/<me>/.trowel/<folder's name>. */
  destination?: string;
}

/** Whose sync. */
export interface SyncStopParams {
  /** The project; absent means the first folder. */
  folder?: string;
}

/** Whose sync. */
export interface SyncStatusParams {
  /** The project; absent means the first folder. */
  folder?: string;
}

/** A file that did not arrive. */
export interface SyncProblem {
  /** Relative to the folder. */
  path: string;
  /** Why, and what to do. */
  message: string;
}

/** Where a sync stands. */
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

// ---- transfer: Copies of files and folders between this machine and a workspace for who is not asked anything: the shell.

/** What becomes of a file that was changed on both sides. */
export type TransferConflict = | 'leave' | 'replace' | 'both';

/** What to copy. */
export interface TransferRunParams {
  /** An absolute path of this machine, or an address of remote files as wsfs:/Users/me/etl. */
  from: string;
  /** The other one. A file keeps its name where this is a folder; a folder's content goes into this folder. */
  to: string;
  /** Absent: leave, which keeps what the target has and names the file among the problems. */
  onConflict?: TransferConflict;
  /** Only says what would be done. */
  dryRun?: boolean;
  /** Whose connection; absent means the first folder. */
  folder?: string;
}

/** A file that did not arrive. */
export interface TransferProblem {
  /** As the source names it. */
  path: string;
  /** Why. */
  message: string;
}

/** What came of it. */
export interface TransferRunResult {
  /** Files and notebooks that arrived. */
  copied: number;
  /** Of which nothing had to be copied. */
  same: number;
  /** The same in a sentence; with dryRun every step, one a line. */
  text: string;
  /** What did not arrive. */
  problems: TransferProblem[];
}

// ---- tree: Views are drawn from the daemon: the editor asks for nodes, says which ones are in sight, and is told what to ask for again.

/** Whether a node has children, and shows them at first. */
export type Collapsible = | 'none' | 'collapsed' | 'expanded';

/** What to list. */
export interface TreeChildrenParams {
  /** An id of views.json. */
  view: string;
  /** The node; absent means the view's roots. */
  node?: string;
  /** `more` of the page before; absent means the first. */
  page?: string;
  /** The project; absent means the first folder. */
  folder?: string;
}

/** What a click on a node runs. */
export interface TreeCommand {
  /** An id of commands.json. */
  command: string;
  /** For screen readers. */
  title: string;
}

/** How a row stands out, wherever its resource is shown. */
export interface TreeDecoration {
  /** One or two characters at the row's end. */
  badge?: string;
  /** A theme colour's id, for label and badge. */
  color?: string;
  /** What the badge means, in words. */
  tooltip?: string;
  /** Also the folders around the resource take the colour. */
  propagate?: boolean;
}

/** One row of a view. The editor draws it as it is. */
export interface TreeNode {
  /** Unique in its view, stable over refreshes. */
  id: string;
  /** The name. */
  label: string;
  /** Dimmed text behind the label. */
  description?: string;
  /** Markdown. */
  tooltip?: string;
  /** A codicon's name, or trowel-NAME for media/light/NAME.svg and media/dark/NAME.svg. */
  icon?: string;
  /** A theme colour's id, for a codicon. */
  iconColor?: string;
  /** What a screen reader says; absent: label and description. */
  accessibleLabel?: string;
  /** What menus test with viewItem. */
  contextValue?: string;
  /** Whether there are children. */
  collapsible: Collapsible;
  /** What a click runs; its argument is this node as CommandTarget. */
  command?: TreeCommand;
  /** What the row stands for: its decoration belongs to it, and it is what is dragged out of the view. */
  resource?: string;
  /** Badge and colour. */
  decoration?: TreeDecoration;
  /** What is inserted where the row is dropped into a text. */
  dragText?: string;
}

/** The nodes, in the order to show. */
export interface TreeChildrenResult {
  /** May be empty; the editor then shows the view's welcome text. */
  nodes: TreeNode[];
  /** There are further nodes; hand it back as `page`. */
  more?: string;
  /** With `more`: the rest is at hand, so fetch it without being asked; else when the user asks for it. */
  ready?: boolean;
  /** Of the connection that the nodes are from. Rows of another one must not be shown beside them. */
  generation?: number;
  /** With the roots: what the view leaves out, to be shown behind its title. */
  description?: string;
}

/** What is in sight. */
export interface TreeVisibleParams {
  /** An id of views.json. */
  view: string;
  /** The node that was opened or closed; absent means the view itself. */
  node?: string;
  /** Whether it is in sight now. */
  visible: boolean;
  /** The project that the view shows; absent means the first folder. */
  folder?: string;
}

/** What is stale. */
export interface TreeChangedParams {
  /** An id of views.json. */
  view: string;
  /** The node; absent means the whole view. */
  node?: string;
  /** Only these rows are others than before, and nothing need be fetched. They belong to `folder`. */
  rows?: TreeNode[];
  /** With `rows`: whose they are; absent means the window without a folder. */
  folder?: string;
}

/** Which row. */
export interface TreeRevealParams {
  /** An id of views.json. */
  view: string;
  /** Ids from the root down to the row. */
  path: string[];
}

/** What was dropped where. */
export interface TreeDropParams {
  /** The view that it was dropped on. */
  view: string;
  /** The node; absent means the view's empty space. */
  node?: string;
  /** Rows of this or another view. */
  rows: CommandTarget[];
  /** Files and folders, as from the explorer; none where there are rows. */
  uris: string[];
  /** Of the connection that the node is from. */
  generation?: number;
  /** The project; absent means the first folder. */
  folder?: string;
  /** Token for $/progress. */
  workDoneToken?: unknown;
}

// ---- ui: What the daemon asks of the user. The editor implements each call once; absent results mean that the user dismissed it.

/** What chooseFile offers. */
export type FileKind = | 'file' | 'folder';

/** How a message looks. */
export type Severity = | 'info' | 'warning' | 'error';

/** Which settings.json. */
export type SettingScope = | 'user' | 'workspace' | 'folder';

/** A row to choose. */
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

/** A list to choose from. */
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

/** What was chosen. */
export interface PickResult {
  /** Ids of the rows. */
  ids?: string[];
}

/** A line to type. */
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

/** What was typed. */
export interface InputResult {
  /** The line. */
  value?: string;
}

/** A message with buttons. */
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

/** Which button. */
export interface ConfirmResult {
  /** Its text. */
  action?: string;
}

/** What to choose. */
export interface ChooseFileParams {
  /** What for. */
  title: string;
  /** Files or folders. */
  kind: FileKind;
  /** Several may be chosen. */
  many?: boolean;
  /** Where to begin. */
  start?: string;
}

/** What was chosen. */
export interface ChooseFileResult {
  /** The file or folder; of many the first. */
  uri?: string;
  /** With many: all of them. */
  uris?: string[];
}

/** Either uri, or content. */
export interface OpenDocumentParams {
  /** A file to show. */
  uri?: string;
  /** A text to show without a file. */
  content?: string;
  /** Language id for content. */
  language?: string;
  /** The tab's title for content. */
  title?: string;
  /** Content goes into a new file without a name, for the user to change and to use with a command. */
  editable?: boolean;
}

/** Two files. */
export interface DiffParams {
  /** The older. */
  left: string;
  /** The newer. */
  right: string;
  /** The tab's title. */
  title: string;
}

/** An address. */
export interface OpenUrlParams {
  /** http or https. */
  url: string;
  /** An address of this machine that the browser will come back to; the editor makes a way to it where the two run on different machines. */
  callback?: string;
}

/** A text. */
export interface CopyParams {
  /** Goes to the clipboard. */
  text: string;
}

/** Empty. */
export interface PasteParams {
}

/** The clipboard. */
export interface PasteResult {
  /** Empty where there is no text. */
  text: string;
}

/** Empty. */
export interface ActiveDocumentParams {
}

/** The document; empty where no editor is open. */
export interface ActiveDocumentResult {
  /** Of the file, also of one without a name. */
  uri?: string;
  /** Language id. */
  language?: string;
  /** Its text; absent for notebooks, and above 1 MiB. */
  content?: string;
}

/** What. */
export interface InsertTextParams {
  /** The text. */
  text: string;
}

/** Whether. */
export interface InsertTextResult {
  /** False where no editor is open for it. */
  done: boolean;
}

/** Which. */
export interface ShowInFolderParams {
  /** The file or folder. */
  uri: string;
}

/** Which. */
export interface AddFolderParams {
  /** The folder, of any file system. */
  uri: string;
  /** As the explorer shows it. */
  name?: string;
}

/** Names a secret. */
export interface SecretKeyParams {
  /** Its name; holds no secret itself. */
  key: string;
}

/** A secret to keep. */
export interface SecretStoreParams {
  /** Its name. */
  key: string;
  /** The secret. */
  value: string;
}

/** A secret. */
export interface SecretResult {
  /** Absent where none is stored. */
  value?: string;
}

/** A setting to write. */
export interface SettingParams {
  /** A key of settings.json. */
  key: string;
  /** The new value; null removes it. */
  value: unknown;
  /** The project it belongs to. */
  folder?: string;
  /** Absent: the folder's, or the user's where no folder is given. */
  scope?: SettingScope;
}

/** Which settings. */
export interface SettingsParams {
  /** Full keys: databricks.connections. */
  keys: string[];
  /** The project whose folder settings are meant. */
  folder?: string;
}

/** One setting. A scope in which it is not written is absent. */
export interface ScopedSetting {
  /** As asked for. */
  key: string;
  /** In the user's settings.json. */
  user?: unknown;
  /** In the workspace's. */
  workspace?: unknown;
  /** In the folder's. */
  folder?: unknown;
}

/** One for each key, in order. */
export interface SettingsResult {
  /** The settings. */
  values: ScopedSetting[];
}

/** What the token is for. */
export interface MicrosoftSessionParams {
  /** As Microsoft names them. */
  scopes: string[];
  /** A tenant other than the account's own. */
  tenant?: string;
  /** The account of a sovereign cloud (US government, China). */
  sovereign?: boolean;
  /** Whether the user may be asked to sign in. */
  ask: boolean;
}

/** The session. */
export interface MicrosoftSessionResult {
  /** An access token; absent where there is no session. */
  token?: string;
  /** Whose. */
  account?: string;
}

// ---- workspace: Objects of the workspace tree.

/** What an object is; kinds that Trowel does not know are other. */
export type WorkspaceObjectKind = | 'notebook' | 'file' | 'directory' | 'repo' | 'library' | 'dashboard' | 'other';

/** What to list. */
export interface WorkspaceListParams {
  /** Absolute workspace path; absent means /. */
  path?: string;
  /** Everything below, depth first, folders before their content. */
  recursive?: boolean;
  /** The project whose connection is used. */
  folder?: string;
}

/** An object. */
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

/** The objects. */
export interface WorkspaceListResult {
  /** Folders first, then by name. */
  objects: WorkspaceObject[];
}

/** Calls to the daemon, and what it tells. */
export class Client {
  constructor(private readonly connection: Connection) {}

  /** Clusters that people use; those of jobs and pipelines are left out. */
  clusterList(params: ClusterListParams, token?: CancellationToken): Promise<ClusterListResult> {
    return this.connection.sendRequest('trowel/cluster/list', params, token);
  }

  /** Starts a terminated cluster and waits until it runs, with progress. A running one is returned as it is. */
  clusterStart(params: ClusterStartParams, token?: CancellationToken): Promise<ClusterInfo> {
    return this.connection.sendRequest('trowel/cluster/start', params, token);
  }

  /** Every connection that profiles and settings offer, and the demo workspace. */
  connectionList(params: ConnectionListParams, token?: CancellationToken): Promise<ConnectionListResult> {
    return this.connection.sendRequest('trowel/connection/list', params, token);
  }

  /** Makes a connection the folder's active one and proves it by asking the host who we are. */
  connectionSelect(params: ConnectionSelectParams, token?: CancellationToken): Promise<ConnectionStatus> {
    return this.connection.sendRequest('trowel/connection/select', params, token);
  }

  /** The folder's active connection. */
  connectionStatus(params: ConnectionStatusParams, token?: CancellationToken): Promise<ConnectionStatus> {
    return this.connection.sendRequest('trowel/connection/status', params, token);
  }

  /** A folder's connection changed its state. */
  onConnectionChanged(handler: (params: ConnectionStatus) => void): Disposable {
    return this.connection.onNotification('trowel/connection/changed', handler);
  }

  /** Which folders and sub-folders are projects with a connection of their own. */
  onConnectionProjects(handler: (params: ConnectionProjects) => void): Disposable {
    return this.connection.onNotification('trowel/connection/projects', handler);
  }

  /** What a project's terminals should have in their environment, so that other tools sign in as the project does. */
  onConnectionEnvironment(handler: (params: ConnectionEnvironment) => void): Disposable {
    return this.connection.onNotification('trowel/connection/environment', handler);
  }

  /** Versions, paths, connections and states as text for a bug report; tokens, and names of people, never. */
  debugInformation(params: DebugInformationParams, token?: CancellationToken): Promise<DebugInformationResult> {
    return this.connection.sendRequest('trowel/debug/information', params, token);
  }

  /** Returns what it was given: measures the wire. */
  debugEcho(params: EchoParams, token?: CancellationToken): Promise<EchoParams> {
    return this.connection.sendRequest('trowel/debug/echo', params, token);
  }

  /** What lies at an address. NotFound where nothing does. */
  fsStat(params: FsUriParams, token?: CancellationToken): Promise<FsStat> {
    return this.connection.sendRequest('trowel/fs/stat', params, token);
  }

  /** The children of a folder. InvalidParams for what is no folder. */
  fsList(params: FsUriParams, token?: CancellationToken): Promise<FsListResult> {
    return this.connection.sendRequest('trowel/fs/list', params, token);
  }

  /** The bytes of a file. InvalidParams for a folder. */
  fsRead(params: FsUriParams, token?: CancellationToken): Promise<FsReadResult> {
    return this.connection.sendRequest('trowel/fs/read', params, token);
  }

  /** Writes a whole file and returns what lies there then. Conflict where it is not what `etag` names; InvalidParams for a folder. */
  fsWrite(params: FsWriteParams, token?: CancellationToken): Promise<FsStat> {
    return this.connection.sendRequest('trowel/fs/write', params, token);
  }

  /** Makes a folder. AlreadyExists where there is something. */
  fsMkdir(params: FsUriParams, token?: CancellationToken): Promise<unknown> {
    return this.connection.sendRequest('trowel/fs/mkdir', params, token);
  }

  /** Removes a file or a folder. Conflict for a folder with content without `recursive`. */
  fsRemove(params: FsDeleteParams, token?: CancellationToken): Promise<unknown> {
    return this.connection.sendRequest('trowel/fs/delete', params, token);
  }

  /** Renames or moves within one file system. Where the service cannot do that: copies, reads back, compares, then removes; on any doubt both copies stay. */
  fsRename(params: FsMoveParams, token?: CancellationToken): Promise<unknown> {
    return this.connection.sendRequest('trowel/fs/rename', params, token);
  }

  /** Copies a file or a folder within one file system, and compares. */
  fsCopy(params: FsMoveParams, token?: CancellationToken): Promise<unknown> {
    return this.connection.sendRequest('trowel/fs/copy', params, token);
  }

  /** All that the editor watches now, in place of what it watched before. */
  fsWatch(params: FsWatchParams): Promise<void> {
    return this.connection.sendNotification('trowel/fs/watch', params);
  }

  /** Somebody else has changed files, or another part of Trowel has. */
  onFsChanged(handler: (params: FsChangedParams) => void): Disposable {
    return this.connection.onNotification('trowel/fs/changed', handler);
  }

  /** The kernels a notebook of this folder can choose. */
  kernelList(params: KernelListParams, token?: CancellationToken): Promise<KernelListResult> {
    return this.connection.sendRequest('trowel/kernel/list', params, token);
  }

  /** Runs one cell; cells of a notebook run in the order they were sent. Offers to start a terminated cluster and reports progress meanwhile. */
  kernelExecute(params: KernelExecuteParams, token?: CancellationToken): Promise<KernelExecuteResult> {
    return this.connection.sendRequest('trowel/kernel/execute', params, token);
  }

  /** Throws the notebook's session away, so that the next cell begins with nothing defined. */
  kernelRestart(params: KernelSessionParams, token?: CancellationToken): Promise<unknown> {
    return this.connection.sendRequest('trowel/kernel/restart', params, token);
  }

  /** The notebook was closed: ends its sessions. */
  kernelClose(params: KernelSessionParams, token?: CancellationToken): Promise<unknown> {
    return this.connection.sendRequest('trowel/kernel/close', params, token);
  }

  /** The list of kernels changed. */
  onKernelChanged(handler: (params: KernelChangedParams) => void): Disposable {
    return this.connection.onNotification('trowel/kernel/changed', handler);
  }

  /** What a running cell shows now; replaces what it showed before. */
  onKernelOutput(handler: (params: KernelOutputParams) => void): Disposable {
    return this.connection.onNotification('trowel/kernel/output', handler);
  }

  /** The first request of a conversation; everything before it is refused with NotInitialized. */
  lifecycleInitialize(params: InitializeParams, token?: CancellationToken): Promise<InitializeResult> {
    return this.connection.sendRequest('initialize', params, token);
  }

  /** Cancels what runs and refuses further requests; `exit` ends the process. */
  lifecycleShutdown(token?: CancellationToken): Promise<unknown> {
    return this.connection.sendRequest('shutdown', undefined, token);
  }

  /** Runs a command of commands.json. The daemon asks the user through trowel/ui/* for whatever the arguments leave open. */
  lifecycleExecuteCommand(params: ExecuteCommandParams, token?: CancellationToken): Promise<unknown> {
    return this.connection.sendRequest('workspace/executeCommand', params, token);
  }

  /** The editor is ready for requests from the daemon. */
  lifecycleInitialized(params: InitializedParams): Promise<void> {
    return this.connection.sendNotification('initialized', params);
  }

  /** Settings changed; the daemon pulls them again with workspace/configuration. */
  lifecycleDidChangeConfiguration(params: DidChangeConfigurationParams): Promise<void> {
    return this.connection.sendNotification('workspace/didChangeConfiguration', params);
  }

  /** Project folders came or went. */
  lifecycleDidChangeWorkspaceFolders(params: DidChangeWorkspaceFoldersParams): Promise<void> {
    return this.connection.sendNotification('workspace/didChangeWorkspaceFolders', params);
  }

  /** The user granted Workspace Trust. Until then nothing touches the network. */
  lifecycleWorkspaceTrusted(params: WorkspaceTrustedParams): Promise<void> {
    return this.connection.sendNotification('trowel/workspace/trusted', params);
  }

  /** A line for the editor's log channel. */
  onLifecycleLogMessage(handler: (params: LogMessageParams) => void): Disposable {
    return this.connection.onNotification('window/logMessage', handler);
  }

  /** A message that the user should see. */
  onLifecycleShowMessage(handler: (params: LogMessageParams) => void): Disposable {
    return this.connection.onNotification('window/showMessage', handler);
  }

  /** Bytes of a SOURCE notebook to cells. A file without the header is refused with Unsupported: it is a plain file. */
  notebookDecode(params: NotebookDecodeParams, token?: CancellationToken): Promise<NotebookDocument> {
    return this.connection.sendRequest('trowel/notebook/decode', params, token);
  }

  /** Cells to bytes. Cells whose metadata is untouched and whose text is unchanged come out byte for byte as they went in. */
  notebookEncode(params: NotebookDocument, token?: CancellationToken): Promise<NotebookEncodeResult> {
    return this.connection.sendRequest('trowel/notebook/encode', params, token);
  }

  /** Begins to sync the folder and keeps watching it. */
  syncStart(params: SyncStartParams, token?: CancellationToken): Promise<SyncStatus> {
    return this.connection.sendRequest('trowel/sync/start', params, token);
  }

  /** Syncs once and returns when everything has arrived or failed. */
  syncRun(params: SyncStartParams, token?: CancellationToken): Promise<SyncStatus> {
    return this.connection.sendRequest('trowel/sync/run', params, token);
  }

  /** Stops; nothing is deleted on either side. */
  syncStop(params: SyncStopParams, token?: CancellationToken): Promise<SyncStatus> {
    return this.connection.sendRequest('trowel/sync/stop', params, token);
  }

  /** Where the sync of a folder stands. */
  syncStatus(params: SyncStatusParams, token?: CancellationToken): Promise<SyncStatus> {
    return this.connection.sendRequest('trowel/sync/status', params, token);
  }

  /** The sync of a folder moved on. */
  onSyncChanged(handler: (params: SyncStatus) => void): Disposable {
    return this.connection.onNotification('trowel/sync/changed', handler);
  }

  /** Copies what differs, and returns when all of it has arrived or failed. To do it again does only what is left. InvalidParams where not exactly one of the two is an address of remote files. */
  transferRun(params: TransferRunParams, token?: CancellationToken): Promise<TransferRunResult> {
    return this.connection.sendRequest('trowel/transfer/run', params, token);
  }

  /** The nodes below a node, or the roots of a view; of a long list the first ones. */
  treeChildren(params: TreeChildrenParams, token?: CancellationToken): Promise<TreeChildrenResult> {
    return this.connection.sendRequest('trowel/tree/children', params, token);
  }

  /** The user has dropped rows or files on a view. */
  treeDrop(params: TreeDropParams, token?: CancellationToken): Promise<unknown> {
    return this.connection.sendRequest('trowel/tree/drop', params, token);
  }

  /** A view or the rows below a node came into sight, or left it: what nobody sees is not looked at again. */
  treeVisible(params: TreeVisibleParams): Promise<void> {
    return this.connection.sendNotification('trowel/tree/visible', params);
  }

  /** Fetch this node's children again, or the whole view; or draw these rows anew. */
  onTreeChanged(handler: (params: TreeChangedParams) => void): Disposable {
    return this.connection.onNotification('trowel/tree/changed', handler);
  }

  /** The objects of a folder, or of the whole tree below it. */
  workspaceList(params: WorkspaceListParams, token?: CancellationToken): Promise<WorkspaceListResult> {
    return this.connection.sendRequest('trowel/workspace/list', params, token);
  }
}

/** What the daemon asks of the editor. */
export interface ClientHandlers {
  /** Asks for settings by section and folder; one value per item, in order. */
  lifecycleConfiguration(params: ConfigurationParams, token: CancellationToken): Promise<unknown[]>;
  /** Announces a token of the daemon's own for $/progress. */
  lifecycleCreateProgress(params: CreateProgressParams, token: CancellationToken): Promise<unknown>;
  /** Show a row, opening those around it. */
  treeReveal(params: TreeRevealParams, token: CancellationToken): Promise<unknown>;
  /** Choose from a list. */
  uiPick(params: PickParams, token: CancellationToken): Promise<PickResult>;
  /** Type a line; masked for secrets. */
  uiInput(params: InputParams, token: CancellationToken): Promise<InputResult>;
  /** A message with buttons. */
  uiConfirm(params: ConfirmParams, token: CancellationToken): Promise<ConfirmResult>;
  /** Choose files or a folder. */
  uiChooseFile(params: ChooseFileParams, token: CancellationToken): Promise<ChooseFileResult>;
  /** Show a file, or a text that is no file. */
  uiOpenDocument(params: OpenDocumentParams, token: CancellationToken): Promise<unknown>;
  /** Show two files side by side. */
  uiDiff(params: DiffParams, token: CancellationToken): Promise<unknown>;
  /** Open an address in the browser. */
  uiOpenUrl(params: OpenUrlParams, token: CancellationToken): Promise<unknown>;
  /** Put a text on the clipboard. */
  uiCopy(params: CopyParams, token: CancellationToken): Promise<unknown>;
  /** The text on the clipboard, where the user chose to take it from there. */
  uiPaste(params: PasteParams, token: CancellationToken): Promise<PasteResult>;
  /** What the editor in front shows, also unsaved: for commands on the file or the text that the user looks at. A notebook is saved first where it has changes, for its text is the file's. */
  uiActiveDocument(params: ActiveDocumentParams, token: CancellationToken): Promise<ActiveDocumentResult>;
  /** Insert a text at the cursor, in the place of what is selected. */
  uiInsertText(params: InsertTextParams, token: CancellationToken): Promise<InsertTextResult>;
  /** Show a local file or folder in the file manager of the desktop. */
  uiShowInFolder(params: ShowInFolderParams, token: CancellationToken): Promise<unknown>;
  /** Add a folder to the window's workspace. */
  uiAddFolder(params: AddFolderParams, token: CancellationToken): Promise<unknown>;
  /** Reads the editor's SecretStorage. */
  uiSecretGet(params: SecretKeyParams, token: CancellationToken): Promise<SecretResult>;
  /** Writes the editor's SecretStorage. */
  uiSecretStore(params: SecretStoreParams, token: CancellationToken): Promise<unknown>;
  /** Forgets a secret. */
  uiSecretDelete(params: SecretKeyParams, token: CancellationToken): Promise<unknown>;
  /** Writes a setting of settings.json, also one that no installed extension contributes. Never holds a secret. */
  uiSetting(params: SettingParams, token: CancellationToken): Promise<unknown>;
  /** Settings as they stand in each settings.json, unmerged; also those of others. May hold tokens that others keep there. */
  uiSettings(params: SettingsParams, token: CancellationToken): Promise<SettingsResult>;
  /** A token of the editor's Microsoft account. */
  uiMicrosoftSession(params: MicrosoftSessionParams, token: CancellationToken): Promise<MicrosoftSessionResult>;
}

export function bindClientHandlers(connection: Connection, handlers: ClientHandlers): Disposable[] {
  return [
    connection.onRequest('workspace/configuration', (params, token) => handlers.lifecycleConfiguration(params, token)),
    connection.onRequest('window/workDoneProgress/create', (params, token) => handlers.lifecycleCreateProgress(params, token)),
    connection.onRequest('trowel/tree/reveal', (params, token) => handlers.treeReveal(params, token)),
    connection.onRequest('trowel/ui/pick', (params, token) => handlers.uiPick(params, token)),
    connection.onRequest('trowel/ui/input', (params, token) => handlers.uiInput(params, token)),
    connection.onRequest('trowel/ui/confirm', (params, token) => handlers.uiConfirm(params, token)),
    connection.onRequest('trowel/ui/chooseFile', (params, token) => handlers.uiChooseFile(params, token)),
    connection.onRequest('trowel/ui/openDocument', (params, token) => handlers.uiOpenDocument(params, token)),
    connection.onRequest('trowel/ui/diff', (params, token) => handlers.uiDiff(params, token)),
    connection.onRequest('trowel/ui/openUrl', (params, token) => handlers.uiOpenUrl(params, token)),
    connection.onRequest('trowel/ui/copy', (params, token) => handlers.uiCopy(params, token)),
    connection.onRequest('trowel/ui/paste', (params, token) => handlers.uiPaste(params, token)),
    connection.onRequest('trowel/ui/activeDocument', (params, token) => handlers.uiActiveDocument(params, token)),
    connection.onRequest('trowel/ui/insertText', (params, token) => handlers.uiInsertText(params, token)),
    connection.onRequest('trowel/ui/showInFolder', (params, token) => handlers.uiShowInFolder(params, token)),
    connection.onRequest('trowel/ui/addFolder', (params, token) => handlers.uiAddFolder(params, token)),
    connection.onRequest('trowel/ui/secret/get', (params, token) => handlers.uiSecretGet(params, token)),
    connection.onRequest('trowel/ui/secret/store', (params, token) => handlers.uiSecretStore(params, token)),
    connection.onRequest('trowel/ui/secret/delete', (params, token) => handlers.uiSecretDelete(params, token)),
    connection.onRequest('trowel/ui/setting', (params, token) => handlers.uiSetting(params, token)),
    connection.onRequest('trowel/ui/settings', (params, token) => handlers.uiSettings(params, token)),
    connection.onRequest('trowel/ui/microsoftSession', (params, token) => handlers.uiMicrosoftSession(params, token)),
  ];
}

export const commands: readonly { readonly id: string; readonly title: string; readonly runs: 'daemon' | 'shim' }[] = [
  { id: 'trowel.connection.select', title: "Select Connection…", runs: 'daemon' },
  { id: 'trowel.connection.activate', title: "Connect", runs: 'daemon' },
  { id: 'trowel.connection.add', title: "Add Connection…", runs: 'daemon' },
  { id: 'trowel.connection.demo', title: "Open Demo Workspace", runs: 'daemon' },
  { id: 'trowel.connection.disconnect', title: "Disconnect", runs: 'daemon' },
  { id: 'trowel.connection.test', title: "Test Connection", runs: 'daemon' },
  { id: 'trowel.connection.signIn', title: "Sign In…", runs: 'daemon' },
  { id: 'trowel.connection.signOut', title: "Sign Out", runs: 'daemon' },
  { id: 'trowel.connection.copyHost', title: "Copy Host", runs: 'daemon' },
  { id: 'trowel.connection.openInBrowser', title: "Open Workspace in Browser", runs: 'daemon' },
  { id: 'trowel.connection.edit', title: "Edit Connection…", runs: 'daemon' },
  { id: 'trowel.connection.remove', title: "Remove Connection…", runs: 'daemon' },
  { id: 'trowel.connection.copyEnvironment', title: "Copy Environment for Other Tools", runs: 'daemon' },
  { id: 'trowel.project.add', title: "Make Folder a Project…", runs: 'daemon' },
  { id: 'trowel.project.remove', title: "Make Project a Plain Folder Again…", runs: 'daemon' },
  { id: 'trowel.view.refresh', title: "Refresh", runs: 'daemon' },
  { id: 'trowel.view.filter', title: "Filter View by Name…", runs: 'daemon' },
  { id: 'trowel.view.clearFilter', title: "Clear Filter of View", runs: 'daemon' },
  { id: 'trowel.view.addFavourite', title: "Add to Favourites", runs: 'daemon' },
  { id: 'trowel.view.removeFavourite', title: "Remove from Favourites", runs: 'daemon' },
  { id: 'trowel.workspace.open', title: "Open from Workspace", runs: 'daemon' },
  { id: 'trowel.workspace.openLocal', title: "Download and Open…", runs: 'daemon' },
  { id: 'trowel.workspace.download', title: "Download from Workspace…", runs: 'daemon' },
  { id: 'trowel.workspace.upload', title: "Upload to Workspace…", runs: 'daemon' },
  { id: 'trowel.workspace.downloadAll', title: "Download Whole Workspace View…", runs: 'daemon' },
  { id: 'trowel.workspace.uploadAll', title: "Upload Whole Local Folder…", runs: 'daemon' },
  { id: 'trowel.workspace.compare', title: "Compare with Local File…", runs: 'daemon' },
  { id: 'trowel.workspace.newNotebook', title: "New Notebook in Workspace…", runs: 'daemon' },
  { id: 'trowel.workspace.newFile', title: "New File in Workspace…", runs: 'daemon' },
  { id: 'trowel.workspace.newFolder', title: "New Folder in Workspace…", runs: 'daemon' },
  { id: 'trowel.workspace.rename', title: "Rename in Workspace…", runs: 'daemon' },
  { id: 'trowel.workspace.move', title: "Move in Workspace…", runs: 'daemon' },
  { id: 'trowel.workspace.remove', title: "Delete from Workspace…", runs: 'daemon' },
  { id: 'trowel.workspace.copyPath', title: "Copy Workspace Path", runs: 'daemon' },
  { id: 'trowel.workspace.openInBrowser', title: "Open from Workspace in Browser", runs: 'daemon' },
  { id: 'trowel.workspace.showInFolder', title: "Open in OS File Explorer", runs: 'daemon' },
  { id: 'trowel.workspace.addLocalFolder', title: "Add Local Sync Folder to this VS Code Workspace", runs: 'daemon' },
  { id: 'trowel.fs.mount', title: "Add Databricks Files to this VS Code Workspace…", runs: 'daemon' },
  { id: 'trowel.cluster.start', title: "Start Cluster…", runs: 'daemon' },
  { id: 'trowel.cluster.stop', title: "Stop Cluster…", runs: 'daemon' },
  { id: 'trowel.cluster.restart', title: "Restart Cluster…", runs: 'daemon' },
  { id: 'trowel.cluster.attach', title: "Attach Cluster…", runs: 'daemon' },
  { id: 'trowel.cluster.remove', title: "Delete Cluster…", runs: 'daemon' },
  { id: 'trowel.cluster.pin', title: "Pin Cluster…", runs: 'daemon' },
  { id: 'trowel.cluster.unpin', title: "Unpin Cluster…", runs: 'daemon' },
  { id: 'trowel.cluster.useForSql', title: "Use Cluster for SQL Browser…", runs: 'daemon' },
  { id: 'trowel.cluster.filter', title: "Filter Clusters…", runs: 'daemon' },
  { id: 'trowel.cluster.restartKernels', title: "Restart Kernels of Cluster…", runs: 'daemon' },
  { id: 'trowel.cluster.create', title: "Create Cluster from JSON", runs: 'daemon' },
  { id: 'trowel.cluster.edit', title: "Edit Cluster as JSON…", runs: 'daemon' },
  { id: 'trowel.cluster.clone', title: "Clone Cluster…", runs: 'daemon' },
  { id: 'trowel.cluster.send', title: "Send Cluster JSON", runs: 'daemon' },
  { id: 'trowel.cluster.definition', title: "Show Cluster Definition…", runs: 'daemon' },
  { id: 'trowel.cluster.saveDefinition', title: "Save Cluster Definition…", runs: 'daemon' },
  { id: 'trowel.cluster.installLibrary', title: "Install Library on Cluster…", runs: 'daemon' },
  { id: 'trowel.cluster.uninstallLibrary', title: "Uninstall Library from Cluster…", runs: 'daemon' },
  { id: 'trowel.cluster.events', title: "Show Cluster Events…", runs: 'daemon' },
  { id: 'trowel.cluster.driverLogs', title: "Open Driver Logs…", runs: 'daemon' },
  { id: 'trowel.cluster.sparkUi', title: "Open Spark UI…", runs: 'daemon' },
  { id: 'trowel.cluster.openInBrowser', title: "Open Cluster in Browser…", runs: 'daemon' },
  { id: 'trowel.job.run', title: "Run Job…", runs: 'daemon' },
  { id: 'trowel.job.pause', title: "Pause Schedule of Job…", runs: 'daemon' },
  { id: 'trowel.job.resume', title: "Resume Schedule of Job…", runs: 'daemon' },
  { id: 'trowel.job.cancelRuns', title: "Cancel All Runs of Job…", runs: 'daemon' },
  { id: 'trowel.job.editJson', title: "Edit Job as JSON", runs: 'daemon' },
  { id: 'trowel.job.editYaml', title: "Edit Job as YAML", runs: 'daemon' },
  { id: 'trowel.job.save', title: "Save Job's Definition to Folder…", runs: 'daemon' },
  { id: 'trowel.job.send', title: "Create or Update Job from Editor…", runs: 'daemon' },
  { id: 'trowel.job.remove', title: "Delete Job…", runs: 'daemon' },
  { id: 'trowel.job.openInBrowser', title: "Open Job in Browser", runs: 'daemon' },
  { id: 'trowel.job.createFromFile', title: "Create Job from Notebook or File…", runs: 'daemon' },
  { id: 'trowel.job.runFile', title: "Run Notebook or File as Job…", runs: 'daemon' },
  { id: 'trowel.run.output', title: "Show Output of Run…", runs: 'daemon' },
  { id: 'trowel.run.outputJson', title: "Show Output of Run as JSON…", runs: 'daemon' },
  { id: 'trowel.run.cancel', title: "Cancel Run…", runs: 'daemon' },
  { id: 'trowel.run.repair', title: "Repair Run…", runs: 'daemon' },
  { id: 'trowel.run.watch', title: "Watch Run…", runs: 'daemon' },
  { id: 'trowel.run.openInBrowser', title: "Open Run in Browser", runs: 'daemon' },
  { id: 'trowel.warehouse.select', title: "Choose SQL Warehouse…", runs: 'daemon' },
  { id: 'trowel.storage.open', title: "Open File of DBFS or Volumes…", runs: 'daemon' },
  { id: 'trowel.storage.preview', title: "Preview File of DBFS or Volumes…", runs: 'daemon' },
  { id: 'trowel.storage.download', title: "Download from DBFS or Volumes…", runs: 'daemon' },
  { id: 'trowel.storage.uploadFiles', title: "Upload Files to DBFS or Volumes…", runs: 'daemon' },
  { id: 'trowel.storage.uploadFolder', title: "Upload Folder to DBFS or Volumes…", runs: 'daemon' },
  { id: 'trowel.storage.makeFolder', title: "New Folder in DBFS or Volumes…", runs: 'daemon' },
  { id: 'trowel.storage.rename', title: "Rename File or Folder of DBFS or Volumes…", runs: 'daemon' },
  { id: 'trowel.storage.move', title: "Move Files of DBFS or Volumes…", runs: 'daemon' },
  { id: 'trowel.storage.copy', title: "Copy Files of DBFS or Volumes…", runs: 'daemon' },
  { id: 'trowel.storage.remove', title: "Delete Files of DBFS or Volumes…", runs: 'daemon' },
  { id: 'trowel.storage.copyPath', title: "Copy Path in DBFS or Volumes…", runs: 'daemon' },
  { id: 'trowel.secret.createScope', title: "Add Secret Scope…", runs: 'daemon' },
  { id: 'trowel.secret.removeScope', title: "Delete Secret Scope…", runs: 'daemon' },
  { id: 'trowel.secret.put', title: "Add or Update Secret…", runs: 'daemon' },
  { id: 'trowel.secret.remove', title: "Delete Secret…", runs: 'daemon' },
  { id: 'trowel.secret.insert', title: "Insert Code That Reads the Secret", runs: 'daemon' },
  { id: 'trowel.secret.grant', title: "Grant Access to Secret Scope…", runs: 'daemon' },
  { id: 'trowel.secret.revoke', title: "Revoke Access to Secret Scope…", runs: 'daemon' },
  { id: 'trowel.repo.create', title: "Add Git Folder…", runs: 'daemon' },
  { id: 'trowel.repo.pull', title: "Pull Git Folder", runs: 'daemon' },
  { id: 'trowel.repo.checkout', title: "Check Out Branch or Tag…", runs: 'daemon' },
  { id: 'trowel.repo.sparse', title: "Change Sparse Checkout…", runs: 'daemon' },
  { id: 'trowel.repo.remove', title: "Delete Git Folder…", runs: 'daemon' },
  { id: 'trowel.repo.openInBrowser', title: "Open Git Folder in Browser", runs: 'daemon' },
  { id: 'trowel.repo.openClone', title: "Open Local Clone…", runs: 'daemon' },
  { id: 'trowel.gitCredential.create', title: "Add Git Credential…", runs: 'daemon' },
  { id: 'trowel.gitCredential.update', title: "Replace Token of Git Credential…", runs: 'daemon' },
  { id: 'trowel.gitCredential.makeDefault', title: "Make Git Credential the Default", runs: 'daemon' },
  { id: 'trowel.gitCredential.remove', title: "Delete Git Credential…", runs: 'daemon' },
  { id: 'trowel.api.send', title: "Send JSON to API…", runs: 'daemon' },
  { id: 'trowel.kernel.restart', title: "Restart Databricks Kernel", runs: 'shim' },
  { id: 'trowel.sync.start', title: "Start Sync", runs: 'daemon' },
  { id: 'trowel.sync.stop', title: "Stop Sync", runs: 'daemon' },
  { id: 'trowel.sync.status', title: "Show Sync Status", runs: 'daemon' },
  { id: 'trowel.daemon.restart', title: "Restart Daemon", runs: 'shim' },
  { id: 'trowel.log.show', title: "Show Log", runs: 'shim' },
  { id: 'trowel.debug.copy', title: "Copy Debug Information", runs: 'shim' },
];

export const views: readonly { readonly id: string; readonly name: string }[] = [
  { id: 'trowel.connections', name: 'connections' },
  { id: 'trowel.workspace', name: 'workspace' },
  { id: 'trowel.clusters', name: 'clusters' },
  { id: 'trowel.jobs', name: 'jobs' },
  { id: 'trowel.dbfs', name: 'dbfs' },
  { id: 'trowel.volumes', name: 'volumes' },
  { id: 'trowel.secrets', name: 'secrets' },
  { id: 'trowel.repos', name: 'repos' },
];
