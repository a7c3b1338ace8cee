// SPDX-License-Identifier: Apache-2.0
// The process serves one text and goes: what a statement sets (USE, temporary views) must not reach the next one, and a
// cancel may simply kill it, as SQLite undoes what was not committed.
#include "emulator/sql/statement_process.hpp"

#include <nlohmann/json.hpp>

#include "emulator/execution/python_interpreter.hpp"
#include "emulator/execution/python_process.hpp"

namespace trowel::emulator {

using core::Json;

core::Result<Json> runSql(const SqlSetup& setup, const std::string& sql, const core::CancelToken& cancel) {
  auto interpreter = TROWEL_TRY(findPython());
  auto process = TROWEL_TRY(PythonProcess::start({.interpreter = interpreter,
                                                  .modules = setup.modules.string(),
                                                  .work = setup.work.string(),
                                                  .configuration = setup.configuration}));
  auto killed = cancel.onCancel([&process] { process->kill(); });
  std::optional<std::string> line;
  if (process->send(core::dumpJson({{"id", "1"}, {"language", "sql"}, {"command", sql}}))) do
      line = process->receive();
    while (line && *line == "S");
  if (cancel.cancelled()) return std::unexpected(cancel.error("The statement"));
  if (!line) return core::fail(core::ErrorCode::Internal, "The SQL engine is gone: " + process->ending() + ".");
  if (!line->starts_with('R'))
    return core::fail(core::ErrorCode::Internal, "The SQL engine cannot work: " + line->substr(1));
  return core::parseJson(std::string_view(*line).substr(1));
}

}  // namespace trowel::emulator
