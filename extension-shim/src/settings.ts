// SPDX-License-Identifier: Apache-2.0
// Reads and writes settings.json scope by scope, also settings that no installed extension contributes: the editor
// refuses to write those, so their file is edited, with its comments kept.

import { applyEdits, modify, parse } from "jsonc-parser";
import * as vscode from "vscode";
import type { ScopedSetting, SettingParams, SettingScope } from "./protocol";

const targets: Record<SettingScope, vscode.ConfigurationTarget> = {
  user: vscode.ConfigurationTarget.Global,
  workspace: vscode.ConfigurationTarget.Workspace,
  folder: vscode.ConfigurationTarget.WorkspaceFolder,
};

export function readScopes(keys: string[], folder: string | undefined): ScopedSetting[] {
  const configuration = vscode.workspace.getConfiguration(undefined, folder ? vscode.Uri.parse(folder, true) : null);
  return keys.map((key) => {
    const found = configuration.inspect(key);
    return { key, user: found?.globalValue, workspace: found?.workspaceValue, folder: found?.workspaceFolderValue };
  });
}

/** `userFolder` is where the editor keeps the user's settings.json. */
export async function writeSetting(params: SettingParams, userFolder: vscode.Uri): Promise<void> {
  const folder = params.folder ? vscode.Uri.parse(params.folder, true) : undefined;
  const scope = params.scope ?? (folder ? "folder" : "user");
  const value = params.value ?? undefined;
  try {
    await vscode.workspace.getConfiguration(undefined, folder ?? null).update(params.key, value, targets[scope]);
  } catch (error) {
    if (isContributed(params.key)) throw error;
    const { files, path } = filesOf(scope, folder, userFolder);
    for (const file of files) if (await editFile(file, [...path, params.key], value)) return;
    throw error;
  }
}

function isContributed(key: string): boolean {
  return vscode.extensions.all.some(({ packageJSON }) => {
    const sections = [packageJSON?.contributes?.configuration ?? []].flat();
    return sections.some((section: { properties?: object }) => key in (section.properties ?? {}));
  });
}

/**
 * Where the settings of a scope may be written down, and how deep in such a file. The user's are known to the editor under an
 * address of its own: changed there, they hold at once. It has the file's path in a desktop, and none in a browser.
 */
function filesOf(scope: SettingScope, folder: vscode.Uri | undefined, userFolder: vscode.Uri): { files: vscode.Uri[]; path: string[] } {
  if (scope === "user") {
    const file = vscode.Uri.joinPath(userFolder, "settings.json");
    const known = [file.path, "/User/settings.json"].map((path) => vscode.Uri.from({ scheme: "vscode-userdata", path }));
    return { files: [...known, file], path: [] };
  }
  const { workspaceFile, workspaceFolders } = vscode.workspace;
  if (scope === "workspace" && workspaceFile) return { files: workspaceFile.scheme === "untitled" ? [] : [workspaceFile], path: ["settings"] };
  const root = (folder && vscode.workspace.getWorkspaceFolder(folder)?.uri) ?? workspaceFolders?.[0]?.uri;
  return { files: root ? [vscode.Uri.joinPath(root, ".vscode", "settings.json")] : [], path: [] };
}

/** Whether the file is there and says something at `path`, which then is replaced. */
async function editFile(uri: vscode.Uri, path: string[], value: unknown): Promise<boolean> {
  const document = await vscode.workspace.openTextDocument(uri).then(
    (opened) => opened,
    () => undefined,
  );
  if (!document) return false;
  if (document.isDirty) throw new Error(`Save ${uri.fsPath} first: it has changes that would be overwritten.`);
  const before = document.getText();
  const errors: { error: number }[] = [];
  const said = path.reduce<any>((at, key) => at?.[key], parse(before, errors as never, { allowTrailingComma: true }));
  if (said === undefined) return false;
  if (errors.length > 0) throw new Error(`${uri.fsPath} is not valid JSON; mend it, then try again.`);
  const after = applyEdits(before, modify(before, path, value, { formattingOptions: { insertSpaces: true, tabSize: 2 } }));
  if (after === before) return true;
  const edit = new vscode.WorkspaceEdit();
  edit.replace(uri, new vscode.Range(document.positionAt(0), document.positionAt(before.length)), after);
  if (!(await vscode.workspace.applyEdit(edit)) || !(await document.save())) throw new Error(`${uri.fsPath} could not be written.`);
  return true;
}
