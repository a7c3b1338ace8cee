// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { Restarts } from "../src/restarts";

test("waits longer after each death and gives up at the fifth in three minutes", () => {
  const restarts = new Restarts();
  const delays = [0, 10_000, 20_000, 30_000, 40_000].map((now) => restarts.afterDeath(now));
  assert.deepEqual(delays, [250, 1_000, 3_000, 8_000, undefined]);
});

test("forgets deaths of more than three minutes ago", () => {
  const restarts = new Restarts();
  [0, 1, 2, 3].forEach((now) => restarts.afterDeath(now));
  assert.equal(restarts.afterDeath(3 * 60_000 + 10), 250);
  assert.ok(restarts.firstOfMany);
});

test("only the first of several deaths is news", () => {
  const restarts = new Restarts();
  restarts.afterDeath(0);
  assert.ok(restarts.firstOfMany);
  restarts.afterDeath(1);
  assert.ok(!restarts.firstOfMany);
});
