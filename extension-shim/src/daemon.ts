// SPDX-License-Identifier: Apache-2.0
// Owns the daemon's process: starts it, greets it, and starts it again where it dies or hangs.
//
// It speaks vscode-jsonrpc itself. vscode-languageclient would register commands without their tree node, restart by rules of its
// own and show toasts of its own; switching all of that off takes more code than the greeting below. Nothing here knows the
// editor, so that the tests run it against a scripted daemon with a clock of their own.

import { ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { CancellationToken as LibraryToken, Emitter, ErrorCodes, MessageConnection, ResponseError } from "vscode-jsonrpc";
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node";
import { CancellationToken, Connection, Disposable, InitializeParams, InitializeResult, protocolHash } from "./protocol";
import { Restarts } from "./restarts";

export type DaemonState = "stopped" | "starting" | "running" | "failed";
export type Remedy = "restart" | "log" | "settings";

/** What the daemon's keeper needs from the editor. */
export interface DaemonHost {
  readonly version: string;
  /** Absolute path of the executable. */
  binary(): string;
  greeting(): InitializeParams;
  /** A line that the daemon wrote to stderr. */
  logged(line: string): void;
  note(message: string): void;
  /** A message that the user should see, and what the user can do about it. */
  tell(severity: "warning" | "error", message: string, remedies: Remedy[]): void;
  nowMs(): number;
  /** Calls back once after `ms`, unless the returned function is called before. */
  after(ms: number, call: () => void): () => void;
}

/** A request could not be answered because no daemon runs. */
export class DaemonGone extends Error {}

/** The daemon runs, but must not be used; starting it again would not help. */
class Refused extends Error {}

const greetingLimitMs = 20_000;
const heartbeatMs = 15_000;
const goodbyeLimitMs = 3_000;

interface Session {
  readonly process: ChildProcessWithoutNullStreams;
  readonly connection: MessageConnection;
  /** Resolves with how the process ended. */
  readonly ended: Promise<string>;
  hasEnded: boolean;
}

export class Daemon implements Connection {
  private readonly requestHandlers = new Map<string, (params: any, token: CancellationToken) => unknown>();
  private readonly notificationHandlers = new Map<string, Set<(params: any) => void>>();
  private readonly restarts = new Restarts();
  private readonly stateChanged = new Emitter<DaemonState>();
  private current: Promise<Session> = Promise.reject(new DaemonGone("The Trowel daemon has not been started."));
  private live: Session | undefined;
  /** A process that has not answered the greeting yet. */
  private newborn: ChildProcessWithoutNullStreams | undefined;
  /** Rises with each start and stop that the user asks for, so that an older loop knows that it is over. */
  private era = 0;
  private state_: DaemonState = "stopped";
  private lastDeath_: string | undefined;

  readonly onDidChangeState = this.stateChanged.event;

  constructor(private readonly host: DaemonHost) {
    this.current.catch(() => undefined);
  }

  get state(): DaemonState {
    return this.state_;
  }

  /** How the last process ended that was not asked to, or why it could not be used. */
  get lastDeath(): string | undefined {
    return this.lastDeath_;
  }

  start(): void {
    this.restarts.forget();
    this.keepOpen(++this.era, undefined);
  }

  async restart(): Promise<void> {
    await this.stop();
    this.start();
  }

  /** Says goodbye as LSP wants it; a daemon that does not leave is killed. */
  async stop(): Promise<void> {
    this.era++;
    const session = this.live;
    this.live = undefined;
    this.current = Promise.reject(new DaemonGone("The Trowel daemon has been stopped."));
    this.current.catch(() => undefined);
    this.setState("stopped");
    this.newborn?.kill("SIGKILL");
    if (!session || session.hasEnded) return;
    const cancel = this.host.after(goodbyeLimitMs, () => session.process.kill("SIGKILL"));
    try {
      await session.connection.sendRequest("shutdown");
      await session.connection.sendNotification("exit");
    } catch {
      // It went away meanwhile, which is what we want.
    }
    session.process.stdin.end();
    await session.ended;
    cancel();
  }

  async sendRequest<R>(method: string, params: unknown, token?: CancellationToken): Promise<R> {
    const { connection } = await this.current;
    try {
      return token
        ? await connection.sendRequest<R>(method, params ?? {}, token as LibraryToken)
        : await connection.sendRequest<R>(method, params ?? {});
    } catch (error) {
      if (isAnswer(error)) throw error;
      throw new DaemonGone("The Trowel daemon stopped before it answered; it is being started again.");
    }
  }

  async sendNotification(method: string, params: unknown): Promise<void> {
    await (await this.current).connection.sendNotification(method, params);
  }

  onRequest(method: string, handler: (params: any, token: CancellationToken) => unknown): Disposable {
    this.requestHandlers.set(method, handler);
    return { dispose: () => void this.requestHandlers.delete(method) };
  }

  onNotification(method: string, handler: (params: any) => void): Disposable {
    const handlers = this.notificationHandlers.get(method) ?? new Set();
    this.notificationHandlers.set(method, handlers.add(handler));
    return { dispose: () => void handlers.delete(handler) };
  }

  private keepOpen(era: number, death: string | undefined): void {
    this.current = this.open(era, death);
    this.current.then(
      (session) => {
        void session.ended.then((how) => {
          if (era === this.era) this.keepOpen(era, how);
        });
      },
      () => undefined,
    );
  }

  /** Starts the daemon, again and again as long as the rules allow; `death` is how its predecessor ended. */
  private async open(era: number, death: string | undefined): Promise<Session> {
    for (;;) {
      this.live = undefined;
      if (death !== undefined) {
        this.lastDeath_ = death;
        this.host.note(`The daemon ended: ${death}.`);
        const delay = this.restarts.afterDeath(this.host.nowMs());
        if (delay === undefined) throw this.fail(`The Trowel daemon keeps failing (${death}) and is not started again.`, ["restart", "log"]);
        if (this.restarts.firstOfMany) this.host.tell("warning", `The Trowel daemon stopped unexpectedly (${death}) and is started again.`, ["log"]);
        this.setState("starting");
        await new Promise<void>((resolve) => this.host.after(delay, resolve));
      }
      if (era !== this.era) throw new DaemonGone("The Trowel daemon has been stopped.");
      this.setState("starting");
      try {
        const session = await this.launch();
        this.newborn = undefined;
        if (era !== this.era) throw new DaemonGone("The Trowel daemon has been stopped."); // And killed while it was new.
        this.live = session;
        this.setState("running");
        this.watch(session);
        return session;
      } catch (error) {
        if (era !== this.era || error instanceof DaemonGone) throw error;
        const message = error instanceof Error ? error.message : String(error);
        if (error instanceof Refused) throw this.fail(message, ["restart", "settings", "log"]);
        death = message;
      }
    }
  }

  private async launch(): Promise<Session> {
    const binary = this.host.binary();
    this.host.note(`Starting ${binary}`);
    const environment = { ...process.env };
    delete environment.ELECTRON_RUN_AS_NODE;
    const child = spawn(binary, ["serve"], { env: environment, stdio: ["pipe", "pipe", "pipe"] });
    this.newborn = child;
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", (error) => reject(new Refused(`The Trowel daemon cannot be started: ${error.message}. Install the extension again, or clear the setting trowel.daemon.path.`)));
    });
    createInterface({ input: child.stderr }).on("line", (line) => this.host.logged(line));
    child.stdin.on("error", () => undefined); // Its end is told by `exit`.
    const connection = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
    const session: Session = {
      process: child,
      connection,
      hasEnded: false,
      ended: new Promise((resolve) =>
        child.once("exit", (code, signal) => {
          session.hasEnded = true;
          connection.dispose(); // Rejects every request that still waits.
          resolve(signal ? `killed by ${signal}` : `exit code ${code}`);
        }),
      ),
    };
    this.bind(connection);
    connection.listen();
    await this.greet(session, binary);
    return session;
  }

  private bind(connection: MessageConnection): void {
    const notify = (method: string, params: unknown): void => {
      for (const handler of this.notificationHandlers.get(method) ?? []) handler(params);
    };
    connection.onRequest(async (method, params, token) => {
      const handler = this.requestHandlers.get(method);
      if (!handler) return new ResponseError(ErrorCodes.MethodNotFound, `The editor has no method ${method}`);
      try {
        return await handler(params, token);
      } catch (error) {
        // In the error's own words, since a user may read them: the library would name the method first.
        return new ResponseError(ErrorCodes.InternalError, error instanceof Error ? error.message : String(error));
      }
    });
    connection.onNotification(notify);
    connection.onUnhandledProgress((params) => notify("$/progress", params));
    connection.onError(([error]) => this.host.note(`Talking to the daemon failed: ${error.message}`));
  }

  private async greet(session: Session, binary: string): Promise<void> {
    let late = false;
    const cancel = this.host.after(greetingLimitMs, () => {
      late = true;
      session.process.kill("SIGKILL");
    });
    try {
      const result = await session.connection.sendRequest<InitializeResult>("initialize", this.host.greeting());
      if (result.serverInfo.protocolHash !== protocolHash) throw new Refused(this.mismatch(result.serverInfo.version, binary));
      await session.connection.sendNotification("initialized", {});
    } catch (error) {
      session.process.kill("SIGKILL");
      if (error instanceof Refused) throw error;
      if (!isAnswer(error)) {
        const how = await session.ended;
        throw new Error(late ? `no answer within ${greetingLimitMs / 1000} s` : how);
      }
      const told = await versionOf(binary);
      if (told && told.protocolHash !== protocolHash) throw new Refused(this.mismatch(told.version, binary));
      throw new Refused(`The Trowel daemon refuses to work: ${error instanceof Error ? error.message : error}`);
    } finally {
      cancel();
    }
  }

  private mismatch(daemonVersion: string, binary: string): string {
    const order = compareVersions(daemonVersion, this.host.version);
    const whose =
      order < 0 ? `The daemon ${daemonVersion} is older than the extension ${this.host.version}`
      : order > 0 ? `The extension ${this.host.version} is older than the daemon ${daemonVersion}`
      : `The extension and the daemon both call themselves ${daemonVersion}, but were built from different sources`;
    return `${whose}, so they do not speak the same protocol. Install the extension again; if the setting trowel.daemon.path is set, clear it or build both from one source. (Daemon: ${binary})`;
  }

  /**
   * A daemon that hangs is told from one that is busy by a question that needs no worker; an answer of any kind is a sign of
   * life. Two silent periods in a row are a hang; one may be the machine waking up.
   */
  private watch(session: Session): void {
    let silent = 0;
    let answered = true;
    const beat = (): void => {
      if (session.hasEnded || this.live !== session) return;
      silent = answered ? 0 : silent + 1;
      if (silent >= 2) {
        this.host.note("The daemon does not answer any more; it is killed.");
        session.process.kill("SIGKILL");
        return;
      }
      if (answered) {
        answered = false;
        const alive = (): void => void (answered = true);
        session.connection.sendRequest("trowel/debug/echo", { text: "alive" }).then(alive, alive);
      }
      this.host.after(heartbeatMs, beat);
    };
    this.host.after(heartbeatMs, beat);
  }

  private fail(message: string, remedies: Remedy[]): DaemonGone {
    this.lastDeath_ = message;
    this.setState("failed");
    this.host.note(message);
    this.host.tell("error", message, remedies);
    return new DaemonGone(message);
  }

  private setState(state: DaemonState): void {
    if (state === this.state_) return;
    this.state_ = state;
    this.stateChanged.fire(state);
  }
}

/** Whether the daemon itself gave this error; the library has codes of its own for a connection that broke. */
function isAnswer(error: unknown): boolean {
  const ofTheLibrary: number[] = [ErrorCodes.MessageWriteError, ErrorCodes.PendingResponseRejected, ErrorCodes.ConnectionInactive];
  return error instanceof ResponseError && !ofTheLibrary.includes(error.code);
}

/** What `trowel --version --json` says; nothing where the executable does not know the question. */
function versionOf(binary: string): Promise<{ version: string; protocolHash: string } | undefined> {
  return new Promise((resolve) =>
    execFile(binary, ["--version", "--json"], { timeout: 5_000 }, (error, stdout) => {
      try {
        resolve(error ? undefined : JSON.parse(stdout));
      } catch {
        resolve(undefined);
      }
    }),
  );
}

/** Negative where `a` is older than `b`; both as in 1.2.3. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(/[.\-+]/).map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] || 0) - (right[i] || 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
