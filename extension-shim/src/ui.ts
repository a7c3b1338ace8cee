// SPDX-License-Identifier: Apache-2.0
// Answers what the daemon asks of the user and of the editor: each call once.

import * as vscode from "vscode";
import { addressOf } from "./file_systems";
import type { ClientHandlers, OpenDocumentParams, PickItem } from "./protocol";
import { microsoftSession } from "./microsoft";
import type { ProgressBoard } from "./progress";
import { readScopes, writeSetting } from "./settings";
import type { Trees } from "./trees";

const textScheme = "trowel-text";

const maxContent = 1 << 20;

async function showNewFile({ content, language }: OpenDocumentParams): Promise<void> {
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content, language }));
}

const keptReports = 20;

/** Markdown is a report, to be read as it was meant; what bears a file's name is shown as that file is. */
const isReport = ({ language, title }: OpenDocumentParams): boolean => language === "markdown" && !title?.endsWith(".md");

/** Texts that are no files, shown read-only so that closing them asks nothing. */
class Texts implements vscode.TextDocumentContentProvider {
  private readonly contents = new Map<string, string>();
  /** Nobody tells when a preview is closed, and it does not keep its document open; so the last few stay. */
  private readonly reports: string[] = [];
  private count = 0;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.contents.get(uri.toString()) ?? "This text is from before the window was loaded anew. Run the command that showed it once more.";
  }

  async show(params: OpenDocumentParams): Promise<void> {
    const title = (params.title ?? "Text").replaceAll("/", "∕");
    const uri = vscode.Uri.from({ scheme: textScheme, path: `/${++this.count}/${title}` });
    this.contents.set(uri.toString(), params.content ?? "");
    if (isReport(params)) {
      this.reports.push(uri.toString());
      if (this.reports.length > keptReports) this.contents.delete(this.reports.shift() ?? "");
      await vscode.commands.executeCommand("markdown.showPreview", uri);
      return;
    }
    let document = await vscode.workspace.openTextDocument(uri);
    if (params.language) document = await vscode.languages.setTextDocumentLanguage(document, params.language);
    await vscode.window.showTextDocument(document);
  }

  forget(document: vscode.TextDocument): void {
    const uri = document.uri.toString();
    if (!this.reports.includes(uri)) this.contents.delete(uri);
  }
}

