// SPDX-License-Identifier: Apache-2.0
#include "emulator/execution/notebook_runner.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/execution/command_results.hpp"
#include "trowel/core/json.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::int64_t kMaxTimeout = 30L * 24 * 3600;  // seconds
constexpr int kMaxDepth = 20;                          // notebooks that call one another
constexpr std::size_t kMaxShown = 20UL * 1024 * 1024;  // bytes of results that a notebook keeps
constexpr std::size_t kMaxExitValue = 5UL * 1024 * 1024;

std::string_view driverName(Language language) {
  switch (language) {
    case Language::Sql:
      return "sql";
    case Language::Scala:
      return "scala";
    case Language::R:
      return "r";
    case Language::Python:
      break;
  }
  return "python";
}

std::string parentOf(std::string_view path) { return std::string(path.substr(0, path.rfind('/'))); }

std::string noAccess(const std::string& path, const User& user) {
  return "Unable to access the notebook \"" + path +
         "\". Either it does not exist, or the identity used to run this job, " + user.name +
         ", lacks the required permissions.";
}

std::string asText(const Json& value) { return value.is_string() ? value.get<std::string>() : core::dumpJson(value); }

}  // namespace

std::optional<Json> cellRequest(const NotebookCell& cell, Language notebook) {
  std::string_view text = core::trim(cell.text);
  if (cell.markdown || text.empty()) return std::nullopt;
  if (!text.starts_with('%')) {
    return Json{{"language", driverName(notebook)}, {"command", cell.text}, {"magics", true}};
  }
  auto word = text.substr(1, text.find_first_of(" \t\n") - 1);
  if (word.starts_with("md")) return std::nullopt;
  for (auto language : {Language::Python, Language::Sql, Language::Scala, Language::R}) {
    if (word != driverName(language)) continue;
    auto rest = text.substr(word.size() + 1);
    if (core::trim(rest).empty()) return std::nullopt;
    return cellRequest({.text = std::string(rest.starts_with('\n') ? rest.substr(1) : core::trim(rest))}, language);
  }
  return Json{{"language", "python"}, {"command", cell.text}, {"magics", true}};
}

