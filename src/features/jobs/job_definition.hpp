// SPDX-License-Identifier: Apache-2.0
// A job's definition as people keep it in files: cleaned of what only the workspace writes, as JSON or YAML, and back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/core/json.hpp"
#include "trowel/databricks/document.hpp"

namespace trowel::features {

// A job's settings without the fields that the workspace fills in for itself, at the values that it fills in: sent back
// with create or reset, they make the same job again. What it does not know stays. Pure.
// The shape is that of jobs/create, which the CLI (`databricks jobs create --json @file`) and DatabricksPS take.
core::Json cleanDefinition(const core::Json& settings);

enum class DefinitionFormat : std::uint8_t { Json, Yaml };

std::string writeDefinition(const core::Json& definition, DefinitionFormat format);

// What a text in an editor defines.
struct JobDefinition {
  std::optional<std::int64_t> jobId;  // where the text says which job it is
  databricks::Document settings;      // as jobs/create takes them
};

// Takes JSON or YAML: settings alone, an answer of jobs/get (job_id, settings), a request of jobs/reset (job_id,
// new_settings), or a bundle's `resources: jobs:` with one job. InvalidParams says what is missing, and where.
core::Result<JobDefinition> readDefinition(std::string_view text);

// "Nightly load" -> "Nightly load.json": without what a file's name cannot have.
std::string definitionFileName(const std::string& jobName, DefinitionFormat format);

// One for each of several jobs, all different also where upper and lower case are the same: names that come twice are
// told apart by the job's number.
struct NamedJob {
  std::string name;
  std::int64_t id = 0;
};
std::vector<std::string> definitionFileNames(const std::vector<NamedJob>& jobs, DefinitionFormat format);

}  // namespace trowel::features
