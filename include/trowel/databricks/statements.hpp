// SPDX-License-Identifier: Apache-2.0
// Running SQL on a warehouse and reading what comes out of it (SQL Statement Execution API 2.0).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

struct StatementParameter {
  std::string name;                  // ":name" in the text
  std::optional<std::string> value;  // nothing: NULL
  std::string type = "STRING";       // of SQL: INT, DATE, DECIMAL(10,2), …
};

struct StatementRequest {
  std::string text;  // at most 16 MiB
  std::string warehouseId;
  std::string catalog = {};  // empty: the warehouse's own
  std::string schema = {};
  std::vector<StatementParameter> parameters = {};
  std::int64_t rowLimit = 0;   // 0: none; beyond it the result is truncated
  std::int64_t byteLimit = 0;  // 0: none
  // How long the workspace may hold back its answer until the statement is over: 0 or 5 to 50 s. Shorter than the
  // timeout of the call.
  std::chrono::seconds wait{10};
  bool cancelAfterWait = false;
  std::string disposition = "INLINE";  // at most 25 MiB; or EXTERNAL_LINKS, at most 100 GiB
  std::string format = "JSON_ARRAY";   // with EXTERNAL_LINKS also CSV and ARROW_STREAM
};

struct StatementColumn {
  std::string name;
  std::string type;      // as SQL writes it: "DECIMAL(10,2)"
  std::string typeName;  // STRING LONG DECIMAL STRUCT … (open)
  std::int64_t position = 0;
  std::int64_t precision = 0;
  std::int64_t scale = 0;
};

// Every value is text, or NULL; of arrays, maps and structs it is JSON.
using StatementCell = std::optional<std::string>;
using StatementRow = std::vector<StatementCell>;

// A part of a result in cloud storage.
struct ExternalLink {
  SignedLink link;  // for some minutes
  std::int64_t chunk = 0;
  std::int64_t rowOffset = 0;
  std::int64_t rowCount = 0;
  std::int64_t byteCount = 0;
  std::int64_t expiration = 0;  // epoch milliseconds
};

struct StatementChunk {
  std::int64_t index = 0;
  std::int64_t rowOffset = 0;
  std::vector<StatementRow> rows;    // INLINE
  std::vector<ExternalLink> links;   // EXTERNAL_LINKS
  std::optional<std::int64_t> next;  // nothing: this is the last
};

struct Statement {
  std::string id;
  std::string state;         // PENDING RUNNING SUCCEEDED FAILED CANCELED CLOSED
  std::string errorCode;     // of a failure: BAD_REQUEST, …
  std::string errorMessage;  // "[TABLE_OR_VIEW_NOT_FOUND] The table …"
  std::string sqlState;
  std::string format;
  std::vector<StatementColumn> columns;  // none where there is no result
  std::int64_t rowCount = 0;
  std::int64_t byteCount = 0;
  std::int64_t chunkCount = 0;
  bool truncated = false;
  StatementChunk first;  // of a result

  bool isOver() const { return state != "PENDING" && state != "RUNNING"; }
  bool succeeded() const { return state == "SUCCEEDED"; }
};

// A statement that fails is no error of the call: see Statement::state. The workspace closes one that nobody asks for
// within 15 minutes, and keeps a result for one hour; then it is NotFound.
class Statements {
 public:
  explicit Statements(const RestClient& rest) : rest_(rest) {}

  // Starts a warehouse that is stopped. An answer that is lost leaves open whether the statement runs.
  core::Result<Statement> execute(const StatementRequest& request, const CallOptions& options = {}) const;
  core::Result<Statement> get(std::string_view id, const CallOptions& options = {}) const;
  // Asks for it; get() tells when it has happened, if it does.
  core::Result<void> cancel(std::string_view id, const CallOptions& options = {}) const;

  core::Result<StatementChunk> chunk(std::string_view id, std::int64_t index, const CallOptions& options = {}) const;
  // The bytes behind a link, in the statement's format. The workspace's token does not go there. PermissionDenied where
  // the link has expired: ask for its chunk again.
  core::Result<void> download(const ExternalLink& link, const Sink& sink, const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

// The rows of a result in format JSON_ARRAY, chunk by chunk as the reader gets there, inline or through links. One
// thread at a time.
class StatementRows {
 public:
  StatementRows(const RestClient& rest, Statement statement, CallOptions options = {});

  // The next rows, at least one; nothing after the last. After an error the reader is at its end. DataLoss where the
  // chunks do not come to an end or a link holds something else.
  core::Result<std::optional<std::vector<StatementRow>>> next();

 private:
  core::Result<std::vector<StatementRow>> rowsBehind(const ExternalLink& link);
  core::Result<std::vector<StatementRow>> rowsOf(StatementChunk chunk);

  Statements statements_;
  std::string host_;
  std::string id_;
  CallOptions options_;
  std::optional<StatementChunk> chunk_;  // fetched, not handed out
  std::optional<std::int64_t> next_;     // to be fetched when chunk_ is empty
};

}  // namespace trowel::databricks
