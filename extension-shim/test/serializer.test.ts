// SPDX-License-Identifier: Apache-2.0
// A save is the codec's bytes or none at all.

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { NotebookCellData, NotebookCellKind, NotebookData } from "./support/vscode";
import { Client, NotebookDecodeParams, NotebookDocument } from "../src/protocol";
import { languageOf, SourceSerializer } from "../src/serializer";

const token = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose: () => undefined }) } as never;
const header = "# Databricks notebook source\n";

function serializer(answer: (method: string, params: any) => unknown): SourceSerializer {
  const connection = { sendRequest: async (method: string, params: unknown) => answer(method, params) };
  return new SourceSerializer(new Client(connection as never), "trowel-source");
}

function notebook(): NotebookData {
  return new NotebookData([new NotebookCellData(NotebookCellKind.Code, "print(1)", "python")]);
}

test("hands the codec's metadata back as it came", async () => {
  const document: NotebookDocument = {
    metadata: { lineEnd: "\r\n" },
    cells: [
      { kind: "markup", language: "markdown", source: "# Title", metadata: { lines: ["# MAGIC %md # Title"] } },
      { kind: "code", language: "python", source: "x = 1" },
    ],
  };
  let sent: NotebookDocument | undefined;
  const codec = serializer((method, params) => {
    if (method === "trowel/notebook/decode") return document;
    sent = params;
    return { base64: Buffer.from(header).toString("base64") };
  });
  const data = await codec.deserializeNotebook(Buffer.from(header), token);
  const bytes = await codec.serializeNotebook(data, token);
  assert.equal(Buffer.from(bytes).toString(), header);
  assert.deepEqual(JSON.parse(JSON.stringify(sent)), document);
});

test("a save without a daemon fails, so that the editor keeps the content", async () => {
  const gone = serializer(() => {
    throw new Error("The Trowel daemon does not run.");
  });
  await assert.rejects(gone.serializeNotebook(notebook() as never, token), /does not run/);
});

test("an answer without bytes is no empty file", async () => {
  for (const answer of [{}, { base64: null }]) {
    await assert.rejects(serializer(() => answer).serializeNotebook(notebook() as never, token), /without the bytes/);
  }
});

test("bytes above 1 MiB travel as a private file that is gone afterwards", async () => {
  process.env.XDG_RUNTIME_DIR = mkdtempSync(join(tmpdir(), "trowel-test-"));
  const large = Buffer.from(header + "#".repeat(1 << 20));
  const answerFile = join(process.env.XDG_RUNTIME_DIR, "answer");
  let lent = "";
  const codec = serializer((method, params: NotebookDecodeParams) => {
    if (method === "trowel/notebook/encode") {
      writeFileSync(answerFile, large);
      return { path: answerFile };
    }
    lent = params.path!;
    assert.equal(params.base64, undefined);
    assert.equal(statSync(lent).mode & 0o777, 0o600);
    assert.ok(readFileSync(lent).equals(large));
    return { cells: [] };
  });
  await codec.deserializeNotebook(large, token);
  assert.ok(lent && !existsSync(lent));
  assert.ok(large.equals(await codec.serializeNotebook(notebook() as never, token)));
  assert.ok(!existsSync(answerFile));
});

test("a plain file is no notebook, and the codec is not even asked", async () => {
  const codec = serializer(() => assert.fail("asked"));
  await assert.rejects(codec.deserializeNotebook(Buffer.from("print(1)\n"), token), /Reopen it with the text editor/);
});

test("the first line tells the language", () => {
  assert.equal(languageOf("# Databricks notebook source", "trowel-source"), "py");
  assert.equal(languageOf("\uFEFF# Databricks notebook source", "trowel-source"), "py");
  assert.equal(languageOf("# Databricks notebook source", "trowel-source-r"), "r");
  assert.equal(languageOf("-- Databricks notebook source", "trowel-source"), "sql");
  assert.equal(languageOf("// Databricks notebook source", "trowel-source"), "scala");
  assert.equal(languageOf("import os", "trowel-source"), undefined);
});
