// SPDX-License-Identifier: Apache-2.0
// The file systems against a daemon that a test plays: what the editor is told, and what a save may overwrite.

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, test } from "node:test";
import { addressOf, FileSystems, schemes } from "../src/file_systems";
import { Client, ErrorCodes, FsStat } from "../src/protocol";
import * as fake from "./support/vscode";

const { editor } = fake;
const file = fake.Uri.parse("wsfs:/Users/me/a.py") as never;
const options = { create: true, overwrite: true };

function failure(code: number, message = "No."): Error {
  return Object.assign(new Error(message), { code });
}

function stat(etag: string, more: Partial<FsStat> = {}): FsStat {
  return { kind: "file", size: 3, modifiedAt: 1_000, etag, ...more };
}

const open: FileSystems[] = [];

function begin(answer: (method: string, params: any) => unknown = () => null) {
  const sent: { method: string; params: any }[] = [];
  const handlers = new Map<string, (params: any) => void>();
  const daemon = {
    sendRequest: async (method: string, params: any) => {
      sent.push({ method, params });
      return answer(method, params);
    },
    sendNotification: async (method: string, params: any) => void sent.push({ method, params }),
    onRequest: () => ({ dispose: () => undefined }),
    onNotification: (method: string, handler: (params: any) => void) => {
      handlers.set(method, handler);
      return { dispose: () => undefined };
    },
  };
  const systems = new FileSystems(new Client(daemon as never));
  open.push(systems);
  const events: { type: number; uri: string }[] = [];
  systems.onDidChangeFile((all) => events.push(...all.map(({ type, uri }) => ({ type, uri: uri.toString() }))));
  const asked = (verb: string) => sent.filter(({ method }) => method === `trowel/fs/${verb}`).map(({ params }) => params);
  return { systems, asked, events, tell: (method: string, params: any) => handlers.get(method)?.(params) };
}

beforeEach(() => {
  while (open.length > 0) open.pop()!.dispose();
  editor.fileSystems.clear();
  editor.heldSchemes.clear();
  Object.assign(editor, { notes: [], warnings: [], answer: undefined });
});

test("one provider has all schemes", () => {
  const { systems } = begin();
  assert.deepEqual([...editor.fileSystems.keys()], [...schemes]);
  for (const provider of editor.fileSystems.values()) assert.equal(provider, systems);
  assert.deepEqual(editor.notes, []);
  assert.equal(addressOf("wsfs:/a%20b").toString(), "wsfs:/a%20b");
});

