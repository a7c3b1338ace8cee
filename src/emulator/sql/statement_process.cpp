// SPDX-License-Identifier: Apache-2.0
// The process serves one text and goes: what a statement sets (USE, temporary views) must not reach the next one, and a
// cancel may simply kill it, as SQLite undoes what was not committed.
#include "emulator/sql/statement_process.hpp"

#include <nlohmann/json.hpp>

#include "emulator/execution/context_setup.hpp"
#include "emulator/execution/python_interpreter.hpp"
#include "emulator/execution/python_process.hpp"

namespace trowel::emulator {

using core::Json;

core::Result<Json> runSql(const ContextSettings& settings, const User& user, const std::string& sql,
                          const core::CancelToken& cancel, SqlLimits limits) {
  auto interpreter = TROWEL_TRY(findPython());
  PythonSetup setup{.interpreter = interpreter,
                    .modules = settings.modules.string(),
                    .work = settings.work.string(),
                    .configuration = driverConfiguration(settings.configuration, {.origin = {.user = user}}, {}),
                    .environment = settings.environment};
  auto process = TROWEL_TRY(PythonProcess::start(setup));
  auto killed = cancel.onCancel([&process] { process->kill(); });
  std::optional<std::string> line;
  Json request{
      {"id", "1"}, {"language", "sql"}, {"command", sql}, {"limits", {{"rows", limits.rows}, {"bytes", limits.bytes}}}};
  if (process->request(core::dumpJson(request))) line = process->receive();
  while (line && !line->starts_with('R') && !line->starts_with('E')) {
    // SQL has no business with the workspace.
    if (line->starts_with('Q'))
      process->answer(R"({"error":{"code":"NOT_IMPLEMENTED","message":"Warehouses run SQL alone."}})");
    line = process->receive();
  }
  if (cancel.cancelled()) return std::unexpected(cancel.error("The statement"));
  if (!line) return core::fail(core::ErrorCode::Internal, "The SQL engine is gone: " + process->ending() + ".");
  std::string_view body = std::string_view(*line).substr(1);
  if (line->starts_with('E'))
    return core::fail(core::ErrorCode::Internal, "The SQL engine cannot work: " + std::string(body));
  return core::parseJson(body);
}

}  // namespace trowel::emulator
