// SPDX-License-Identifier: Apache-2.0
// Offers the daemon's kernels to notebooks and runs their cells on them.

import * as vscode from "vscode";
import { isCancelled, messageOf } from "./errors";
import { activeFolder, allFolders, folderOf } from "./folders";
import { errorOutput, outputsOf } from "./outputs";
import type { ProgressBoard } from "./progress";
import type { CellOutput, Client, KernelInfo } from "./protocol";
import { sourceTypes } from "./serializer";

const notebookTypes = ["jupyter-notebook", ...sourceTypes];
const languages = ["python", "sql", "scala", "r", "shellscript"];

export class Kernels implements vscode.Disposable {
  private readonly controllers = new Map<string, vscode.NotebookController>();
  /** Ids of the kernels that a folder prefers. */
  private preferred = new Map<string, Set<string>>();
  /** What shows a running cell's outputs, by the run's name. */
  private readonly runs = new Map<string, (outputs: CellOutput[]) => void>();
  /** Notebooks that ran a cell: the end of the last run, and the number of cells run. */
  private readonly sessions = new Map<string, { last: Promise<void>; order: number }>();
  private runCount = 0;
  private fetchCount = 0;
  private readonly subscriptions: vscode.Disposable;

  constructor(
    private readonly client: Client,
    private readonly progress: ProgressBoard,
  ) {
    this.subscriptions = vscode.Disposable.from(
      client.onKernelChanged(() => void this.fetch()),
      client.onKernelOutput(({ cell, outputs }) => this.runs.get(cell)?.(outputs)),
      vscode.workspace.onDidOpenNotebookDocument((notebook) => this.prefer(notebook)),
      vscode.workspace.onDidCloseNotebookDocument((notebook) => this.closed(notebook)),
    );
  }

  /** Asks for every folder's kernels anew. Where that fails the old ones stay: running a cell then says what is wrong. */
  async fetch(): Promise<void> {
    const fetch = ++this.fetchCount;
    const folders = allFolders().map(({ uri }) => uri as string | undefined);
    const offered = new Map<string, KernelInfo>();
    const preferred = new Map<string, Set<string>>();
    try {
      for (const folder of folders.length > 0 ? folders : [undefined]) {
        const { kernels } = await this.client.kernelList({ folder });
        for (const kernel of kernels) offered.set(kernel.id, kernel);
        preferred.set(folder ?? "", new Set(kernels.filter((kernel) => kernel.preferred).map((kernel) => kernel.id)));
      }
    } catch {
      return;
    }
    if (fetch !== this.fetchCount) return;
    this.preferred = preferred;
    for (const [id, controller] of this.controllers) {
      if (offered.has(kernelOf(id))) continue;
      controller.dispose();
      this.controllers.delete(id);
    }
    for (const kernel of offered.values()) for (const type of notebookTypes) this.offer(kernel, type);
    for (const notebook of vscode.workspace.notebookDocuments) this.prefer(notebook);
  }

  /** Begins a new session for the notebook in front. */
  async restart(): Promise<void> {
    const notebook = vscode.window.activeNotebookEditor?.notebook;
    if (!notebook) throw new Error("Open a notebook first: its kernel is the one to restart.");
    await this.client.kernelRestart({ notebook: notebook.uri.toString(), folder: folderOf(notebook.uri) });
    const session = this.sessions.get(notebook.uri.toString());
    if (session) session.order = 0;
    void vscode.window.setStatusBarMessage("$(check) Databricks kernel restarted: nothing is defined now", 5_000);
  }

  dispose(): void {
    vscode.Disposable.from(this.subscriptions, ...this.controllers.values()).dispose();
  }

  private offer(kernel: KernelInfo, type: string): void {
    const id = `trowel/${type}/${kernel.id}`;
    let controller = this.controllers.get(id);
    if (!controller) {
      controller = vscode.notebooks.createNotebookController(id, type, kernel.label);
      controller.supportedLanguages = languages;
      controller.supportsExecutionOrder = true;
      controller.executeHandler = (cells, notebook, chosen) => this.execute(kernel.id, cells, notebook, chosen);
      this.controllers.set(id, controller);
    }
    controller.label = kernel.label;
    controller.description = kernel.description;
    controller.detail = kernel.detail;
  }

  private prefer(notebook: vscode.NotebookDocument): void {
    const ids = this.preferred.get(folderOf(notebook.uri) ?? activeFolder() ?? "");
    for (const [id, controller] of this.controllers) {
      if (!id.startsWith(`trowel/${notebook.notebookType}/`)) continue;
      const affinity = ids?.has(kernelOf(id)) ? vscode.NotebookControllerAffinity.Preferred : vscode.NotebookControllerAffinity.Default;
      controller.updateNotebookAffinity(notebook, affinity);
    }
  }

  private closed(notebook: vscode.NotebookDocument): void {
    const uri = notebook.uri.toString();
    if (this.sessions.delete(uri)) this.client.kernelClose({ notebook: uri, folder: folderOf(notebook.uri) }).catch(() => undefined);
  }

  /** Cells of a notebook run one after the other, also those of a later call; after a failed one the rest of its call is left. */
  private execute(kernel: string, cells: vscode.NotebookCell[], notebook: vscode.NotebookDocument, controller: vscode.NotebookController): Promise<void> {
    const session = this.sessions.get(notebook.uri.toString()) ?? { last: Promise.resolve(), order: 0 };
    this.sessions.set(notebook.uri.toString(), session);
    // Made at once, so that every cell is shown as waiting.
    const executions = cells.map((cell) => controller.createNotebookCellExecution(cell));
    session.last = session.last.then(async () => {
      let go = true;
      for (const execution of executions) {
        if (go && !execution.token.isCancellationRequested) {
          execution.executionOrder = ++session.order;
          go = await this.run(kernel, execution);
        } else {
          execution.end(undefined);
        }
      }
    });
    return session.last;
  }

  /** Whether the cell succeeded. Never rejects: what goes wrong is the cell's output. */
  private async run(kernel: string, execution: vscode.NotebookCellExecution): Promise<boolean> {
    const { cell, token } = execution;
    const name = `run-${++this.runCount}`;
    const cancel = new vscode.CancellationTokenSource();
    const stop = token.onCancellationRequested(() => cancel.cancel());
    const workDoneToken = this.progress.open(() => cancel.cancel(), { quiet: true });
    let running = true;
    execution.start(Date.now());
    await execution.clearOutput();
    this.runs.set(name, (outputs) => {
      void outputsOf(outputs).then((drawn) => (running ? execution.replaceOutput(drawn) : undefined));
    });
    let succeeded = false;
    try {
      const result = await this.client.kernelExecute(
        {
          kernel,
          notebook: cell.notebook.uri.toString(),
          cell: name,
          language: cell.document.languageId,
          source: cell.document.getText(),
          folder: folderOf(cell.notebook.uri),
          workDoneToken,
        },
        cancel.token,
      );
      running = false;
      succeeded = result.state === "succeeded";
      await execution.replaceOutput(await outputsOf(result.outputs));
    } catch (error) {
      running = false;
      await execution.appendOutput(errorOutput(isCancelled(error) ? "Cancelled." : messageOf(error)));
    } finally {
      this.runs.delete(name);
      this.progress.close(workDoneToken);
      stop.dispose();
      cancel.dispose();
      execution.end(succeeded, Date.now());
    }
    return succeeded;
  }
}

/** The kernel's id out of a controller's, which is trowel/<notebook type>/<kernel>. */
function kernelOf(controller: string): string {
  return controller.split("/").slice(2).join("/");
}
