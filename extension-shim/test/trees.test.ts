// SPDX-License-Identifier: Apache-2.0
// Views against a daemon that a test plays: what is asked, what is drawn, and what is kept.

import assert from "node:assert/strict";
import { test } from "node:test";
import { registerCommands } from "../src/commands";
import { ProgressBoard } from "../src/progress";
import { Client, ErrorCodes, TreeChildrenResult, TreeNode } from "../src/protocol";
import { Row } from "../src/rows";
import { Trees } from "../src/trees";
import * as fake from "./support/vscode";

const { editor } = fake;
const clusters = "trowel.clusters";

function node(id: string, more: Partial<TreeNode> = {}): TreeNode {
  return { id, label: `Row ${id}`, collapsible: "none", ...more };
}

/** A daemon: `answer` says what is below a node; every message is kept. */
class Conversation {
  readonly sent: { method: string; params: any }[] = [];
  answer: (params: any) => TreeChildrenResult | Promise<TreeChildrenResult> = () => ({ nodes: [] });
  act: (params: any) => unknown = () => null;
  private readonly handlers = new Map<string, (params: any) => void>();

  async sendRequest(method: string, params: any): Promise<any> {
    this.sent.push({ method, params });
    return method === "trowel/tree/children" ? this.answer(params) : this.act(params);
  }
  async sendNotification(method: string, params: any): Promise<void> {
    this.sent.push({ method, params });
  }
  onRequest = () => ({ dispose: () => undefined });
  onNotification(method: string, handler: (params: any) => void) {
    this.handlers.set(method, handler);
    return { dispose: () => undefined };
  }
  tell(method: string, params: any): void {
    this.handlers.get(method)?.(params);
  }
  asked(method = "trowel/tree/children") {
    return this.sent.filter((each) => each.method === method).map(({ params }) => params);
  }
}

