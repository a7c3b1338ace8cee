// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { all, refused, sdk, startEmulator } from "./workspace.mjs";

const emulator = await startEmulator();
const { secrets } = sdk(emulator);

test("scopes, secrets and who may read them", async () => {
  assert.deepEqual(await all(secrets.listScopes()), []);
  await secrets.createScope({ scope: "s" });
  await refused(secrets.createScope({ scope: "S" }), 400, "RESOURCE_ALREADY_EXISTS");
  await secrets.putSecret({ scope: "s", key: "k", string_value: "value" });
  await secrets.putSecret({ scope: "s", key: "bytes", bytes_value: Buffer.from([0, 255]).toString("base64") });
  assert.deepEqual((await all(secrets.listSecrets({ scope: "s" }))).map((one) => one.key), ["bytes", "k"]);
  const { value } = await secrets.getSecret({ scope: "s", key: "k" });
  assert.equal(Buffer.from(value, "base64").toString(), "value");
  await secrets.putAcl({ scope: "s", principal: "users", permission: "READ" });
  assert.equal((await secrets.getAcl({ scope: "s", principal: "users" })).permission, "READ");
  assert.ok((await all(secrets.listAcls({ scope: "s" }))).some((one) => one.permission === "MANAGE"));
  await secrets.deleteAcl({ scope: "s", principal: "users" });
  await refused(secrets.getAcl({ scope: "s", principal: "users" }), 404, "RESOURCE_DOES_NOT_EXIST");
  await secrets.deleteSecret({ scope: "s", key: "k" });
  await refused(secrets.getSecret({ scope: "s", key: "k" }), 404, "RESOURCE_DOES_NOT_EXIST");
  await refused(secrets.putSecret({ scope: "s", key: "k" }), 400, "INVALID_PARAMETER_VALUE");
  await refused(secrets.createScope({ scope: "kv", scope_backend_type: "AZURE_KEYVAULT", backend_azure_keyvault: { resource_id: "/subscriptions/x", dns_name: "https://kv.vault.azure.net/" } }), 400);
  assert.deepEqual(await all(secrets.listScopes()), [{ name: "s", backend_type: "DATABRICKS" }]);
  await secrets.deleteScope({ scope: "s" });
  await refused(secrets.deleteScope({ scope: "s" }), 404, "RESOURCE_DOES_NOT_EXIST");
});
