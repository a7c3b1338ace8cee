// SPDX-License-Identifier: Apache-2.0
// An emulator of its own for a test file, the SDK's client with every answer checked, and a raw client for what the
// SDK cannot do.
import assert from "node:assert/strict";
import fs from "node:fs";
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { after } from "node:test";
import { check, methodsOf } from "./declarations.mjs";
import { undocumented } from "./undocumented.mjs";

const require = createRequire(import.meta.url);
const { WorkspaceClient } = require("@databricks/sdk-experimental");

const binary = process.env.TROWEL ?? "build/dev/trowel";
const log = process.env.CONTRACT_LOG; // JSON lines of what was called, for the table

function record(entry) {
  if (log) fs.appendFileSync(log, JSON.stringify(entry) + "\n");
}

// {host, token, process}; ends with the test file. `options` are flags of `trowel emulator`.
export async function startEmulator(...options) {
  const child = spawn(binary, ["emulator", ...options], { stdio: ["ignore", "pipe", "inherit"] });
  after(() => child.kill("SIGTERM"));
  let text = "";
  await new Promise((resolve) => {
    child.stdout.on("data", (chunk) => {
      text += chunk;
      if (/token = \S+\n/.test(text)) resolve();
    });
    child.on("exit", resolve);
  });
  const host = /host = (\S+)/.exec(text)?.[1];
  const token = /token = (\S+)/.exec(text)?.[1];
  assert.ok(host && token, `the emulator said: ${text}`);
  return { host, token, process: child };
}

function judge(service, method, value) {
  record({ service, method });
  const { wrong, unknown } = check(service, method, value);
  const surprising = [...new Set(unknown)].filter((field) => !undocumented.has(field));
  assert.deepEqual(wrong, [], `${service}.${method} answers what the SDK does not declare`);
  assert.deepEqual(surprising, [], `${service}.${method} has fields that the SDK does not declare`);
  return value;
}

async function* judgedItems(service, method, items) {
  let any = false;
  for await (const item of items) {
    any = true;
    yield judge(service, method, item);
  }
  if (!any) record({ service, method });
}

function judgedService(service, target) {
  const known = new Set(methodsOf(service));
  return new Proxy(target, {
    get(object, name) {
      const member = Reflect.get(object, name);
      if (typeof member !== "function" || !known.has(name)) return member;
      return (...parameters) => {
        const answer = member.apply(object, parameters);
        if (answer?.[Symbol.asyncIterator]) return judgedItems(service, name, answer);
        return answer.then((value) => judge(service, name, value));
      };
    },
  });
}

// The SDK's client. A call whose answer is not of the declared type fails; so do fields that nobody has declared.
export function sdk({ host, token }) {
  const client = new WorkspaceClient({ host, token, authType: "pat" }, { product: "trowel-contract", productVersion: "1.0.0" });
  return new Proxy(client, {
    get(object, name) {
      const member = Reflect.get(object, name);
      return typeof member === "object" && member !== null && name !== "config" && name !== "apiClient"
        ? judgedService(name, member)
        : member;
    },
  });
}

// One request as bytes go: {status, headers, text, json}. `body` may be an object, a string or bytes.
export function raw({ host, token }) {
  return async (method, path, body, headers = {}) => {
    record({ service: "raw", method: `${method} ${path.split("?")[0]}` });
    const sent = body === undefined || typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
    const response = await fetch(host + path, {
      method,
      body: sent,
      redirect: "manual",
      headers: { ...(token ? { Authorization: `Bearer ${token}` } : {}), ...headers },
    });
    const text = await response.text();
    let json;
    try {
      json = JSON.parse(text);
    } catch {
      // not every answer is JSON
    }
    return { status: response.status, headers: response.headers, text, json };
  };
}

// All items of a list that pages.
export async function all(items) {
  const list = [];
  for await (const item of items) list.push(item);
  return list;
}

// The error of a call that must fail, by status and error_code.
export async function refused(promise, status, code) {
  try {
    await promise;
  } catch (error) {
    if (status !== undefined) assert.equal(error.statusCode, status, `${error.message}`);
    if (code !== undefined) assert.equal(error.errorCode, code, `${error.message}`);
    return error;
  }
  assert.fail(`expected ${code ?? status}, but the call succeeded`);
}

// Asks until `done` likes the answer. No pause: every question is a request, and the server sets the pace.
export async function until(ask, done) {
  for (;;) {
    const answer = await ask();
    if (done(answer)) return answer;
  }
}
