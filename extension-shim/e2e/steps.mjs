// SPDX-License-Identifier: Apache-2.0
// The steps of a check: one line each, and at the end exit 0 or 1.

export class Steps {
  #failed = 0;
  #dependent;
  #after;

  /** `dependent`: each stands on the ones before it, so after a failure the rest is skipped. `after(name, failed)` is called with each that was taken. */
  constructor({ dependent, after = () => undefined }) {
    this.#dependent = dependent;
    this.#after = after;
  }

  get failed() {
    return this.#failed > 0;
  }

  /** `always`: also after a failure, as what cleans up. */
  async step(name, work, always = false) {
    if (this.#dependent && this.failed && !always) {
      console.log(`skip ${name}`);
      return;
    }
    const begin = Date.now();
    let problem;
    try {
      await work();
    } catch (error) {
      problem = error.message.split("\n").slice(0, 6).join("\n      ");
      this.#failed++;
    }
    console.log(`${problem ? "FAIL" : "ok  "} ${name} (${((Date.now() - begin) / 1000).toFixed(1)} s)${problem ? `\n      ${problem}` : ""}`);
    await this.#after(name, problem !== undefined);
  }

  /** What failed outside of every step. */
  broke(error) {
    console.log(`FAIL ${error.message}`);
    this.#failed++;
  }
}

/** A screenshot after each step; what a failed one left open is closed. `workbench` tells which one there is by then. */
export function withScreenshots(workbench) {
  return async (name, failed) => {
    await workbench()?.screenshot(failed ? `failed ${name}` : name).catch(() => undefined);
    if (failed) await workbench()?.page.keyboard.press("Escape").catch(() => undefined);
  };
}
