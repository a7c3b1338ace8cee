// SPDX-License-Identifier: Apache-2.0
// Fields that the real service sends although the SDK does not declare them, each with where that was seen.
export const undocumented = new Set([
  "EmptyResponse.id", // 1.2 cancel and destroy echo the id
]);

// Places where the real service answers null although the SDK declares a value.
export const nullable = new Set([
  "commandExecution.commandStatus.results.summary", // of a cancelled command
  "workspaceConf.getStatus.enableTokensConfig", // settings that nobody made
  "workspaceConf.getStatus.maxTokenLifetimeDays",
]);
