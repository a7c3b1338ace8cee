// SPDX-License-Identifier: Apache-2.0
// A host for the daemon's keeper: runs the scripted daemon, with a clock that the test moves and messages that it reads.

import { join } from "node:path";
import { Daemon, DaemonHost, DaemonState, Remedy } from "../../src/daemon";
import { protocolHash } from "../../src/protocol";

const shim = process.env.SHIM as string;

export class Host implements DaemonHost {
  readonly version = "0.2.0";
  readonly told: { message: string; remedies: Remedy[] }[] = [];
  readonly lines: string[] = [];
  path = join(shim, "test/support/daemon.mjs");
  private now = 0;
  private timers: { at: number; ms: number; call: () => void }[] = [];
  private waiters: (() => void)[] = [];

  constructor(script: object = {}) {
    process.env.TROWEL_SCRIPT = JSON.stringify({ hash: protocolHash, version: "0.2.0", ...script });
  }

  binary = (): string => this.path;
  greeting = () => ({ processId: process.pid });
  logged = (line: string): void => void this.lines.push(line);
  note = (): void => undefined;
  tell = (_severity: string, message: string, remedies: Remedy[]): void => void this.told.push({ message, remedies });
  nowMs = (): number => this.now;

  after = (ms: number, call: () => void): (() => void) => {
    const timer = { at: this.now + ms, ms, call };
    this.timers.push(timer);
    for (const waiter of this.waiters.splice(0)) waiter();
    return () => void (this.timers = this.timers.filter((each) => each !== timer));
  };

  /** Waits until somebody waits for `ms`, and lets that time pass. */
  async pass(ms: number): Promise<void> {
    for (;;) {
      const timer = this.timers.find((each) => each.ms === ms);
      if (timer) {
        this.now = Math.max(this.now, timer.at);
        this.timers = this.timers.filter((each) => each !== timer);
        timer.call();
        return;
      }
      await new Promise<void>((resolve) => this.waiters.push(resolve));
    }
  }

  skip(ms: number): void {
    this.now += ms;
  }
}

export function reached(daemon: Daemon, state: DaemonState): Promise<void> {
  return new Promise((resolve) => {
    if (daemon.state === state) return resolve();
    const listening = daemon.onDidChangeState((now) => {
      if (now !== state) return;
      listening.dispose();
      resolve();
    });
  });
}

export function pidOf(daemon: Daemon): Promise<number> {
  return daemon.sendRequest<number>("test/pid", {});
}
