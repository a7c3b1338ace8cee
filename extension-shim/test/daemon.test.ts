// SPDX-License-Identifier: Apache-2.0
// The daemon's keeper against a scripted daemon: a real process on real pipes, and a clock of the test's own.

import assert from "node:assert/strict";
import { test, TestContext } from "node:test";
import { compareVersions, Daemon } from "../src/daemon";
import { Host, pidOf, reached } from "./support/host";

function start(context: TestContext, script: object = {}, change: (host: Host) => void = () => undefined): { host: Host; daemon: Daemon } {
  const host = new Host(script);
  change(host);
  const daemon = new Daemon(host);
  context.after(() => daemon.stop());
  daemon.start();
  return { host, daemon };
}

test("answers requests, and hands on what the daemon writes to stderr", async (t) => {
  const { host, daemon } = start(t, { answers: { "trowel/cluster/list": { clusters: [] } } });
  assert.deepEqual(await daemon.sendRequest("trowel/cluster/list", {}), { clusters: [] });
  assert.match(host.lines.join("\n"), /scripted daemon \d+ is up/);
});

test("hands the daemon's own requests and notifications to their handlers", async (t) => {
  const { daemon } = start(t);
  daemon.onRequest("trowel/ui/input", async (params) => ({ value: `${params.title}!` }));
  const told = new Promise((resolve) => daemon.onNotification("trowel/tree/changed", resolve));
  assert.deepEqual(await daemon.sendRequest("test/ask", { method: "trowel/ui/input", params: { title: "Host" } }), { value: "Host!" });
  await daemon.sendRequest("test/tell", { method: "trowel/tree/changed", params: { view: "trowel.clusters" } });
  assert.deepEqual(await told, { view: "trowel.clusters" });
});

test("hands on progress, which the library would keep for itself", async (t) => {
  const { daemon } = start(t);
  const told = new Promise((resolve) => daemon.onNotification("$/progress", resolve));
  const params = { token: "t1", value: { kind: "begin", title: "Starting" } };
  await daemon.sendRequest("test/tell", { method: "$/progress", params });
  assert.deepEqual(await told, params);
});

test("starts a killed daemon again, tells so once, and answers a request that came meanwhile", async (t) => {
  const { host, daemon } = start(t);
  const first = await pidOf(daemon);
  for (const delay of [250, 1_000]) {
    const gone = reached(daemon, "starting");
    process.kill(await pidOf(daemon), "SIGKILL");
    await gone;
    const waiting = pidOf(daemon);
    await host.pass(delay);
    assert.notEqual(await waiting, first);
  }
  assert.equal(host.told.length, 1);
  assert.match(host.told[0]!.message, /stopped unexpectedly \(killed by SIGKILL\) and is started again/);
});

test("a request under way when the daemon dies fails with a clear message", async (t) => {
  const { daemon } = start(t, { die: ["trowel/kernel/execute"] });
  await assert.rejects(daemon.sendRequest("trowel/kernel/execute", {}), /stopped before it answered/);
});

test("gives up after five deaths in three minutes, until the user asks again", async (t) => {
  const { host, daemon } = start(t, { die: ["initialize"] });
  for (const delay of [250, 1_000, 3_000, 8_000]) await host.pass(delay);
  await reached(daemon, "failed");
  assert.deepEqual(host.told.map(({ remedies }) => remedies), [["log"], ["restart", "log"]]);
  await assert.rejects(pidOf(daemon), /keeps failing \(exit code 3\) and is not started again/);
  new Host(); // From now on the script is a healthy one.
  await daemon.restart();
  assert.ok(await pidOf(daemon));
});

test("kills a daemon that hangs, after two silent periods", async (t) => {
  const { host, daemon } = start(t, { silent: ["trowel/debug/echo"] });
  const first = await pidOf(daemon);
  for (let beat = 0; beat < 3; beat++) await host.pass(15_000);
  await host.pass(250);
  assert.notEqual(await pidOf(daemon), first);
});

test("leaves a daemon alone that answers the heartbeat, even with an error", async (t) => {
  const { host, daemon } = start(t, { errors: { "trowel/debug/echo": { code: -32601, message: "no such method" } } });
  const first = await pidOf(daemon);
  for (let beat = 0; beat < 5; beat++) {
    await host.pass(15_000);
    assert.equal(await pidOf(daemon), first);
  }
});

test("kills a daemon that does not answer the greeting", async (t) => {
  const { host, daemon } = start(t, { silent: ["initialize"] });
  await host.pass(20_000);
  await host.pass(250);
  assert.equal(daemon.lastDeath, "no answer within 20 s");
});

for (const [version, whose] of [
  ["0.1.9", /daemon 0\.1\.9 is older than the extension 0\.2\.0/],
  ["0.10.0", /extension 0\.2\.0 is older than the daemon 0\.10\.0/],
  ["0.2.0", /built from different sources/],
] as const) {
  test(`says who is older where the protocols differ (daemon ${version})`, async (t) => {
    for (const refuse of ["", "Other protocol."]) {
      const { host, daemon } = start(t, { hash: "another", version, refuse });
      await reached(daemon, "failed");
      assert.equal(host.told.length, 1);
      assert.match(host.told[0]!.message, whose);
      await assert.rejects(pidOf(daemon), whose);
    }
  });
}

test("says why a daemon refuses to work", async (t) => {
  const { host, daemon } = start(t, { refuse: "The state folder cannot be written." });
  await reached(daemon, "failed");
  assert.match(host.told[0]!.message, /refuses to work: The state folder cannot be written/);
});

test("says that the executable is missing, and does not try again and again", async (t) => {
  const { host, daemon } = start(t, {}, (h) => (h.path = "/nowhere/trowel"));
  await reached(daemon, "failed");
  assert.match(host.told[0]!.message, /cannot be started: .*ENOENT/);
});

test("a stopped daemon stays stopped, and its process is gone", async (t) => {
  const { host, daemon } = start(t);
  const pid = await pidOf(daemon);
  await daemon.stop();
  assert.throws(() => process.kill(pid, 0), /ESRCH/);
  assert.equal(daemon.state, "stopped");
  await assert.rejects(pidOf(daemon), /has been stopped/);
  assert.equal(host.told.length, 0);
});

test("compares versions by number", () => {
  assert.ok(compareVersions("0.9.0", "0.10.0") < 0);
  assert.ok(compareVersions("1.0.0", "1.0.0-dev") === 0);
  assert.ok(compareVersions("2.0.0", "1.9.9") > 0);
});
