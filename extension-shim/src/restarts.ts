// SPDX-License-Identifier: Apache-2.0
// Decides whether and when a daemon that died is started again. Pure: the caller brings the time.

const windowMs = 3 * 60_000;
const delaysMs = [250, 1_000, 3_000, 8_000];

export class Restarts {
  private deaths: number[] = [];

  /** Counts a death at `nowMs`; the milliseconds until the next start, or nothing after the fifth death in three minutes. */
  afterDeath(nowMs: number): number | undefined {
    this.deaths = this.deaths.filter((then) => nowMs - then < windowMs);
    this.deaths.push(nowMs);
    return delaysMs[this.deaths.length - 1];
  }

  /** Whether the last death was the first for a while, so that the user should hear of it. */
  get firstOfMany(): boolean {
    return this.deaths.length === 1;
  }

  /** The user asked for a new start: earlier deaths no longer count. */
  forget(): void {
    this.deaths = [];
  }
}