test("schemes that another extension holds have another name, which is said", () => {
  editor.fileSystems.set("wsfs", "another"); // only the attempt tells
  for (const scheme of ["dbfs", "volumes", "dbws"]) editor.heldSchemes.add(scheme);
  begin();
  assert.deepEqual([...editor.fileSystems.keys()].sort(), ["trowel-dbfs", "trowel-volumes", "trowel-wsfs", "wsfs"]);
  assert.equal(addressOf("wsfs:/a").toString(), "trowel-wsfs:/a");
  assert.equal(addressOf("dbws:/a").toString(), "trowel-wsfs:/a");
  assert.equal(addressOf("file:/a").toString(), "file:/a");
  assert.equal(editor.notes.length, 1);
  assert.match(editor.notes[0]!, /trowel-wsfs:\/ instead of wsfs:\/, trowel-dbfs:\/ instead of dbfs:\//);
});

test("the editor gets sizes and times as they are, and a lock where nothing may be written", async () => {
  const answers = [stat("1", { size: 42, modifiedAt: 1_700_000_000_123 }), stat("2", { readOnly: true }), { kind: "folder", size: 0, modifiedAt: 0 }];
  const { systems } = begin(() => answers.shift());
  assert.deepEqual(await systems.stat(file), { type: 1, ctime: 0, mtime: 1_700_000_000_123, size: 42, permissions: undefined });
  assert.equal((await systems.stat(file)).permissions, fake.FilePermission.Readonly);
  assert.equal((await systems.stat(file)).type, fake.FileType.Directory);
});

test("errors have the kind that the editor acts on, and the daemon's words", async () => {
  const kinds: [number, string, "stat" | "readDirectory"][] = [
    [ErrorCodes.NotFound, "FileNotFound", "stat"],
    [ErrorCodes.AlreadyExists, "FileExists", "stat"],
    [ErrorCodes.PermissionDenied, "NoPermissions", "stat"],
    [ErrorCodes.InvalidParams, "FileIsADirectory", "stat"],
    [ErrorCodes.InvalidParams, "FileNotADirectory", "readDirectory"],
    [ErrorCodes.Unavailable, "Unavailable", "stat"],
    [ErrorCodes.NotConfigured, "Unavailable", "stat"],
  ];
  for (const [code, kind, verb] of kinds) {
    const { systems } = begin(() => {
      throw failure(code, `Because of ${code}.`);
    });
    await assert.rejects(systems[verb](file) as Promise<unknown>, { code: kind, message: `Because of ${code}.` });
    systems.dispose();
  }
});

test("a save that fails is a failed save", async () => {
  const { systems, events } = begin(() => {
    throw failure(ErrorCodes.Unavailable, "The host cannot be reached.");
  });
  await assert.rejects(systems.writeFile(file, Buffer.from("new"), options), { code: "Unavailable", message: "The host cannot be reached." });
  assert.deepEqual(events, []);
});

test("a save goes over what was read, and the next one over what was saved", async () => {
  const { systems, asked, events } = begin((method) => (method === "trowel/fs/read" ? { base64: "b2xk", stat: stat("read") } : stat("written")));
  assert.equal(Buffer.from(await systems.readFile(file)).toString(), "old");
  await systems.writeFile(file, Buffer.from("new"), options);
  await systems.writeFile(file, Buffer.from("newer"), options);
  assert.deepEqual(asked("write").map(({ etag }) => etag), ["read", "written"]);
  assert.deepEqual(asked("write")[0], { uri: "wsfs:/Users/me/a.py", base64: "bmV3", create: true, overwrite: true, etag: "read" });
  assert.deepEqual(events.map(({ type }) => type), [fake.FileChangeType.Changed, fake.FileChangeType.Changed]);
});

test("what the editor never read is written as it says", async () => {
  const { systems, asked, events } = begin(() => stat("1"));
  await systems.writeFile(file, Buffer.from("new"), { create: true, overwrite: false });
  assert.deepEqual([asked("write")[0].etag, asked("write")[0].overwrite], [undefined, false]);
  assert.deepEqual(events.map(({ type }) => type), [fake.FileChangeType.Created]);
});

test("a conflict that the editor cannot see is the user's to decide", async () => {
  const conflict = "a.py was changed by somebody else.";
  const { systems, asked } = begin((method, params) => {
    if (method === "trowel/fs/read") return { base64: "b2xk", stat: stat("read") };
    if (params.etag === "read") throw failure(ErrorCodes.Conflict, conflict);
    return stat("written");
  });
  await systems.readFile(file);
  await assert.rejects(systems.writeFile(file, Buffer.from("new"), options), { code: "Unavailable", message: conflict });
  assert.deepEqual([editor.warnings.length, editor.warnings[0]!.message, editor.warnings[0]!.options.modal], [1, conflict, true]);
  editor.answer = "Overwrite";
  await systems.writeFile(file, Buffer.from("new"), options);
  assert.deepEqual(asked("write").map(({ etag }) => etag), ["read", "read", undefined]);
});

test("a conflict that the editor has asked about is not asked about again", async () => {
  const { systems, asked } = begin((method) => {
    if (method === "trowel/fs/read") return { base64: "b2xk", stat: stat("read") };
    return method === "trowel/fs/stat" ? stat("theirs", { size: 9, modifiedAt: 2_000 }) : stat("written");
  });
  await systems.readFile(file);
  await systems.stat(file);
  await systems.writeFile(file, Buffer.from("new"), options);
  assert.equal(asked("write")[0].etag, "theirs");
});

test("a younger file of the same size, of which the editor says nothing, is no known one", async () => {
  const { systems, asked } = begin((method) => {
    if (method === "trowel/fs/read") return { base64: "b2xk", stat: stat("read") };
    return method === "trowel/fs/stat" ? stat("theirs", { modifiedAt: 2_000 }) : stat("written");
  });
  await systems.readFile(file);
  await systems.stat(file);
  await systems.writeFile(file, Buffer.from("new"), options);
  assert.equal(asked("write")[0].etag, "read");
});

test("contents above 1 MiB travel as private files that are gone afterwards", async () => {
  process.env.XDG_RUNTIME_DIR = mkdtempSync(join(tmpdir(), "trowel-test-"));
  const large = Buffer.alloc((1 << 20) + 1, "x");
  const answerFile = join(process.env.XDG_RUNTIME_DIR, "answer");
  writeFileSync(answerFile, large);
  let lent = "";
  const { systems } = begin((method, params) => {
    if (method === "trowel/fs/read") return { path: answerFile, stat: stat("1") };
    lent = params.path;
    assert.ok(readFileSync(lent).equals(large));
    assert.equal(dirname(lent), join(process.env.XDG_RUNTIME_DIR!, "trowel", "contents"));
    return stat("2");
  });
  assert.ok(large.equals(await systems.readFile(file)));
  await systems.writeFile(file, large, options);
  assert.ok(!existsSync(answerFile));
  assert.ok(lent && !existsSync(lent));
});

test("without a folder of the session, contents travel through that of Trowel's state", async () => {
  delete process.env.XDG_RUNTIME_DIR;
  process.env.XDG_STATE_HOME = mkdtempSync(join(tmpdir(), "trowel-test-"));
  let lent = "";
  const { systems } = begin((_, params) => {
    lent = params.path;
    return stat("2");
  });
  await systems.writeFile(file, Buffer.alloc((1 << 20) + 1, "x"), options);
  assert.equal(dirname(lent), join(process.env.XDG_STATE_HOME, "trowel", "run", "contents"));
});

test("folders, removal, renaming and copying say what has changed", async () => {
  const { systems, asked, events } = begin((method) => (method === "trowel/fs/list" ? { entries: [{ name: "a.py", kind: "file" }, { name: "b", kind: "folder" }] } : null));
  const other = fake.Uri.parse("wsfs:/Users/me/b.py") as never;
  assert.deepEqual(await systems.readDirectory(fake.Uri.parse("wsfs:/Users/me") as never), [["a.py", 1], ["b", 2]]);
  await systems.createDirectory(file);
  await systems.delete(file, { recursive: true });
  await systems.rename(file, other, { overwrite: false });
  await systems.copy(file, other, { overwrite: true });
  assert.deepEqual(asked("delete"), [{ uri: "wsfs:/Users/me/a.py", recursive: true }]);
  assert.deepEqual(asked("rename"), [{ from: "wsfs:/Users/me/a.py", to: "wsfs:/Users/me/b.py", overwrite: false }]);
  const { Created, Deleted } = fake.FileChangeType;
  assert.deepEqual(events.map(({ type }) => type), [Created, Deleted, Deleted, Created, Created]);
});

test("the daemon hears what is watched, and the editor what has changed", async () => {
  const { systems, asked, events, tell } = begin();
  const watched = systems.watch(file, { recursive: false });
  systems.watch(fake.Uri.parse("wsfs:/") as never, { recursive: true });
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(asked("watch").map(({ watches }) => watches.length), [2]);
  watched.dispose();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(asked("watch").at(-1), { watches: [{ uri: "wsfs:/", recursive: true }] });
  systems.restarted();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(asked("watch").length, 3);
  tell("trowel/fs/changed", { changes: [{ uri: "wsfs:/Users/me/a.py", kind: "changed" }, { uri: "dbfs:/tmp/x", kind: "deleted" }] });
  assert.deepEqual(events, [{ type: 1, uri: "wsfs:/Users/me/a.py" }, { type: 3, uri: "dbfs:/tmp/x" }]);
});
