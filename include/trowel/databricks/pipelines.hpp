// SPDX-License-Identifier: Apache-2.0
// Declarative pipelines, their updates and their events (Pipelines API 2.0).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/databricks/document.hpp"
#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

struct PipelineLibrary {
  std::string kind;    // notebook, file, glob, jar, maven, whl (open)
  std::string source;  // a path, a pattern or coordinates
};

// The summary that views need, and the whole for changing it.
struct PipelineSpec {
  std::string catalog;  // empty: it writes to `storage`
  std::string schema;
  std::string storage;
  std::string edition;  // ADVANCED, CORE, PRO
  std::string channel;  // CURRENT, PREVIEW
  bool continuous = false;
  bool development = false;
  bool serverless = false;
  bool photon = false;
  std::vector<PipelineLibrary> libraries;
  std::map<std::string, std::string> configuration;
  Document document;  // as sent; null: a list does not tell it
};

struct PipelineUpdate {
  std::string id;
  std::string pipelineId;
  std::string
      state;  // QUEUED CREATED WAITING_FOR_RESOURCES INITIALIZING RESETTING SETTING_UP_TABLES RUNNING STOPPING …
  std::string cause;  // API_CALL, USER_ACTION, RETRY_ON_FAILURE, …
  std::string clusterId;
  std::int64_t createdAt = 0;  // epoch milliseconds
  bool fullRefresh = false;
  bool validateOnly = false;
  std::vector<std::string> refreshSelection;
  std::vector<std::string> fullRefreshSelection;

  bool isOver() const { return state == "COMPLETED" || state == "FAILED" || state == "CANCELED"; }
};

struct Pipeline {
  std::string id;
  std::string name;
  std::string state;   // IDLE RUNNING STARTING STOPPING DEPLOYING RECOVERING RESETTING FAILED DELETED
  std::string health;  // HEALTHY, UNHEALTHY
  std::string cause;   // of a failure
  std::string creator;
  std::string runAs;
  std::string clusterId;
  std::int64_t modifiedAt = 0;                // epoch milliseconds; 0: a list does not tell it
  std::vector<PipelineUpdate> latestUpdates;  // the newest first; id, state and time only
  PipelineSpec spec;
};

struct PipelineFilter {
  std::string namePattern = {};  // as in SQL's LIKE: "%sales%"; empty: all
  std::string notebook = {};     // or the path of a notebook; the API takes one of the two
};

struct UpdateRequest {
  bool fullRefresh = false;                            // empties all tables first
  bool validateOnly = false;                           // checks the code, runs nothing
  std::vector<std::string> refreshSelection = {};      // tables; empty: all
  std::vector<std::string> fullRefreshSelection = {};  // tables to be emptied first
};

struct PipelineException {
  std::string className;
  std::string message;
  std::vector<std::string> stack;  // "declaring.Class.method (file:line)"
};

struct PipelineEvent {
  std::string id;
  std::int64_t timestamp = 0;  // epoch milliseconds
  std::string level;           // INFO WARN ERROR METRICS
  std::string type;            // update_progress, flow_progress, dataset_definition, … (open)
  std::string message;         // for people
  std::string updateId;
  std::string dataset;
  std::string flow;
  bool fatal = false;
  std::vector<PipelineException> exceptions;
  Document details;  // its shape hangs on the type
};

struct EventFilter {
  std::string filter = {};  // the API's: "level in ('ERROR','WARN') AND timestamp > '2021-08-13T00:37:30.279Z'"
  bool oldestFirst = false;
};

// NotFound where the pipeline or the update does not exist.
class Pipelines {
 public:
  explicit Pipelines(const RestClient& rest) : rest_(rest) {}

  Listing<Pipeline> list(const PipelineFilter& filter = {}, const CallOptions& options = {}) const;
  core::Result<Pipeline> get(std::string_view id, const CallOptions& options = {}) const;

  // `spec` as in PipelineSpec::document. The pipeline's id. AlreadyExists or Conflict where the name is taken, unless
  // allow_duplicate_names stands in it.
  core::Result<std::string> create(const core::Json& spec, const CallOptions& options = {}) const;
  // Replaces the spec. Conflict where the pipeline changed after `modifiedAt` (Pipeline::modifiedAt; 0: replace
  // whatever is there).
  core::Result<void> edit(std::string_view id, const core::Json& spec, std::int64_t modifiedAt = 0,
                          const CallOptions& options = {}) const;
  // With its tables. NotFound can be the echo of a delete that worked and whose answer was lost.
  core::Result<void> remove(std::string_view id, const CallOptions& options = {}) const;
  // The new pipeline's id. `changes` go over the spec of the old one.
  core::Result<std::string> clone(std::string_view id, const core::Json& changes,
                                  const CallOptions& options = {}) const;

  // The update's id. Conflict while another one is active.
  core::Result<std::string> startUpdate(std::string_view id, const UpdateRequest& request = {},
                                        const CallOptions& options = {}) const;
  // Asks the active update to end; get() tells when it has. Fine where there is none.
  core::Result<void> stop(std::string_view id, const CallOptions& options = {}) const;
  // The newest first.
  Listing<PipelineUpdate> updates(std::string_view id, const CallOptions& options = {}) const;
  core::Result<PipelineUpdate> update(std::string_view id, std::string_view updateId,
                                      const CallOptions& options = {}) const;

  Listing<PipelineEvent> events(std::string_view id, const EventFilter& filter = {},
                                const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

}  // namespace trowel::databricks
