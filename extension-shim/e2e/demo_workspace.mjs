// SPDX-License-Identifier: Apache-2.0
// Looks into the demo workspace without Trowel: by its REST API, as another client would see it.
import fs from "node:fs";
import path from "node:path";

export class DemoWorkspace {
  #endpoint;

  constructor(root) {
    this.#endpoint = path.join(root, "run/trowel/demo/endpoint.json");
  }

  async #get(resource) {
    // Read each time: with its last window the demo workspace ends, and the next one starts another.
    const { host, token } = JSON.parse(fs.readFileSync(this.#endpoint, "utf8"));
    const answer = await fetch(host + resource, { headers: { Authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error(`${resource}: ${answer.status} ${(await answer.text()).slice(0, 200)}`);
    return answer.json();
  }

  async userName() {
    return (await this.#get("/api/2.0/preview/scim/v2/Me")).userName;
  }

  /** The calls that it has answered, as "GET /api/…"; none once it has ended. */
  async requests() {
    const { requests } = await this.#get("/emulator/requests").catch(() => ({ requests: [] }));
    return requests.filter(({ path: resource }) => resource.startsWith("/api/")).map(({ method, path: resource }) => `${method} ${resource}`);
  }

  /** An object's content as text; of a notebook its source. */
  async read(workspacePath) {
    const { content } = await this.#get(`/api/2.0/workspace/export?format=AUTO&path=${encodeURIComponent(workspacePath)}`);
    return Buffer.from(content, "base64").toString();
  }
}
