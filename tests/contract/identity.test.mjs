// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { all, raw, refused, sdk, startEmulator } from "./workspace.mjs";

const emulator = await startEmulator();
const { currentUser, tokens, tokenManagement, workspaceConf, ipAccessLists, globalInitScripts, instanceProfiles } = sdk(emulator);
const call = raw(emulator);

test("me, and a workspace id in every answer", async () => {
  const me = await currentUser.me();
  assert.equal(me.userName, "demo@example.com");
  const answer = await call("GET", "/api/2.0/preview/scim/v2/Me");
  assert.match(answer.headers.get("x-databricks-org-id"), /^\d{10,19}$/);
});

test("tokens", async () => {
  const { token_value: value, token_info: info } = await tokens.create({ comment: "c", lifetime_seconds: 3600 });
  assert.match(value, /^dapi[0-9a-f]{32}/);
  assert.equal((await raw({ ...emulator, token: value })("GET", "/api/2.0/token/list")).status, 200);
  assert.ok((await all(tokens.list())).some((one) => one.token_id === info.token_id && one.comment === "c"));
  assert.ok((await all(tokenManagement.list({}))).some((one) => one.token_id === info.token_id));
  await tokenManagement.get({ token_id: info.token_id });
  await tokens.delete({ token_id: info.token_id });
  assert.equal((await raw({ ...emulator, token: value })("GET", "/api/2.0/token/list")).status, 403);
  await refused(tokens.delete({ token_id: info.token_id }), 404, "RESOURCE_DOES_NOT_EXIST");
});

test("nobody gets in without a token", async () => {
  const nobody = raw({ host: emulator.host });
  const answer = await nobody("GET", "/api/2.0/workspace/list?path=/");
  assert.equal(answer.status, 401);
  assert.equal(answer.json.error_code, 401);
  assert.equal((await raw({ ...emulator, token: "dapi0" })("GET", "/api/2.0/workspace/list?path=/")).status, 403);
});

test("client credentials", async () => {
  const created = await call("POST", "/api/2.0/preview/scim/v2/ServicePrincipals", {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServicePrincipal"],
    displayName: "robot",
  });
  assert.equal(created.status, 201);
  const discovery = await raw({ host: emulator.host })("GET", "/oidc/.well-known/oauth-authorization-server");
  assert.equal(discovery.json.token_endpoint, `${emulator.host}/oidc/v1/token`);
  const wrong = await raw({ host: emulator.host })("POST", "/oidc/v1/token", "grant_type=client_credentials&scope=all-apis", {
    "Content-Type": "application/x-www-form-urlencoded",
    Authorization: `Basic ${Buffer.from("x:y").toString("base64")}`,
  });
  assert.equal(wrong.status, 401);
  assert.equal(wrong.json.error, "invalid_client");
});

test("settings of the workspace", async () => {
  const conf = await call("GET", "/api/2.0/workspace-conf?keys=enableTokensConfig");
  assert.equal(conf.status, 200);
  await workspaceConf.getStatus({ keys: "enableTokensConfig,maxTokenLifetimeDays" });
  const list = await ipAccessLists.create({ label: "l", list_type: "ALLOW", ip_addresses: ["1.2.3.4"] });
  const id = list.ip_access_list.list_id;
  await ipAccessLists.get({ ip_access_list_id: id });
  assert.equal((await all(ipAccessLists.list())).length, 1);
  await ipAccessLists.delete({ ip_access_list_id: id });
  const script = await globalInitScripts.create({ name: "s", script: Buffer.from("echo").toString("base64"), enabled: false });
  await globalInitScripts.get({ script_id: script.script_id });
  assert.equal((await all(globalInitScripts.list())).length, 1);
  await globalInitScripts.delete({ script_id: script.script_id });
  await all(instanceProfiles.list());
});
