// SPDX-License-Identifier: Apache-2.0
// A notebook or file as the task of a job: what it is, what goes into the workspace, on what it runs, and when. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/core/json.hpp"
#include "trowel/databricks/document.hpp"

namespace trowel::features {

// What a local file is to the workspace.
struct Script {
  bool notebook = true;       // else a Python file
  std::string language = {};  // PYTHON, SQL, SCALA, R
  std::string format = {};    // of the import: SOURCE, JUPYTER, RAW
  std::string name = {};      // of the object in the workspace: notebooks have no extension
  std::string content = {};   // to import
};

// By extension and first line: .py without the notebook's first line is a Python file; .sql, .scala and .r without it
// become a notebook of one cell. Unsupported for other extensions and for notebooks of other languages, InvalidParams
// for an .ipynb that is no notebook.
core::Result<Script> scriptOf(std::string_view fileName, std::string bytes);

// On what a task runs.
struct TaskCompute {
  enum class Kind : std::uint8_t { Cluster, JobCluster, Serverless };
  Kind kind = Kind::Serverless;
  std::string clusterId = {};                  // of Cluster
  databricks::Document newCluster = {};        // of JobCluster
  std::vector<std::string> dependencies = {};  // of Serverless, as pip takes them
};

// A cluster's spec (databricks::specOf) as the cluster of a job: the same machines, without what only clusters for
// people have (name, idle time, single user).
core::Json jobClusterLike(core::Json spec);

// "pandas==2.2, ./wheels/mine.whl" -> its parts.
std::vector<std::string> dependenciesOf(std::string_view line);

// A line's words, as a shell parts them: at blanks, but for those within quotes or behind a backslash. InvalidParams
// for a quote that nothing closes.
core::Result<std::vector<std::string>> wordsOf(std::string_view line);
// A list of texts as such a line.
std::string lineOf(const core::Json& words);

// What the user wrote as parameters: for a Python file the list of its arguments, for a notebook an object, of words
// that are each name=value. InvalidParams says what they must look like.
core::Result<core::Json> parametersOf(const Script& script, std::string_view line);

// The one-task definition of a job, as jobs/create takes it, or of a run, as runs/submit does; its name is not in it.
// `path` is the object's in the workspace, `parameters` as above. Unsupported where the compute cannot run the
// language.
core::Result<core::Json> definitionOf(const Script& script, const std::string& path, const TaskCompute& compute,
                                      const core::Json& parameters);

// "Load sales (v2)" -> "Load_sales_v2": a key that the API takes.
std::string taskKeyOf(std::string_view name);

// When a job starts by itself: how the user says it.
enum class StartKind : std::uint8_t { ByHand, Daily, Cron, Periodic, FileArrival, Continuous };

// The settings for it: schedule, trigger or continuous; empty for ByHand. `text` is "6:30" for Daily, Quartz's cron,
// "4 hours" for Periodic, a place for FileArrival. InvalidParams says what the text must look like.
core::Result<core::Json> startOf(StartKind kind, std::string_view text, const std::string& timezone);

}  // namespace trowel::features
