// SPDX-License-Identifier: Apache-2.0
// Running code on a cluster: execution contexts and the commands in them (Command Execution API 1.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

// A REPL on a cluster. Its commands run one after the other and share variables. Ends with the cluster's next restart.
struct ExecutionContext {
  std::string id;
  std::string status;  // Pending, Running, Error

  bool isRunning() const { return status == "Running"; }
};

struct ResultColumn {
  std::string name;
  std::string type;      // Spark's short form: "long", "decimal(12,2)", "array<struct<a:string>>"
  std::string metadata;  // JSON, as sent
};

struct ResultCell {
  enum class Kind : std::uint8_t { Null, Bool, Number, Text, Json };  // Json: arrays, maps and structs
  Kind kind = Kind::Null;
  std::string text;  // exactly what was sent, strings without their quotes; empty for Null
};

// What a command produced. Which fields count hangs on the type.
struct CommandResult {
  std::string type;  // text, table, image, images, error, or something newer

  std::string text;  // text: may contain HTML where code displayed some

  std::vector<ResultColumn> columns;  // table
  std::vector<std::vector<ResultCell>> rows;
  bool truncated = false;  // the cluster cut the table off (10,000 rows or 2 MB)

  std::vector<std::string> images;  // image, images: "data:image/png;base64,…" or a path under /plots

  std::string summary;  // error: one or two lines, plain text
  std::string cause;    // error: the traceback, with ANSI colours
};

struct Command {
  std::string id;
  std::string status;                   // Queued, Running, Cancelling, Finished, Cancelled, Error
  std::optional<CommandResult> result;  // from the end on; an exception of the code is a Finished with type error

  bool isOver() const { return status == "Finished" || status == "Cancelled" || status == "Error"; }
};

// Names what runs where.
struct CommandRef {
  std::string_view cluster;
  std::string_view context;
  std::string_view command;
};

// Languages are python, sql, scala, r. Errors of this API carry no error_code: Conflict means that the cluster does not
// run (or has too many contexts); any other refusal for a context that was there before means that it is gone.
class Commands {
 public:
  explicit Commands(const RestClient& rest) : rest_(rest) {}

  // The context's id. It is Pending for some seconds.
  core::Result<std::string> createContext(std::string_view cluster, std::string_view language,
                                          const CallOptions& options = {}) const;
  core::Result<ExecutionContext> contextStatus(std::string_view cluster, std::string_view context,
                                               const CallOptions& options = {}) const;
  core::Result<void> destroyContext(std::string_view cluster, std::string_view context,
                                    const CallOptions& options = {}) const;

  // The command's id. Its language may differ from the context's; they share the Spark session.
  core::Result<std::string> execute(std::string_view cluster, std::string_view context, std::string_view language,
                                    std::string_view code, const CallOptions& options = {}) const;
  core::Result<Command> status(const CommandRef& ref, const CallOptions& options = {}) const;
  // Asks for it; status() tells when it has happened.
  core::Result<void> cancel(const CommandRef& ref, const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

}  // namespace trowel::databricks