function begin() {
  const daemon = new Conversation();
  const client = new Client(daemon as never);
  const progress = new ProgressBoard(daemon as never);
  const trees = new Trees(client, progress, fake.Uri.parse("ext:/media") as never);
  registerCommands(client, progress, new Proxy({}, { get: () => () => undefined }));
  Object.assign(editor, { errors: [], answer: undefined, progress: [] });
  const tree = editor.trees.get(clusters);
  const provider = tree.treeDataProvider;
  const labels = async (parent?: Row): Promise<string[]> => (await provider.getChildren(parent)).map((row: Row) => row.node.label);
  const fired: (Row | undefined)[] = [];
  provider.onDidChangeTreeData((row: Row | undefined) => fired.push(row));
  return { daemon, trees, tree, provider, labels, fired };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("a row is drawn as the daemon describes it", async () => {
  const { daemon, provider } = begin();
  const row = node("a", {
    description: "running",
    tooltip: "**a**",
    icon: "trowel-cluster",
    accessibleLabel: "a, running",
    contextValue: "cluster.running",
    decoration: { badge: "M", color: "charts.green", tooltip: "mine", propagate: true },
    command: { command: "trowel.cluster.start", title: "Start" },
  });
  daemon.answer = () => ({ nodes: [row, node("b", { icon: "vm", iconColor: "charts.red", resource: "wsfs:/b" })], generation: 1 });
  const [a, b] = await provider.getChildren();
  const item = provider.getTreeItem(a);
  assert.equal(item.iconPath.light.toString(), "ext:/media/light/cluster.svg");
  assert.equal(item.iconPath.dark.toString(), "ext:/media/dark/cluster.svg");
  assert.deepEqual(item.accessibilityInformation, { label: "a, running" });
  assert.deepEqual(item.command.arguments, [a]);
  const decoration = editor.decorations.provideFileDecoration(item.resourceUri);
  assert.deepEqual([decoration.badge, decoration.color.id, decoration.tooltip, decoration.propagate], ["M", "charts.green", "mine", true]);
  assert.equal(provider.getTreeItem(b).iconPath.id, "vm");
  assert.equal(provider.getTreeItem(b).resourceUri.toString(), "wsfs:/b");
  assert.equal(editor.decorations.provideFileDecoration(fake.Uri.parse("wsfs:/b")), undefined);
});

test("a row whose badge changes or goes is decorated anew", async () => {
  const { daemon, provider } = begin();
  const shown = (badge?: string) => () => ({ nodes: [node("a", { resource: "wsfs:/a", ...(badge ? { decoration: { badge } } : {}) })], generation: 1 });
  const badgeNow = (): string | undefined => editor.decorations.provideFileDecoration(fake.Uri.parse("wsfs:/a"))?.badge;
  daemon.answer = shown("○");
  await provider.getChildren();
  assert.equal(badgeNow(), "○");
  editor.redecorated.length = 0;
  daemon.answer = shown("↑");
  daemon.tell("trowel/tree/changed", { view: clusters });
  await provider.getChildren();
  assert.equal(badgeNow(), "↑");
  assert.deepEqual(editor.redecorated, ["wsfs:/a"]);
  daemon.answer = shown();
  daemon.tell("trowel/tree/changed", { view: clusters });
  await provider.getChildren();
  assert.equal(badgeNow(), undefined);
  assert.deepEqual(editor.redecorated, ["wsfs:/a", "wsfs:/a"]);
});

test("what was loaded is asked for again only where the daemon says so", async () => {
  const { daemon, provider, labels, fired } = begin();
  daemon.answer = ({ node: below }) => ({ nodes: below ? [node(`${below}/x`)] : [node("a", { collapsible: "collapsed" }), node("b", { collapsible: "collapsed" })], generation: 1 });
  const [a, b] = await provider.getChildren();
  await labels(a);
  await labels(b);
  assert.equal(daemon.asked().length, 3);
  daemon.tell("trowel/tree/changed", { view: clusters, node: "a" });
  assert.deepEqual(fired, [a]);
  await Promise.all([labels(), labels(a), labels(b)]);
  assert.deepEqual(daemon.asked().slice(3).map((params) => params.node), ["a"]);
  daemon.tell("trowel/tree/changed", { view: clusters });
  await labels();
  await labels(a);
  assert.equal(daemon.asked().length, 6);
});

test("changed rows are drawn anew without a question, but not those of another project", async () => {
  const { daemon, provider, labels, fired } = begin();
  daemon.answer = () => ({ nodes: [node("a"), node("b")], generation: 1 });
  const [a] = await provider.getChildren();
  daemon.tell("trowel/tree/changed", { view: clusters, rows: [node("a", { label: "elsewhere" })], folder: "file:///other" });
  daemon.tell("trowel/tree/changed", { view: clusters, rows: [node("a", { label: "running" })] });
  assert.deepEqual(fired, [a]);
  assert.deepEqual(await labels(), ["running", "Row b"]);
  assert.equal(daemon.asked().length, 1);
});

test("of a long list the first page is shown at once, the rest follows by itself", async () => {
  const { daemon, labels, fired } = begin();
  daemon.answer = ({ page }) => (page ? { nodes: [node("b")], generation: 1 } : { nodes: [node("a")], more: "1/", ready: true, generation: 1 });
  assert.deepEqual(await labels(), ["Row a", "Load more…"]);
  await settled();
  assert.equal(fired.length, 1);
  assert.deepEqual(await labels(), ["Row a", "Row b"]);
  assert.equal(daemon.asked().length, 2);
});

test("pages of the workspace come when the user asks, and a failure of one loses nothing", async () => {
  const { daemon, provider, labels } = begin();
  let fails = true;
  daemon.answer = ({ page }) => {
    if (!page) return { nodes: [node("a")], more: "0/t", generation: 1 };
    return fails ? { nodes: [node("#failure", { contextValue: "failure" })], more: page, generation: 1 } : { nodes: [node("b")], generation: 1 };
  };
  const more = (await provider.getChildren())[1];
  assert.equal(more.target, undefined);
  await fake.commands.executeCommand(more.node.command.command, more);
  assert.deepEqual(await labels(), ["Row a", "Row #failure", "Load more…"]);
  fails = false;
  await fake.commands.executeCommand(more.node.command.command, (await provider.getChildren())[2]);
  assert.deepEqual(await labels(), ["Row a", "Row b"]);
});

test("rows of an old connection never show beside those of the new one", async () => {
  const { daemon, provider, labels, fired } = begin();
  let generation = 1;
  daemon.answer = () => ({ nodes: [node("a", { collapsible: "collapsed", label: `of ${generation}` })], generation });
  const [old] = await provider.getChildren();
  assert.deepEqual(old.target, { view: clusters, node: "a", generation: 1 });
  generation = 2;
  // A row of the old one is opened just now: what comes is of the new one, so all is drawn anew.
  assert.deepEqual(await labels(old), []);
  assert.deepEqual(fired, [undefined]);
  const [now] = await provider.getChildren();
  assert.notEqual(now, old);
  assert.deepEqual(now.target, { view: clusters, node: "a", generation: 2 });
});

test("an answer that comes after a later one is not taken", async () => {
  const { daemon, labels } = begin();
  const answers: ((result: TreeChildrenResult) => void)[] = [];
  daemon.answer = () => new Promise((resolve) => answers.push(resolve));
  const first = labels();
  const second = labels();
  answers[1]!({ nodes: [node("new")], generation: 1 });
  assert.deepEqual(await second, ["Row new"]);
  answers[0]!({ nodes: [node("old")], generation: 1 });
  assert.deepEqual(await first, ["Row new"]);
  assert.deepEqual(await labels(), ["Row new"]);
});

test("what changes while it is being asked for is asked for again, since the editor would not", async () => {
  const { daemon, trees, labels } = begin();
  const answers: ((result: TreeChildrenResult) => void)[] = [];
  daemon.answer = () => new Promise((resolve) => answers.push(resolve));
  const shown = labels();
  daemon.tell("trowel/tree/changed", { view: clusters });
  answers[0]!({ nodes: [node("before")], generation: 1 });
  await settled();
  assert.equal(answers.length, 2);
  answers[1]!({ nodes: [node("after")], generation: 1 });
  assert.deepEqual(await shown, ["Row after"]);
  // Another connection: what is under way is of the old one.
  daemon.tell("trowel/tree/changed", { view: clusters });
  const again = labels();
  trees.refreshAll();
  answers[2]!({ nodes: [node("old")], generation: 1 });
  await settled();
  answers[3]!({ nodes: [node("new")], generation: 2 });
  assert.deepEqual(await again, ["Row new"]);
  assert.deepEqual(await labels(), ["Row new"]);
  assert.equal(answers.length, 4);
});

test("the daemon is told what is in sight, also a new one", async () => {
  const { daemon, trees, tree, provider } = begin();
  daemon.answer = () => ({ nodes: [node("a", { collapsible: "collapsed" })], generation: 1 });
  const [a] = await provider.getChildren();
  tree.setVisible(true);
  tree.expand(a);
  tree.collapse(a);
  trees.refreshAll();
  tree.setVisible(false);
  const told = daemon.asked("trowel/tree/visible").map(({ node: below, visible }) => [below, visible]);
  assert.deepEqual(told, [[undefined, true], ["a", true], ["a", false], [undefined, true], [undefined, false]]);
});

test("a row is revealed through its parents and through pages", async () => {
  const { daemon, trees, tree } = begin();
  daemon.answer = ({ node: below, page }) => {
    if (below) return { nodes: [node("a/x")], generation: 1 };
    return page ? { nodes: [node("a", { collapsible: "collapsed" })], generation: 1 } : { nodes: [node("b")], more: "0/t", generation: 1 };
  };
  await trees.reveal({ view: clusters, path: ["a", "a/x"] });
  assert.deepEqual(tree.revealed.map((row: Row) => [row.node.id, row.parent?.node.id]), [["a/x", "a"]]);
});

test("a command gets every selected row, the one under the mouse first", async () => {
  const { daemon, provider } = begin();
  daemon.answer = () => ({ nodes: [node("a"), node("b"), node("#failure", { contextValue: "failure" })], generation: 7 });
  const [a, b, failure] = await provider.getChildren();
  await fake.commands.executeCommand("trowel.cluster.stop", b, [a, b]);
  await fake.commands.executeCommand("trowel.cluster.stop", a, [b]);
  await fake.commands.executeCommand("trowel.cluster.stop");
  await fake.commands.executeCommand("trowel.connection.signIn", failure);
  const targets = daemon.asked("workspace/executeCommand").map((params) => params.arguments.map((each: any) => [each.node, each.generation]));
  assert.deepEqual(targets, [[["b", 7], ["a", 7]], [["a", 7]], [], [["#failure", undefined]]]);
});

test("a failed command is told once, and Retry runs it again", async () => {
  const { daemon } = begin();
  let attempts = 0;
  daemon.act = () => {
    if (++attempts < 3) throw Object.assign(new Error("The host is away."), { code: ErrorCodes.Unavailable });
    return null;
  };
  editor.answer = "Retry";
  await fake.commands.executeCommand("trowel.cluster.start");
  await settled();
  assert.equal(attempts, 3);
  assert.deepEqual(editor.errors.map(({ message, actions }) => [message, actions[0]]), Array(2).fill(["The host is away.", "Retry"]));
  editor.errors = [];
  editor.answer = undefined;
  daemon.act = () => {
    throw Object.assign(new Error("No such thing."), { code: ErrorCodes.Unsupported });
  };
  await fake.commands.executeCommand("trowel.cluster.start");
  assert.ok(!editor.errors[0]!.actions.includes("Retry"));
});

test("what takes longer than a second is drawn with a button to cancel, unless the user is being asked", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { daemon } = begin();
  const progress = new ProgressBoard(daemon as never);
  let cancelled = 0;
  const token = progress.open(() => cancelled++, { title: "Stop Cluster" });
  let answer = (): void => undefined;
  const asking = progress.whileAsking(() => new Promise<void>((resolve) => (answer = resolve)));
  context.mock.timers.tick(1500);
  assert.equal(editor.progress.length, 0);
  answer();
  await asking;
  context.mock.timers.tick(1000);
  assert.deepEqual(editor.progress.map(({ title }) => title), ["Stop Cluster"]);
  editor.progress[0]!.token.cancel();
  assert.equal(cancelled, 1);
  daemon.tell("$/progress", { token, value: { kind: "begin", title: "Stopping", message: "half", percentage: 50 } });
  assert.equal(editor.progress.length, 1);
  assert.deepEqual(editor.progress[0]!.reports.at(-1), { message: "half", increment: 50 });
  progress.close(token);
  progress.close(progress.open(() => undefined, { title: "Quick" }));
  context.mock.timers.tick(5000);
  assert.equal(editor.progress.length, 1);
});

