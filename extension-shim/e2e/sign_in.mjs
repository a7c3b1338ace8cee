// SPDX-License-Identifier: Apache-2.0
// Signs in with `trowel auth login` in a real browser, clicking through the emulator's pages, and follows what becomes of
// the sign-in: sign_in.mjs BINARY. One line per step, exit 0 or 1.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { eventually } from "./page.mjs";
import { Steps } from "./steps.mjs";

const binary = path.resolve(process.argv[2]);
const home = fs.mkdtempSync(path.join(os.tmpdir(), "trowel-sign-in-"));
const environment = {
  PATH: process.env.PATH,
  HOME: home,
  LANG: "C.UTF-8",
  XDG_STATE_HOME: path.join(home, "state"),
  XDG_RUNTIME_DIR: path.join(home, "run"),
  BROWSER: "true", // the page is opened here, from the address that is printed
};
const children = new Set();
const steps = new Steps({ dependent: false });
const step = steps.step.bind(steps);
let browser, host;

/** A running trowel: its output so far, and how it ended. */
function trowel(...args) {
  const child = spawn(binary, args, { env: environment, cwd: home });
  const running = { child, out: "", err: "" };
  child.stdout.on("data", (bytes) => (running.out += bytes));
  child.stderr.on("data", (bytes) => (running.err += bytes));
  children.add(child);
  running.ended = new Promise((resolve) =>
    child.on("close", (code) => {
      children.delete(child);
      resolve(code);
    }),
  );
  return running;
}

async function auth(...args) {
  const running = trowel("auth", ...args);
  return { code: await running.ended, out: running.out, err: running.err };
}

async function token(...args) {
  const done = await auth("token", "--profile", "dev", ...args);
  assert.equal(done.code, 0, done.err);
  return JSON.parse(done.out).access_token;
}

async function startLogin() {
  const login = trowel("auth", "login", "--host", host, "--profile", "dev");
  login.url = await eventually("the address of the page to sign in", () => /^http\S+authorize\S+$/m.exec(login.out)?.[0]);
  return login;
}

/** What the browser shows once it is back from the page to sign in. */
async function press(url, button) {
  const page = await browser.newPage();
  await page.goto(url);
  await page.getByRole("button", { name: button }).click();
  await page.waitForURL(/^http:\/\/localhost:80\d\d\//);
  const shown = { heading: await page.locator("h1").textContent(), text: await page.locator("p").textContent() };
  await page.close();
  return shown;
}

async function signIn() {
  const login = await startLogin();
  assert.deepEqual(await press(login.url, "Allow"), { heading: "Signed in", text: "You can close this page and go back to Trowel." });
  assert.equal(await login.ended, 0, login.err);
}

const stored = () => JSON.parse(fs.readFileSync(path.join(home, ".databricks/token-cache.json"), "utf8")).tokens.dev;

async function statusOf(accessToken) {
  const answer = await fetch(`${host}/api/2.0/preview/scim/v2/Me`, { headers: { Authorization: `Bearer ${accessToken}` } });
  await answer.arrayBuffer();
  return answer.status;
}

async function main() {
  const endpoint = path.join(home, "endpoint.json");
  trowel("emulator", "--access-token-seconds", "3", "--endpoint-file", endpoint);
  host = await eventually("the emulator", () => JSON.parse(fs.readFileSync(endpoint, "utf8")).host);
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", headless: true, args: ["--no-sandbox", "--disable-gpu", "--no-first-run"] });

  await step("sign in", async () => {
    await signIn();
    assert.match(fs.readFileSync(path.join(home, ".databrickscfg"), "utf8"), /\[dev\]\nhost\s*= http:\S+\nauth_type\s*= databricks-cli\n/);
    assert.equal(await statusOf(await token()), 200);
  });

  await step("a token expires and is refreshed, and the refresh token rotates", async () => {
    const old = stored();
    await eventually("the token to expire", async () => (await statusOf(old.access_token)) === 401);
    assert.equal(await statusOf(await token()), 200);
    assert.notEqual(stored().refresh_token, old.refresh_token);
  });

  await step("processes that refresh at the same time, 100 times, lose nothing", async () => {
    for (let round = 0; round < 100; round++) await Promise.all([token("--force-refresh"), token("--force-refresh")]);
    assert.equal(await statusOf(await token()), 200);
  });

  await step("a sign-in that was revoked says how to get back, and that works", async () => {
    const spent = stored().refresh_token;
    await token("--force-refresh");
    const body = new URLSearchParams({ grant_type: "refresh_token", client_id: "databricks-cli", refresh_token: spent });
    assert.equal((await fetch(`${host}/oidc/v1/token`, { method: "POST", body })).status, 400);
    const done = await auth("token", "--profile", "dev", "--force-refresh");
    assert.equal(done.code, 1);
    assert.match(done.err, /its refresh token is not accepted any more\. Sign in with: trowel auth login --profile dev/);
    await signIn();
    assert.equal(await statusOf(await token()), 200);
  });

  await step("who presses Deny is not signed in", async () => {
    const login = await startLogin();
    const shown = await press(login.url, "Deny");
    assert.deepEqual(shown, { heading: "Not signed in", text: "The sign-in was not allowed in the browser. Try again to allow it." });
    assert.equal(await login.ended, 1);
  });

  await step("an older page that is still open does not sign in", async () => {
    const older = await startLogin();
    older.child.kill("SIGINT");
    await older.ended;
    const login = await startLogin();
    const shown = await press(older.url, "Allow");
    assert.equal(shown.heading, "Not signed in");
    assert.equal(await login.ended, 1);
    assert.match(login.err, /The browser came back with the answer to another sign-in\./);
  });

  await step("two sign-ins at the same time come back to ports of their own", async () => {
    const first = await startLogin();
    const second = await startLogin();
    assert.notEqual(new URL(first.url).searchParams.get("redirect_uri"), new URL(second.url).searchParams.get("redirect_uri"));
    assert.equal((await press(second.url, "Allow")).heading, "Signed in");
    assert.equal((await press(first.url, "Allow")).heading, "Signed in");
    assert.deepEqual(await Promise.all([first.ended, second.ended]), [0, 0]);
  });

  await step("sign out", async () => {
    assert.equal((await auth("logout", "--profile", "dev")).code, 0);
    assert.match((await auth("token", "--profile", "dev")).err, /Nobody is signed in to http:/);
  });
}

try {
  await main();
} catch (error) {
  steps.broke(error);
} finally {
  await browser?.close();
  for (const child of children) child.kill("SIGKILL");
  fs.rmSync(home, { recursive: true, force: true });
}
process.exitCode = steps.failed ? 1 : 0;
