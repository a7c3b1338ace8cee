// SPDX-License-Identifier: Apache-2.0
// Whose project a document belongs to.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ActiveFolder, folderOf } from "../src/folders";
import * as fake from "./support/vscode";

const shop = "file:///w/shop";
const sub = "file:///w/shop/reports";
const lab = "file:///w/lab";
const at = (uri: string): string | undefined => folderOf(fake.Uri.parse(uri) as never);

function begin(): ActiveFolder {
  (fake.workspace as any).workspaceFolders = [shop, lab].map((uri) => ({ uri: fake.Uri.parse(uri), name: uri }));
  const folders = new ActiveFolder();
  folders.setProjects([shop, sub, lab].map((uri) => ({ uri, name: uri })));
  return folders;
}

test("a file belongs to the deepest project that holds it", () => {
  begin();
  assert.deepEqual([at(`${shop}/a.py`), at(`${sub}/a.py`), at(`${lab}/x/a.py`), at("file:///w/shopping/a.py")], [shop, sub, lab, undefined]);
});

test("a remote file belongs to the project that is connected with its host", () => {
  const folders = begin();
  folders.setConnection({ folder: shop, state: "ready", host: "https://ADB-1.azuredatabricks.net" });
  folders.setConnection({ folder: lab, state: "ready", host: "https://adb-2.azuredatabricks.net" });
  const remote = ["wsfs", "trowel-wsfs", "dbws", "dbfs", "volumes"].map((scheme) => at(`${scheme}://adb-2.azuredatabricks.net/Users/me/etl.py`));
  assert.deepEqual(remote, [lab, lab, lab, lab, lab]);
  assert.equal(at("wsfs://adb-1.azuredatabricks.net/a"), shop);
  assert.equal(at("wsfs://elsewhere/a"), undefined);
  assert.equal(at("https://adb-2.azuredatabricks.net/a"), undefined);
  folders.setConnection({ folder: lab, state: "none" });
  assert.equal(at("wsfs://adb-2.azuredatabricks.net/a"), undefined);
});

test("of the first project are remote files that name no host", () => {
  const folders = begin();
  folders.setConnection({ state: "ready", host: "https://adb-1.azuredatabricks.net" });
  assert.equal(at("wsfs:/Users/me/etl.py"), undefined); // which the daemon takes for the first
  assert.equal(at("wsfs://adb-1.azuredatabricks.net/etl.py"), shop);
});
