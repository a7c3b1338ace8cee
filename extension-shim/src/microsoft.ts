// SPDX-License-Identifier: Apache-2.0
// Tokens of the editor's Microsoft account.

import * as vscode from "vscode";
import type { MicrosoftSessionParams, MicrosoftSessionResult } from "./protocol";

export async function microsoftSession(params: MicrosoftSessionParams): Promise<MicrosoftSessionResult> {
  const scopes = params.tenant ? [...params.scopes, `VSCODE_TENANT:${params.tenant}`] : params.scopes;
  const provider = params.sovereign ? "microsoft-sovereign-cloud" : "microsoft";
  const session = await vscode.authentication.getSession(provider, scopes, params.ask ? { createIfNone: true } : { silent: true });
  return { token: session?.accessToken, account: session?.account.label };
}
