// SPDX-License-Identifier: Apache-2.0
// Fields that the real service sends although the SDK does not declare them, each with where that was seen.
export const undocumented = new Set([
  "EmptyResponse.id", // 1.2: cancel and destroy echo the id
  // Clusters show more than the reference says; other clients' recordings have these.
  "CatalogInfo.accessible_in_current_workspace", // in the reference
  "ClusterDetails.disk_spec",
  "ClusterDetails.driver_instance_source",
  "ClusterDetails.effective_spark_version",
  "ClusterDetails.init_scripts_safe_mode",
  "ClusterDetails.instance_source",
  "ClusterDetails.last_activity_time",
  "ClusterDetails.pinned_by_user_name",
  "CloudProviderNodeInfo.available_core_quota",
  "CloudProviderNodeInfo.total_core_quota",
  "Run.format", // in the reference's own example of runs/get
  "BaseRun.format",
  "PipelineEvent.details", // the reference: not in SDKs
  // A task's run, as the metadata of its output; older documentation of the API has them.
  "Run.parent_run_id",
  "Run.task",
  "Run.task_key",
  "StatementStatus.sql_state",
  "UpdateInfo.mode", // in the reference's own example of a pipeline update
]);

// Places where the real service answers null, or a word of its own, although the SDK declares something else.
export const tolerated = new Set([
  "catalogs.list.effective_predictive_optimization_flag.inherited_from_type", // METASTORE
  "catalogs.get.effective_predictive_optimization_flag.inherited_from_type",
  "catalogs.create.effective_predictive_optimization_flag.inherited_from_type",
  "commandExecution.commandStatus.results", // until the command has ended
  "commandExecution.commandStatus.results.summary", // of a cancelled command
  "statementExecution.executeStatement.result.data_array[][]", // NULL in SQL
  "statementExecution.getStatement.result.data_array[][]",
  "statementExecution.getStatementResultChunkN.data_array[][]",
  // CAN_MANAGE of administrators, which Terraform sends and expects.
  "tokenManagement.getPermissionLevels.permission_levels[].permission_level",
  "tokenManagement.getPermissions.access_control_list[].all_permissions[].permission_level",
  "tokenManagement.setPermissions.access_control_list[].all_permissions[].permission_level",
  "workspaceConf.getStatus.enableTokensConfig", // settings that nobody made
  "workspaceConf.getStatus.maxTokenLifetimeDays",
]);
