// SPDX-License-Identifier: Apache-2.0
// Another extension: one that may hold Trowel's schemes, and one that copies and moves files as the explorer does, by the
// editor's own file service. What it shall do is in task.json, what came of it in result.json.
const fs = require("node:fs");
const path = require("node:path");
const vscode = require("vscode");

/** A file system with nothing in it. */
class Nothing {
  onDidChangeFile = new vscode.EventEmitter().event;
  watch = () => new vscode.Disposable(() => undefined);
  stat(uri) {
    if (uri.path !== "/") throw vscode.FileSystemError.FileNotFound(uri);
    return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
  }
  readDirectory = () => [];
  readFile(uri) {
    throw vscode.FileSystemError.FileNotFound(uri);
  }
  writeFile(uri) {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
  createDirectory = this.writeFile;
  delete = this.writeFile;
  rename = this.writeFile;
}

const files = vscode.workspace.fs;
const at = (uri) => vscode.Uri.parse(uri, true);

/** What lies below a folder: contents by path; a folder ends with a slash. */
async function tree(uri, below = "") {
  let found = {};
  for (const [name, type] of await files.readDirectory(uri)) {
    const child = vscode.Uri.joinPath(uri, name);
    const place = `${below}${name}`;
    if (type === vscode.FileType.Directory) found = { ...found, [`${place}/`]: null, ...(await tree(child, `${place}/`)) };
    else found[place] = Buffer.from(await files.readFile(child)).toString();
  }
  return found;
}

const verbs = {
  copy: (from, to) => files.copy(at(from), at(to)),
  move: (from, to) => files.rename(at(from), at(to)),
  mkdir: (uri) => files.createDirectory(at(uri)),
  remove: (uri) => files.delete(at(uri), { recursive: true }),
  write: (uri, text) => files.writeFile(at(uri), Buffer.from(text)),
  tree: (uri) => tree(at(uri)),
};

async function run(folder) {
  const results = [];
  for (const [verb, ...given] of JSON.parse(fs.readFileSync(path.join(folder, "task.json"), "utf8"))) {
    try {
      results.push({ value: await verbs[verb](...given) });
    } catch (error) {
      results.push({ error: `${verb} ${given.join(" ").slice(0, 120)}: ${error.message}` });
    }
  }
  fs.writeFileSync(path.join(folder, "result.new"), JSON.stringify(results));
  fs.renameSync(path.join(folder, "result.new"), path.join(folder, "result.json"));
}

exports.activate = (context) => {
  const settings = vscode.workspace.getConfiguration("filesCheck");
  if (settings.get("holds"))
    for (const scheme of ["wsfs", "dbfs", "volumes", "dbws"]) context.subscriptions.push(vscode.workspace.registerFileSystemProvider(scheme, new Nothing()));
  context.subscriptions.push(vscode.commands.registerCommand("filesCheck.run", () => run(settings.get("folder"))));
};
