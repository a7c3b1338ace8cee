// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { all, raw, refused, sdk, startEmulator } from "./workspace.mjs";

const emulator = await startEmulator("--page-cap", "2");
const { dbfs, files, volumes } = sdk(emulator);
const call = raw(emulator);
const base64 = (text) => Buffer.from(text).toString("base64");
const stream = (text) => new Blob([text]).stream();
const text = async (body) => Buffer.concat(await all(body)).toString();
// The SDK's upload sends no body.
const put = (path, bytes) => call("PUT", `/api/2.0/fs/files${path}?overwrite=true`, bytes, { "Content-Type": "application/octet-stream" });

test("DBFS: create, read, list, move, delete", async () => {
  const { handle } = await dbfs.create({ path: "/tmp/a.txt" });
  await dbfs.addBlock({ handle, data: base64("hello ") });
  await dbfs.addBlock({ handle, data: base64("world") });
  await dbfs.close({ handle });
  const info = await dbfs.getStatus({ path: "dbfs:/tmp/a.txt" });
  assert.deepEqual([info.path, info.is_dir, info.file_size], ["/tmp/a.txt", false, 11]);
  const block = await dbfs.read({ path: "/tmp/a.txt", offset: 6, length: 5 });
  assert.equal(Buffer.from(block.data, "base64").toString(), "world");
  await dbfs.mkdirs({ path: "/tmp/dir" });
  await dbfs.move({ source_path: "/tmp/a.txt", destination_path: "/tmp/dir/b.txt" });
  assert.deepEqual((await all(dbfs.list({ path: "/tmp/dir" }))).map((one) => one.path), ["/tmp/dir/b.txt"]);
  await dbfs.put({ path: "/tmp/dir/c.txt", contents: base64("c"), overwrite: true });
  await refused(dbfs.put({ path: "/tmp/dir/c.txt", contents: base64("c") }), 400, "RESOURCE_ALREADY_EXISTS");
  await refused(dbfs.delete({ path: "/tmp/dir" }), 400);
  await dbfs.delete({ path: "/tmp/dir", recursive: true });
  await dbfs.delete({ path: "/tmp/dir" }); // a missing path is no error
  await refused(dbfs.getStatus({ path: "/tmp/dir" }), 404, "RESOURCE_DOES_NOT_EXIST");
  await refused(dbfs.addBlock({ handle, data: "" }), 404, "RESOURCE_DOES_NOT_EXIST");
  await refused(dbfs.read({ path: "/nope", length: 2_000_000 }), 400, "MAX_READ_SIZE_EXCEEDED");
});

test("volumes: upload, download, list in pages, delete", async () => {
  await volumes.create({ catalog_name: "main", schema_name: "default", name: "v", volume_type: "MANAGED" });
  const root = "/Volumes/main/default/v";
  for (const name of ["a b.csv", "c#d.csv", "ü.csv"])
    assert.equal((await put(`${root}/dir/${encodeURIComponent(name)}`, name)).status, 204);
  const listed = await all(files.listDirectoryContents({ directory_path: `${root}/dir` }));
  assert.deepEqual(listed.map((one) => one.name).sort(), ["a b.csv", "c#d.csv", "ü.csv"]);
  const download = await files.download({ file_path: `${root}/dir/a%20b.csv` });
  assert.equal(await text(download.contents), "a b.csv");
  await files.getMetadata({ file_path: `${root}/dir/a%20b.csv` });
  await files.createDirectory({ directory_path: `${root}/empty` });
  await files.getDirectoryMetadata({ directory_path: `${root}/empty` });
  await files.deleteDirectory({ directory_path: `${root}/empty` });
  await refused(files.getDirectoryMetadata({ directory_path: `${root}/empty` }), 404);
  await refused(files.deleteDirectory({ directory_path: `${root}/dir` }), 400);
  await files.upload({ file_path: `${root}/dir/empty`, contents: stream(""), overwrite: true });
  await refused(files.upload({ file_path: `${root}/dir/a%20b.csv`, contents: stream("x"), overwrite: false }), 409);
  await files.delete({ file_path: `${root}/dir/a%20b.csv` });
  await refused(files.download({ file_path: `${root}/dir/a%20b.csv` }), 404);
});

test("ranges", async () => {
  const path = "/api/2.0/fs/files/Volumes/main/default/v/range.txt";
  assert.equal((await call("PUT", `${path}?overwrite=true`, "0123456789", { "Content-Type": "application/octet-stream" })).status, 204);
  const part = await call("GET", path, undefined, { Range: "bytes=2-4" });
  assert.equal(part.status, 206);
  assert.equal(part.text, "234");
  assert.equal(part.headers.get("content-range"), "bytes 2-4/10");
  const head = await call("HEAD", path);
  assert.equal(head.headers.get("content-length"), "10");
  assert.ok(Date.parse(head.headers.get("last-modified")) > 0);
});