test("rows are dragged as rows, as files and as text; files are dropped as files", async () => {
  const { daemon, tree, provider } = begin();
  daemon.answer = () => ({ nodes: [node("a", { resource: "wsfs:/a", dragText: "text of a" }), node("b", { resource: "wsfs:/b" })], generation: 3 });
  const [a, b] = await provider.getChildren();
  const controller = tree.dragAndDropController;
  const data = new fake.DataTransfer();
  controller.handleDrag([a, b], data);
  assert.equal(await data.get("text/uri-list")?.asString(), "wsfs:/a\r\nwsfs:/b");
  assert.equal(await data.get("text/plain")?.asString(), "text of a");
  const never = new fake.CancellationTokenSource().token;
  await controller.handleDrop(b, data, never);
  const files = new fake.DataTransfer();
  files.set("text/uri-list", new fake.DataTransferItem("# from the explorer\r\nfile:///one\r\nfile:///two\r\n"));
  await controller.handleDrop(undefined, files, never);
  await controller.handleDrop(undefined, new fake.DataTransfer(), never);
  const [rows, dropped, ...rest] = daemon.asked("trowel/tree/drop");
  assert.deepEqual([rows.node, rows.generation, rows.uris, rows.rows.map((each: any) => each.node)], ["b", 3, [], ["a", "b"]]);
  assert.deepEqual([dropped.node, dropped.uris, dropped.rows], [undefined, ["file:///one", "file:///two"], []]);
  assert.deepEqual(rest, []);
});
