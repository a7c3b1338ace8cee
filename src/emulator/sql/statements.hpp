// SPDX-License-Identifier: Apache-2.0
// SQL statements on warehouses: accepted, executed, waited for, cancelled, and their results kept for a while.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "emulator/identity/users.hpp"
#include "emulator/server/http_message.hpp"
#include "emulator/sql/statement_chunks.hpp"
#include "emulator/sql/statement_process.hpp"
#include "emulator/sql/warehouses.hpp"
#include "emulator/world.hpp"
#include "trowel/core/text.hpp"
#include "trowel/core/worker_pool.hpp"

namespace trowel::emulator {

// What a client asks for; checked.
struct StatementRequest {
  std::string text;
  std::string warehouseId;
  std::string catalog = {};
  std::string schema = {};
  std::string parameters = "[]";  // JSON
  std::size_t rowLimit = 0;       // 0: none
  std::size_t byteLimit = 0;
  bool links = false;  // EXTERNAL_LINKS; else INLINE
  ResultFormat format = ResultFormat::Json;
};

// Any thread. Statements and results live in memory only: after a restart they are as forgotten as expired ones.
// A statement and its result are for whoever submitted it; to others it does not exist. Source: rest-api.md 13.1.
class Statements {
 public:
  Statements(World& world, Warehouses& warehouses, ContextSettings settings);
  ~Statements();  // stop()

  // The id of the statement, which is PENDING. The error for a warehouse that does not exist.
  Reply<std::string> submit(StatementRequest request, const User& user);
  // Until the statement has ended (true) or `duration` has passed (false).
  bool wait(const std::string& id, std::chrono::milliseconds duration);
  // A statement that has ended stays as it is. Administrators may cancel any.
  Reply<void> cancel(const std::string& id, const User& caller);

  // As GET answers: the state, and where it succeeded the manifest and the first chunk. `host` is where clients reach
  // us, for links.
  Reply<core::Json> describe(const std::string& id, const User& caller, const std::string& host);
  Reply<core::Json> chunk(const std::string& id, std::size_t index, const User& caller, const std::string& host);
  // What is behind the link to a chunk, which needs no sign-in: `expires` (epoch milliseconds) and `signature` are
  // those of the link.
  Reply<Response> download(const std::string& id, std::size_t index, std::int64_t expires,
                           const std::string& signature) const;
  // Entries of everybody's query history, newest first.
  std::vector<core::Json> history() const;

  // Cancels what runs and joins.
  void stop();

 private:
  enum class State : std::uint8_t { Pending, Running, Succeeded, Failed, Canceled, Closed };
  struct Outcome;
  struct Statement;
  using StatementPtr = std::shared_ptr<Statement>;

  static std::string_view toString(State state);
  static Outcome failure(std::string_view code, std::string message, std::string sqlState = {});
  Reply<StatementPtr> find(const std::string& id, const User& caller, bool adminToo);
  State stateNow(const Statement& statement) const;
  void run(Statement& statement);
  void forgetOld();
  bool awaitWarehouse(Statement& statement, Outcome& outcome);
  Outcome execute(const Statement& statement);
  Outcome takeResult(const StatementRequest& request, const core::Json& result);
  core::Json manifestOf(const Statement& statement) const;
  core::Json chunkOf(const Statement& statement, std::size_t index, const std::string& host) const;
  core::Json historyEntry(const Statement& statement) const;
  std::string signatureOf(const std::string& id, std::size_t index, std::int64_t expires) const;

  World& world_;
  Warehouses& warehouses_;
  const ContextSettings settings_;
  const std::string linkKey_ = core::randomHex(32);
  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::map<std::string, StatementPtr> statements_;
  std::deque<std::string> order_;  // of statements_, oldest first
  bool stopping_ = false;
  core::WorkerPool pool_;
};

}  // namespace trowel::emulator
