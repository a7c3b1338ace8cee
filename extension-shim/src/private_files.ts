// SPDX-License-Identifier: Apache-2.0
// Hands contents above 1 MiB to the daemon, and takes them from it, as files that nobody else can read.

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

const inlineLimitBytes = 1 << 20;

/** Bytes on the wire: exactly one of the two is there. */
export interface WireBytes {
  base64?: string;
  path?: string;
}

/** The one folder out of which the daemon takes files: it deletes what it has taken. As the daemon finds it (os/places). */
async function makeFolder(): Promise<string> {
  const place = (name: string): string | undefined => {
    const path = process.env[name];
    return path && isAbsolute(path) ? path : undefined;
  };
  const runtime = place("XDG_RUNTIME_DIR");
  const state = place("XDG_STATE_HOME") ?? join(homedir(), ".local", "state");
  const path = join(runtime ? join(runtime, "trowel") : join(state, "trowel", "run"), "contents");
  await mkdir(path, { recursive: true, mode: 0o700 });
  return path;
}

/** Lends bytes to a call; a file made for it is gone when the call is over, whoever was to remove it. */
export async function lendBytes<R>(bytes: Uint8Array, call: (wire: WireBytes) => Promise<R>): Promise<R> {
  if (bytes.byteLength <= inlineLimitBytes) return call({ base64: Buffer.from(bytes).toString("base64") });
  const path = join(await makeFolder(), randomUUID());
  try {
    await writeFile(path, bytes, { mode: 0o600, flag: "wx" });
    return await call({ path });
  } finally {
    await rm(path, { force: true });
  }
}

/** Takes bytes out of an answer, and removes their file. Fails where the answer holds none: that is never an empty file. */
export async function takeBytes(wire: WireBytes): Promise<Uint8Array> {
  if (typeof wire.base64 === "string") return new Uint8Array(Buffer.from(wire.base64, "base64"));
  if (typeof wire.path !== "string") throw new Error("The Trowel daemon answered without the bytes.");
  try {
    return new Uint8Array(await readFile(wire.path));
  } finally {
    await rm(wire.path, { force: true });
  }
}
