// SPDX-License-Identifier: Apache-2.0
// Runs all cells of a workspace notebook in a fresh execution context, as a notebook task and dbutils.notebook.run do.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/execution/contexts.hpp"
#include "emulator/workspace/notebook_format.hpp"
#include "emulator/workspace/notebook_source.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

struct NotebookRequest {
  std::string path = {};      // absolute, as the workspace has it
  ContextOrigin origin = {};  // where and for whom; `notebook` is the runner's to set
  std::map<std::string, std::string> widgets = {};
  std::vector<std::string> sysPath = {};  // besides what every notebook has
};

// What became of one cell.
struct CellRun {
  NotebookCell cell;
  bool executed = false;         // text, empty ones and what comes after the end are not
  std::string results = "null";  // JSON, as a command has them; null as well where a notebook shows too much
  std::int64_t startTime = 0;    // epoch milliseconds
  std::int64_t finishTime = 0;
};

struct NotebookOutcome {
  enum class Ending : std::uint8_t { Finished, Failed, Lost, Canceled };  // Lost: the process or the cluster is gone
  Ending ending = Ending::Finished;
  std::optional<std::string> exit = {};  // of dbutils.notebook.exit, where that ended it
  std::string error = {};                // one line, without markup
  std::string trace = {};                // with ANSI colours
  Language language = Language::Python;
  std::vector<CellRun> cells = {};
};

// What the driver is asked to do for a cell; nothing where the cell is text or empty. The first line may choose the
// language; whatever else begins with a percent sign is the driver's to understand, in any notebook.
std::optional<core::Json> cellRequest(const NotebookCell& cell, Language notebook);

// `path` as code in the notebook `from` means it: absolute, or relative to the folder of `from`.
std::string resolveNotebook(std::string_view from, std::string_view path);

// Any thread.
class NotebookRunner {
 public:
  using Source = std::function<Reply<NotebookSource>(const std::string& path)>;

  using GitFolder = std::function<std::string(const std::string& path)>;  // around a path; empty: none

  NotebookRunner(const World& world, Contexts& contexts, Source source, GitFolder gitFolder = {});
  ~NotebookRunner();

  // Blocks. An error where there is no such notebook or no context for it; what goes wrong later is an outcome.
  Reply<NotebookOutcome> run(const NotebookRequest& request, const core::CancelToken& cancel);

  // Takes the place of run() where code runs another notebook: whoever keeps a record of such runs calls run() in turn.
  using ChildRun =
      std::function<Reply<NotebookOutcome>(const NotebookRequest& request, const core::CancelToken& cancel)>;
  void setChildRun(ChildRun childRun) { childRun_ = std::move(childRun); }  // before the first context runs

  // Whether a user may read the notebook at a path; administrators are not asked for. Before the first context runs.
  using Readers = std::function<bool(const User& user, const std::string& path)>;
  void setReaders(Readers readers) { readers_ = std::move(readers); }

  // notebook/run and notebook/source.
  void addCalls(HostCalls& calls);

 private:
  Reply<core::Json> answerRun(const HostCall& call);
  Reply<core::Json> answerSource(const HostCall& call);
  void runCell(CellRun& run, core::Json request, ExecutionContext& context, const core::CancelToken& cancel,
               NotebookOutcome& outcome);
  bool failed(const CommandStatus& status, NotebookOutcome& outcome) const;
  bool mayRead(const User& user, const std::string& path) const;

  const World& world_;
  Contexts& contexts_;
  const Source source_;
  const GitFolder gitFolder_;
  ChildRun childRun_;
  Readers readers_;
  core::Timer timer_;  // of timeouts
};

}  // namespace trowel::emulator
