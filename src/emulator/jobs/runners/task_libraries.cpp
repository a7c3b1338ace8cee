// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/runners/task_libraries.hpp"

#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

std::unexpected<TaskOutcome> failed(std::string message) {
  return std::unexpected(TaskOutcome{.ending = TaskOutcome::Ending::LibraryFailed, .message = std::move(message)});
}

// A line of an environment's dependencies is one of pip's requirements; nothing for its options.
Json libraryOf(std::string_view line) {
  line = core::trim(line);
  if (line.starts_with("-r ")) return {{"requirements", core::trim(line.substr(3))}};
  if (line.empty() || line.starts_with('-') || line.starts_with('#')) return {};
  if (line.ends_with(".whl")) return {{"whl", line}};
  return {{"pypi", {{"package", line}}}};
}

}  // namespace

std::expected<std::vector<std::string>, TaskOutcome> TaskLibraries::prepare(const TaskRequest& request,
                                                                            const std::string& clusterId,
                                                                            const core::CancelToken& token) {
  if (clusterId.empty()) return prepareEnvironment(request.compute.environment);
  if (const Json& wanted = core::arrayAt(request.task, "libraries"); !wanted.empty())
    if (auto begun = libraries_.install(clusterId, wanted); !begun) return failed(begun.error().message);
  if (auto problem = libraries_.awaitInstalled(clusterId, token); !problem.empty()) return failed(std::move(problem));
  return {};
}

std::expected<std::vector<std::string>, TaskOutcome> TaskLibraries::prepareEnvironment(const Json& environment) {
  std::vector<std::string> paths;
  for (const auto& line : core::arrayAt(core::objectAt(environment, "spec"), "dependencies")) {
    Json library = line.is_string() ? libraryOf(line.get_ref<const std::string&>()) : Json();
    if (library.is_null()) continue;
    auto installed = installer_.install("serverless", library);
    if (!installed.problem.empty())
      return failed("Library installation failed for library due to user error for " + core::dumpJson(library) +
                    ". Error messages: " + installed.problem);
    paths.insert(paths.end(), installed.paths.begin(), installed.paths.end());
  }
  return paths;
}

}  // namespace trowel::emulator
