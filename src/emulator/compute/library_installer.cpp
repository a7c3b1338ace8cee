// SPDX-License-Identifier: Apache-2.0
#include "emulator/compute/library_installer.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

#include "emulator/execution/python_interpreter.hpp"
#include "trowel/core/hash.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/process.hpp"

namespace trowel::emulator {

namespace {

// Exits with 0 where the interpreter has the distribution in a version that fits.
constexpr const char* kHasPackage = R"(
import importlib.metadata, re, sys
wanted = sys.argv[1]
name = re.match(r'[A-Za-z0-9._-]*', wanted).group(0)
try:
    version = importlib.metadata.version(name)
except Exception:
    sys.exit(1)
try:
    from packaging.requirements import Requirement
    sys.exit(0 if Requirement(wanted).specifier.contains(version, prereleases=True) else 1)
except ImportError:
    exact = re.fullmatch(r'[A-Za-z0-9._-]+(\[[^]]*\])?\s*(==\s*(?P<version>[^,;\s]+))?\s*', wanted)
    sys.exit(0 if exact and exact.group('version') in (None, version) else 1)
except Exception:
    sys.exit(1)
)";

bool runPython(std::vector<std::string> arguments) {
  auto python = findPython();
  if (!python) return false;
  os::SpawnOptions options;
  options.argv = {*python, "-I"};
  for (auto& argument : arguments) options.argv.push_back(std::move(argument));
  options.err = os::Stream::Null;
  auto process = os::Process::spawn(options);
  if (!process) return false;
  auto status = process->wait(os::kForever);
  return status && status->ok();
}

std::string failure(const std::string& clusterId, const std::string& why) {
  return "Library installation attempted on the driver node of cluster " + clusterId + " and failed. " + why;
}

std::string driverFailure(const std::string& message) {
  return "Please refer to the following error message to fix the library or contact Databricks support. Error code: "
         "DRIVER_LIBRARY_INSTALLATION_FAILURE. Error message: " +
         message;
}

std::string noMatch(const std::string& requirement) {
  return "Pip could not find a version that satisfies the requirement for the library. Please check your library "
         "version and dependencies. Error code: ERROR_NO_MATCHING_DISTRIBUTION. Error message: No matching "
         "distribution found for " +
         core::toValidUtf8(requirement) + " (the emulator has no package index; the packages of this machine's " +
         "python3 can be used).";
}

}  // namespace

std::optional<std::filesystem::path> LibraryInstaller::locate(std::string_view path) const {
  std::string below;
  if (path.starts_with("file:")) path.remove_prefix(5);
  if (path.starts_with("dbfs:/Volumes/"))
    below = path.substr(6);
  else if (path.starts_with("dbfs:/"))
    below = "dbfs/" + std::string(path.substr(6));
  else if (path.starts_with("/dbfs/") || path.starts_with("/Workspace/") || path.starts_with("/Volumes/"))
    below = path.substr(1);
  else
    return std::nullopt;
  if (below.find('\0') != std::string::npos) return std::nullopt;
  auto relative = std::filesystem::path(below).lexically_normal();
  if (relative.is_absolute() || *relative.begin() == "..") return std::nullopt;
  return folder_ / "root" / relative;
}

Installation LibraryInstaller::install(const std::string& clusterId, const core::Json& library) const {
  Installation done;
  const std::string kind = library.begin().key();
  std::string why;
  if (kind == "pypi")
    why = installPackage(core::stringAt(library["pypi"], "package"));
  else if (kind == "maven" || kind == "cran")
    why = driverFailure(
        "The emulator has no network: " + core::stringAt(library[kind], kind == "maven" ? "coordinates" : "package") +
        " could not be downloaded.");
  else
    why = installFile(kind, core::stringAt(library, kind.c_str()), done);
  if (!why.empty()) {
    done.paths.clear();
    done.problem = failure(clusterId, why);
  }
  return done;
}

std::string LibraryInstaller::installFile(const std::string& kind, const std::string& path, Installation& done) const {
  auto file = locate(path);
  std::error_code problem;
  if (!file || !std::filesystem::is_regular_file(*file, problem))
    return driverFailure("java.io.FileNotFoundException: " + core::toValidUtf8(path) + ": No such file or directory");
  if (kind == "requirements") return installRequirements(*file, done);
  if (kind == "egg") done.paths.push_back(file->string());
  if (kind != "whl") return {};
  // Named for what it holds, so that a wheel that was replaced is unpacked again.
  auto written = std::filesystem::last_write_time(*file, problem).time_since_epoch().count();
  auto size = std::filesystem::file_size(*file, problem);
  auto name = core::sha256(file->string() + "|" + std::to_string(written) + "|" + std::to_string(size)).substr(0, 16);
  auto folder = folder_ / "libraries" / name;
  if (!std::filesystem::exists(folder, problem)) {
    auto unpacking = folder.string() + "." + core::randomHex(4);
    bool unpacked = runPython({"-m", "zipfile", "-e", file->string(), unpacking});
    if (unpacked) std::filesystem::rename(unpacking, folder, problem);
    std::filesystem::remove_all(unpacking, problem);
    if (!unpacked) return driverFailure(core::toValidUtf8(path) + " is not a valid wheel file.");
  }
  done.paths.push_back(folder.string());
  return {};
}

std::string LibraryInstaller::installPackage(const std::string& requirement) const {
  // What starts like an option is none of a package's names.
  if (requirement.empty() || requirement.starts_with("-") || requirement.find('\0') != std::string::npos)
    return noMatch(requirement);
  return runPython({"-c", kHasPackage, requirement}) ? "" : noMatch(requirement);
}

std::string LibraryInstaller::installRequirements(const std::filesystem::path& file, Installation& done) const {
  std::ifstream in(file);
  std::string line;
  while (std::getline(in, line)) {
    std::string wanted(core::trim(line.substr(0, line.find(" #"))));
    if (wanted.empty() || wanted.starts_with("#")) continue;
    auto why = wanted.ends_with(".whl") ? installFile("whl", wanted, done) : installPackage(wanted);
    if (!why.empty()) return why;
  }
  return {};
}

}  // namespace trowel::emulator
