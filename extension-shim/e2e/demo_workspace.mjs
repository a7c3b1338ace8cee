// SPDX-License-Identifier: Apache-2.0
// Looks into the demo workspace without Trowel: by its REST API, as another client would see it.
import fs from "node:fs";
import path from "node:path";

export class DemoWorkspace {
  constructor(root) {
    const { host, token } = JSON.parse(fs.readFileSync(path.join(root, "run/trowel/demo/endpoint.json"), "utf8"));
    this.host = host;
    this.headers = { Authorization: `Bearer ${token}` };
  }

  async #get(resource) {
    const answer = await fetch(this.host + resource, { headers: this.headers });
    if (!answer.ok) throw new Error(`${resource}: ${answer.status} ${(await answer.text()).slice(0, 200)}`);
    return answer.json();
  }

  async userName() {
    return (await this.#get("/api/2.0/preview/scim/v2/Me")).userName;
  }

  /** An object's content as text; of a notebook its source. */
  async read(workspacePath) {
    const { content } = await this.#get(`/api/2.0/workspace/export?format=AUTO&path=${encodeURIComponent(workspacePath)}`);
    return Buffer.from(content, "base64").toString();
  }
}
