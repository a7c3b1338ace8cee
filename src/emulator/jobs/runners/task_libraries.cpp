// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/runners/task_libraries.hpp"

#include "emulator/execution/python_interpreter.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/process.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

using Problem = std::unexpected<TaskOutcome>;

Problem notInstalled(const std::string& library, const std::string& error) {
  return Problem(TaskOutcome{.ending = TaskOutcome::Ending::LibraryFailed,
                             .message = "Library installation failed for library due to user error for " + library +
                                        ". Error messages:\nLibrary installation attempted on the driver node of the "
                                        "cluster and failed. Error code: DRIVER_LIBRARY_INSTALLATION_FAILURE. Error "
                                        "message: " +
                                        error});
}

// "pandas" of "pandas[excel]>=2.0 ; python_version > '3'".
std::string packageOf(std::string_view requirement) {
  return std::string(core::trim(requirement.substr(0, requirement.find_first_of("=<>!~[;@ \t"))));
}

bool machineHas(const std::string& package) {
  auto python = findPython();
  if (!python) return false;
  os::SpawnOptions options;
  options.argv = {*python, "-E", "-c", "import importlib.metadata as m, sys; m.version(sys.argv[1])", package};
  options.err = os::Stream::Null;
  auto process = os::Process::spawn(options);
  auto status = process ? process->wait(os::kForever) : std::nullopt;
  return status && status->ok();
}

// Gathers wheels from libraries and from the lines of requirements.
class Gatherer {
 public:
  explicit Gatherer(const TaskFiles& files) : files_(files) {}

  std::expected<void, TaskOutcome> library(const Json& library) {
    if (auto path = core::stringAt(library, "whl"); !path.empty()) return wheel(path);
    if (auto path = core::stringAt(library, "requirements"); !path.empty()) return requirementsFile(path);
    auto package = core::stringAt(core::objectAt(library, "pypi"), "package");
    return package.empty() ? std::expected<void, TaskOutcome>() : this->package(package);
  }

  // A line of a requirements file or an environment's dependency.
  std::expected<void, TaskOutcome> dependency(std::string_view line) {
    line = core::trim(line.substr(0, line.find(" #")));
    if (line.empty() || line.starts_with('#')) return {};
    if (line.starts_with("-r ")) return requirementsFile(std::string(core::trim(line.substr(3))));
    if (line.starts_with('-')) return {};  // options of pip: indexes, which nobody asks here
    if (line.ends_with(".whl")) return wheel(std::string(line));
    return package(std::string(line));
  }

  std::vector<std::string> take() { return std::move(wheels_); }

 private:
  std::expected<void, TaskOutcome> wheel(const std::string& path) {
    if (!files_.find(path))
      return notInstalled("whl: \"" + path + "\"",
                          "java.io.FileNotFoundException: The file " + path + " does not exist or cannot be read.");
    wheels_.push_back(*TaskFiles::seen(path));
    return {};
  }

  std::expected<void, TaskOutcome> requirementsFile(const std::string& path) {
    auto content = ++depth_ > 8 ? Reply<std::string>(doesNotExist("")) : files_.read(path);
    if (!content)
      return notInstalled(
          "requirements: \"" + path + "\"",
          "ERROR: Could not open requirements file: [Errno 2] No such file or directory: '" + path + "'");
    for (auto line : core::split(*content, '\n'))
      if (auto done = dependency(line); !done) return done;
    --depth_;
    return {};
  }

  std::expected<void, TaskOutcome> package(const std::string& requirement) {
    if (machineHas(packageOf(requirement))) return {};
    return notInstalled("pypi { package: \"" + requirement + "\" }",
                        "ERROR: Could not find a version that satisfies the requirement " + requirement +
                            " (from versions: none)\nERROR: No matching distribution found for " + requirement +
                            "\nThe Trowel emulator downloads nothing: install the package for the python3 of this "
                            "machine.");
  }

  const TaskFiles& files_;
  std::vector<std::string> wheels_;
  int depth_ = 0;  // of requirements files that name others
};

}  // namespace

std::expected<std::vector<std::string>, TaskOutcome> taskLibraries(const TaskRequest& request,
                                                                   const Json& clusterLibraries,
                                                                   const TaskFiles& files) {
  Gatherer gatherer(files);
  for (const Json* list : {&core::arrayAt(request.task, "libraries"), &clusterLibraries})
    for (const auto& library : *list)
      if (auto done = gatherer.library(library); !done) return std::unexpected(std::move(done).error());
  const Json& spec = core::objectAt(request.compute.environment, "spec");
  for (const auto& line : core::arrayAt(spec, "dependencies"))
    if (line.is_string())
      if (auto done = gatherer.dependency(line.get<std::string>()); !done)
        return std::unexpected(std::move(done).error());
  return gatherer.take();
}

}  // namespace trowel::emulator
