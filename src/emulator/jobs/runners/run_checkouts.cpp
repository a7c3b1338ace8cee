// SPDX-License-Identifier: Apache-2.0
// As at the service a clone is in the workspace, in a folder that is nobody's, so that notebooks, files and imports in
// it are found like any others. git's own folder is not kept: nothing in a run needs it.
#include "emulator/jobs/runners/run_checkouts.hpp"

#include <algorithm>

#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::string_view kFolder = "/Repos/.internal/";

void removeTree(const std::filesystem::path& path) {
  if (auto removed = os::removeTree(path.string()); !removed)
    core::logWarn("emulator", core::describe(removed.error()));
}

// What git takes for the name of a branch or tag, so that it cannot mean another revision.
bool isRefName(std::string_view name) {
  return name.find("..") == std::string_view::npos && name.find("@{") == std::string_view::npos &&
         std::ranges::none_of(name, [](unsigned char c) {
           return c <= ' ' || c == 0x7f ||
                  std::string_view("~^:?*[\\").find(static_cast<char>(c)) != std::string_view::npos;
         });
}

bool isCommit(std::string_view name) {
  return name.size() >= 7 && name.size() <= 64 &&
         std::ranges::all_of(name, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// The revision that the source asks for; empty where it is none.
std::string revisionOf(const Json& source, const std::string& commit) {
  std::string hash = core::toLower(commit.empty() ? core::stringAt(source, "git_commit") : commit);
  if (!hash.empty()) return isCommit(hash) ? hash : "";
  std::string tag = core::stringAt(source, "git_tag");
  std::string name = tag.empty() ? core::stringAt(source, "git_branch") : tag;
  if (!isRefName(name)) return "";
  return (tag.empty() ? "refs/remotes/origin/" : "refs/tags/") + name;
}

std::string wordsFor(const Json& source) {
  for (auto [field, kind] : {std::pair("git_commit", "commit "), std::pair("git_tag", "tag ")})
    if (auto name = core::stringAt(source, field); !name.empty()) return kind + name;
  return "branch " + core::stringAt(source, "git_branch");
}

}  // namespace

RunCheckouts::RunCheckouts(const World& world, const std::filesystem::path& root, Made made)
    : folder_(root / ("Workspace" + std::string(kFolder))),
      git_(world.folder / "git", stopping_.token()),
      made_(std::move(made)) {
  removeTree(folder_.parent_path());
}

std::expected<RunCheckouts::Checkout, std::string> RunCheckouts::of(std::int64_t jobRunId, const Json& gitSource,
                                                                    const std::string& commit) {
  std::shared_ptr<Entry> entry;
  {
    std::lock_guard lock(mutex_);
    auto& known = entries_[jobRunId];
    if (!known) known = std::make_shared<Entry>();
    entry = known;
  }
  std::lock_guard lock(entry->mutex);
  if (!entry->checkout.commit.empty()) return entry->checkout;
  std::string name = std::to_string(jobRunId);
  auto used = clone(gitSource, commit, folder_ / name);
  if (!used) {
    removeTree(folder_ / name);
    return std::unexpected("Failed to checkout Git repository: " + used.error());
  }
  entry->checkout = {.folder = std::string(kFolder) + name, .commit = *used};
  if (made_) made_(entry->checkout.folder);
  return entry->checkout;
}

std::expected<std::string, std::string> RunCheckouts::clone(const Json& gitSource, const std::string& commit,
                                                            const std::filesystem::path& files) const {
  std::string url = core::stringAt(gitSource, "git_url");
  auto from = localRepository(url);
  if (!from) return std::unexpected(core::redact(url) + ": " + from.error().message);
  std::error_code problem;
  std::filesystem::create_directories(files, problem);
  Git::Repository at{.metadata = git_.newMetadata(), .files = files};
  auto done = git_.run({.metadata = at.metadata}, {"init", "--quiet"});
  if (done) done = git_.run(at, {"remote", "add", "origin", *from});
  if (done) done = git_.run(at, {"fetch", "--quiet", "--tags", "origin"});
  std::string revision = revisionOf(gitSource, commit);
  bool fetched = done.has_value();
  if (fetched)
    done = revision.empty() ? core::Result<std::string>(core::fail(core::ErrorCode::NotFound, ""))
                            : git_.run(at, {"rev-parse", "--verify", "--quiet", revision + "^{commit}"});
  bool found = done.has_value();
  std::string hash = found ? std::string(core::trim(*done)) : "";
  if (found) done = git_.run(at, {"checkout", "--quiet", "--detach", hash});
  removeTree(at.metadata);
  if (done) return hash;
  if (fetched && !found) return std::unexpected(core::redact(url) + " has no " + wordsFor(gitSource) + ".");
  return std::unexpected(core::redact(url) + ": " + done.error().message);
}

void RunCheckouts::remove(std::int64_t jobRunId) {
  {
    std::lock_guard lock(mutex_);
    if (entries_.erase(jobRunId) == 0) return;
  }
  removeTree(folder_ / std::to_string(jobRunId));
  std::error_code others;  // while other runs have theirs, the folder stays
  std::filesystem::remove(folder_.parent_path(), others);
}

std::string RunCheckouts::folderAround(std::string_view path) {
  if (!path.starts_with(kFolder)) return {};
  return std::string(path.substr(0, path.find('/', kFolder.size())));
}

}  // namespace trowel::emulator