std::string resolveNotebook(std::string_view from, std::string_view path) {
  std::string whole = path.starts_with('/') ? std::string(path) : parentOf(from) + "/" + std::string(path);
  std::vector<std::string_view> kept;
  for (auto part : core::split(whole, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..")
      kept.push_back(part);
    else if (!kept.empty())
      kept.pop_back();
  }
  std::string resolved;
  for (auto part : kept) resolved += "/" + std::string(part);
  return resolved.empty() ? "/" : resolved;
}

NotebookRunner::NotebookRunner(const World& world, Contexts& contexts, Source source, GitFolder gitFolder)
    : world_(world),
      contexts_(contexts),
      source_(std::move(source)),
      gitFolder_(std::move(gitFolder)),
      timer_(world.clock) {}

NotebookRunner::~NotebookRunner() = default;

bool NotebookRunner::mayRead(const User& user, const std::string& path) const {
  return !readers_ || user.admin || readers_(user, path);
}

Reply<NotebookOutcome> NotebookRunner::run(const NotebookRequest& request, const core::CancelToken& cancel) {
  auto path = TROWEL_TRY(canonicalPath(request.path));
  auto notebook = source_(path);
  if (!notebook || !mayRead(request.origin.user, path)) return doesNotExist(noAccess(path, request.origin.user));
  ContextSetup setup = notebookSetup(request.origin, path, gitFolder_ ? gitFolder_(path) : "");
  setup.widgets = request.widgets;
  setup.sysPath.insert(setup.sysPath.end(), request.sysPath.begin(), request.sysPath.end());
  auto opened = TROWEL_TRY(contexts_.open(setup));
  NotebookOutcome outcome{.language = notebook->language};
  for (auto& cell : notebookCells(notebook->source, notebook->language)) outcome.cells.push_back({.cell = cell});
  std::size_t shown = 0;
  for (auto& cell : outcome.cells) {
    auto asked = cellRequest(cell.cell, notebook->language);
    if (!asked) continue;
    runCell(cell, std::move(*asked), *opened.context, cancel, outcome);
    shown += cell.results.size();
    if (shown > kMaxShown) cell.results = "null";
    if (outcome.ending != NotebookOutcome::Ending::Finished || outcome.exit) break;
  }
  contexts_.close(opened.id);
  return outcome;
}

void NotebookRunner::runCell(CellRun& run, Json request, ExecutionContext& context, const core::CancelToken& cancel,
                             NotebookOutcome& outcome) {
  run.executed = true;
  run.startTime = world_.now();
  const std::string id = world_.ids.command();
  auto begun = context.execute(id, std::move(request));
  auto status = begun ? context.await(id, cancel) : std::nullopt;
  run.finishTime = world_.now();
  if (!status) {
    outcome.ending = cancel.cancelled() ? NotebookOutcome::Ending::Canceled : NotebookOutcome::Ending::Lost;
    outcome.error = begun ? "The execution context has ended." : begun.error().message;
    return;
  }
  run.results = status->results;
  outcome.exit = status->exit;
  if (status->state == CommandState::Finished && !failed(*status, outcome)) return;
  if (status->state == CommandState::Finished) outcome.ending = NotebookOutcome::Ending::Failed;
  if (status->state == CommandState::Error) failed(*status, outcome);
  if (status->state == CommandState::Error) outcome.ending = NotebookOutcome::Ending::Lost;
  if (cancel.cancelled() || status->state == CommandState::Cancelled)
    outcome.ending = NotebookOutcome::Ending::Canceled;
}

// Whether the result is an error, which then is the outcome's.
bool NotebookRunner::failed(const CommandStatus& status, NotebookOutcome& outcome) const {
  auto error = resultError(status.results);
  if (!error) return false;
  outcome.error = std::move(error->summary);
  outcome.trace = std::move(error->cause);
  return true;
}

void NotebookRunner::addCalls(HostCalls& calls) {
  calls.add("notebook/run", [this](const HostCall& call) { return answerRun(call); });
  calls.add("notebook/source", [this](const HostCall& call) { return answerSource(call); });
}

Reply<Json> NotebookRunner::answerRun(const HostCall& call) {
  auto failure = [](const std::string& what) {
    return refuse(400, "NOTEBOOK_FAILED", "com.databricks.NotebookExecutionException: " + what);
  };
  NotebookRequest request{.path = resolveNotebook(call.origin.notebook, core::stringAt(call.parameters, "path")),
                          .origin = call.origin};
  if (++request.origin.depth > kMaxDepth)
    return failure("FAILED: Notebooks may call one another at most " + std::to_string(kMaxDepth) + " times deep.");
  for (const auto& [name, value] : core::objectAt(call.parameters, "arguments").items())
    request.widgets[name] = asText(value);

  core::CancelSource source(call.cancel);
  auto seconds = std::min(core::intAt(call.parameters, "timeout_seconds"), kMaxTimeout);
  core::Timer::Id timeout = 0;
  if (seconds > 0)
    timeout = timer_.after(std::chrono::seconds(seconds), [source] { source.cancel(core::CancelReason::Deadline); });
  auto outcome = childRun_ ? childRun_(request, source.token()) : run(request, source.token());
  if (timeout != 0) timer_.cancel(timeout);
  if (!outcome) return failure("FAILED: " + outcome.error().message);
  switch (outcome->ending) {
    case NotebookOutcome::Ending::Finished:
      return Json{{"result", outcome->exit ? Json(firstBytes(*outcome->exit, kMaxExitValue)) : Json()}};
    case NotebookOutcome::Ending::Canceled:
      return failure(source.token().reason() == core::CancelReason::Deadline
                         ? "TIMEDOUT: The notebook took longer than " + std::to_string(seconds) + " seconds."
                         : "CANCELED: Run cancelled.");
    default:
      // The service refers to the output of a run that it made for this; here the output is the error alone.
      return failure("FAILED: Workload failed, see run output for details\n" + outcome->error);
  }
}

Reply<Json> NotebookRunner::answerSource(const HostCall& call) {
  auto path = resolveNotebook(call.origin.notebook, core::stringAt(call.parameters, "path"));
  auto notebook = source_(path);
  if (!notebook || !mayRead(call.origin.user, path))
    return doesNotExist("Notebook not found: " + path.substr(1) +
                        ". Notebooks can be specified via a relative path (./Notebook or ../folder/Notebook) or via "
                        "an absolute path (/Abs/Path/to/Notebook). Make sure you are specifying the path correctly.");
  return Json{{"language", driverName(notebook->language)}, {"source", notebook->source}, {"path", path}};
}

}  // namespace trowel::emulator