export class Ui implements ClientHandlers, vscode.Disposable {
  private readonly texts = new Texts();
  private readonly registration = vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(textScheme, this.texts),
    vscode.workspace.onDidCloseTextDocument((document) => this.texts.forget(document)),
  );

  constructor(
    private readonly secrets: vscode.SecretStorage,
    private readonly progress: ProgressBoard,
    private readonly trees: Trees,
    private readonly userFolder: vscode.Uri,
  ) {}

  dispose(): void {
    this.registration.dispose();
  }

  uiPick: ClientHandlers["uiPick"] = async (params, token) => {
    const rows = params.items.map((item: PickItem) => ({
      label: item.label,
      description: item.description,
      detail: item.detail,
      picked: item.picked,
      iconPath: item.icon ? new vscode.ThemeIcon(item.icon) : undefined,
      id: item.id,
    }));
    const options = { title: params.title, placeHolder: params.placeholder, matchOnDescription: true, matchOnDetail: true };
    const chosen = await this.progress.whileAsking<(typeof rows)[number] | typeof rows | undefined>(() =>
      params.many ? vscode.window.showQuickPick(rows, { ...options, canPickMany: true }, token) : vscode.window.showQuickPick(rows, options, token),
    );
    if (!chosen) return {};
    return { ids: (Array.isArray(chosen) ? chosen : [chosen]).map((row) => row.id) };
  };

  // A box for a host or a token stays when the user goes to copy it elsewhere.
  uiInput: ClientHandlers["uiInput"] = async (params, token) => ({
    value: await this.progress.whileAsking(() =>
      vscode.window.showInputBox(
        {
          title: params.title,
          prompt: params.prompt,
          placeHolder: params.placeholder,
          value: params.value,
          password: params.masked,
          ignoreFocusOut: true,
        },
        token,
      ),
    ),
  });

  uiConfirm: ClientHandlers["uiConfirm"] = async (params) => {
    const show = {
      info: vscode.window.showInformationMessage,
      warning: vscode.window.showWarningMessage,
      error: vscode.window.showErrorMessage,
    }[params.severity];
    const shown = (): Thenable<string | undefined> => show(params.message, { modal: params.modal, detail: params.detail }, ...params.actions);
    if (params.modal || params.actions.length > 0) return { action: await this.progress.whileAsking(shown) };
    void shown(); // There is nothing to answer, so nobody waits.
    return {};
  };

  uiChooseFile: ClientHandlers["uiChooseFile"] = async (params) => {
    const chosen = await this.progress.whileAsking(() =>
      vscode.window.showOpenDialog({
        title: params.title,
        canSelectFiles: params.kind === "file",
        canSelectFolders: params.kind === "folder",
        canSelectMany: params.many,
        defaultUri: params.start ? vscode.Uri.parse(params.start, true) : undefined,
      }),
    );
    return { uri: chosen?.[0]?.toString(), uris: params.many ? chosen?.map((uri) => uri.toString()) : undefined };
  };

  uiOpenDocument: ClientHandlers["uiOpenDocument"] = async (params) => {
    if (params.uri) await vscode.commands.executeCommand("vscode.open", addressOf(params.uri));
    else if (params.editable) await showNewFile(params);
    else await this.texts.show(params);
  };

  uiDiff: ClientHandlers["uiDiff"] = async (params) => {
    const [left, right] = [params.left, params.right].map(addressOf);
    await vscode.commands.executeCommand("vscode.diff", left, right, params.title);
  };

  // The text itself is handed over: a Uri would decode and encode the query anew, which breaks signed addresses.
  uiOpenUrl: ClientHandlers["uiOpenUrl"] = async (params) => {
    if (!/^https?:\/\//i.test(params.url)) throw new Error("Only http and https addresses are opened.");
    // Where the daemon runs on another machine than the browser, this makes a tunnel for the way back.
    if (params.callback) await vscode.env.asExternalUri(vscode.Uri.parse(params.callback, true));
    await vscode.env.openExternal(params.url as unknown as vscode.Uri);
  };

  uiCopy: ClientHandlers["uiCopy"] = async (params) => {
    await vscode.env.clipboard.writeText(params.text);
  };

  uiPaste: ClientHandlers["uiPaste"] = async () => ({ text: await vscode.env.clipboard.readText() });

  uiActiveDocument: ClientHandlers["uiActiveDocument"] = async () => {
    const notebook = vscode.window.activeNotebookEditor?.notebook;
    // Its text is the file's, so what was not saved yet is saved first.
    if (notebook?.isDirty) await notebook.save();
    if (notebook) return { uri: notebook.uri.toString() };
    const document = vscode.window.activeTextEditor?.document;
    const content = document?.getText();
    return { uri: document?.uri.toString(), language: document?.languageId, content: content && content.length <= maxContent ? content : undefined };
  };

  uiInsertText: ClientHandlers["uiInsertText"] = async ({ text }) => {
    const editor = vscode.window.activeTextEditor;
    return { done: (await editor?.edit((edit) => editor.selections.forEach((selection) => edit.replace(selection, text)))) ?? false };
  };

  uiShowInFolder: ClientHandlers["uiShowInFolder"] = async ({ uri }) => {
    const file = vscode.Uri.parse(uri, true);
    const canShow = (await vscode.commands.getCommands()).includes("revealFileInOS");
    if (!canShow) throw new Error(`An editor in the browser cannot open folders of the machine. The path is ${file.fsPath}.`);
    await vscode.commands.executeCommand("revealFileInOS", file);
  };

  uiAddFolder: ClientHandlers["uiAddFolder"] = async ({ uri, name }) => {
    const end = vscode.workspace.workspaceFolders?.length ?? 0;
    if (!vscode.workspace.updateWorkspaceFolders(end, 0, { uri: addressOf(uri), name })) throw new Error("The folder could not be added to this window.");
  };

  treeReveal: ClientHandlers["treeReveal"] = (params) => this.trees.reveal(params);

  uiSecretGet: ClientHandlers["uiSecretGet"] = async (params) => ({ value: await this.secrets.get(params.key) });

  uiSecretStore: ClientHandlers["uiSecretStore"] = async (params) => {
    await this.secrets.store(params.key, params.value);
  };

  uiSecretDelete: ClientHandlers["uiSecretDelete"] = async (params) => {
    await this.secrets.delete(params.key);
  };

  uiSetting: ClientHandlers["uiSetting"] = (params) => writeSetting(params, this.userFolder);

  uiSettings: ClientHandlers["uiSettings"] = async (params) => ({ values: readScopes(params.keys, params.folder) });

  uiMicrosoftSession: ClientHandlers["uiMicrosoftSession"] = (params) => microsoftSession(params);

  // Settings of one section as plain JSON: an object, not the editor's accessor.
  lifecycleConfiguration: ClientHandlers["lifecycleConfiguration"] = async (params) =>
    params.items.map((item) => {
      const scope = item.scopeUri ? vscode.Uri.parse(item.scopeUri, true) : undefined;
      return vscode.workspace.getConfiguration(undefined, scope).get(item.section ?? "trowel") ?? null;
    });

  lifecycleCreateProgress: ClientHandlers["lifecycleCreateProgress"] = async (params) => {
    this.progress.adopt(params.token);
  };
}
