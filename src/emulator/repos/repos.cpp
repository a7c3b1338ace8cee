// SPDX-License-Identifier: Apache-2.0
// A clone is made beside the workspace and moved in when it is whole, so that nobody sees half of one. Its folder has
// no .git: git gets told where its metadata is.
#include "emulator/repos/repos.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/files/file_path.hpp"
#include "emulator/world.hpp"
#include "trowel/core/json.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

std::unexpected<ApiError> remoteError(const std::string& url, const std::string& why) {
  return refuse(400, "GIT_REMOTE_ERROR", "Error fetching " + core::redact(url) + ": " + why);
}

std::unexpected<ApiError> unknownRef(const std::string& kind, const std::string& name) {
  return refuse(404, "GIT_UNKNOWN_REF", kind + " " + name + " not found in remote.");
}

std::unexpected<ApiError> conflict(const std::string& what) { return refuse(409, "GIT_CONFLICT", what); }

bool isPlain(std::string_view name) {
  return !name.starts_with('-') && std::none_of(name.begin(), name.end(), [](unsigned char c) { return c < ' '; });
}

std::string line(std::string text) { return std::string(core::trim(text)); }

}  // namespace

std::unexpected<ApiError> noSuchRepo(std::int64_t id) {
  return doesNotExist("Repo could not be found: " + std::to_string(id) + ".");
}

Repos::Repos(const World& world, WorkspaceStore& workspace)
    : world_(world),
      workspace_(workspace),
      git_(world.folder / "git", stopping_.token()),
      documents_(world.state, "repo") {
  clearAway();
}

// What a clone left behind that was killed before it was whole.
void Repos::clearAway() const {
  std::set<std::string> known;
  for (const auto& [key, document] : documents_.all()) known.insert(core::stringAt(document, "metadata"));
  std::error_code problem;
  for (const auto& entry : std::filesystem::directory_iterator(world_.folder / "git", problem)) {
    const auto& path = entry.path();
    if (path.extension() != ".git" || known.contains(path.stem().string())) continue;
    discard(path);
  }
}

Reply<std::string> Repos::source(const std::string& url) const {
  auto path = localRepository(url);
  if (!path) return remoteError(url, path.error().message);
  return *path;
}

Reply<void> Repos::checkPlace(const std::string& path) {
  auto parent = parentPath(path);
  if (isWithin(path, "/Repos") && std::count(path.begin(), path.end(), '/') != 3)
    return invalidParameter("Path (" + path + ") must have the form /Repos/{folder}/{repo-name}.");
  if (path == "/" || parent == "/" || parent == "/Users")
    return invalidParameter("Path (" + path + ") cannot be a Git folder.");
  auto folder = TROWEL_TRY(workspace_.look(parent));
  if (!folder || !folder->isFolder()) return doesNotExist("Parent directory " + parent + " does not exist.");
  if (TROWEL_TRY(workspace_.look(path))) return alreadyExists("Path (" + path + ") already exists.");
  if (workspace_.inGitFolder(parent)) return invalidParameter("Path (" + path + ") is in another Git folder.");
  return {};
}

Repos::Turn::Turn(Repos& repos, std::string path) : repos_(repos), path_(std::move(path)) {
  std::unique_lock lock(repos_.mutex_);
  repos_.freed_.wait(lock, [this] { return !repos_.busy_.contains(path_); });
  repos_.busy_.insert(path_);
}

Repos::Turn::~Turn() {
  std::lock_guard lock(repos_.mutex_);
  repos_.busy_.erase(path_);
  repos_.freed_.notify_all();
}

Reply<Repo> Repos::create(const Wish& wish) {
  auto from = TROWEL_TRY(source(wish.url));
  Turn turn(*this, wish.path);
  TROWEL_TRY(checkPlace(wish.path));
  auto metadata = git_.newMetadata();
  auto files = world_.folder / "incoming" / core::randomHex(16);
  auto repo = clone(wish, from, metadata, files);
  if (repo) repo = settle(wish, *std::move(repo), files);
  if (repo) return repo;
  discard(metadata);
  discard(files);
  return repo;
}

// Moves what has been cloned to where it belongs.
Reply<Repo> Repos::settle(const Wish& wish, Repo repo, const std::filesystem::path& files) {
  std::error_code problem;
  std::filesystem::rename(files, workspace_.tree().real(wish.path), problem);
  if (problem == std::errc::no_such_file_or_directory)
    return doesNotExist("Parent directory " + parentPath(wish.path) + " does not exist.");
  if (problem) return alreadyExists("Path (" + wish.path + ") already exists.");
  waitForDisk();
  auto folder = workspace_.markGitFolder(wish.path);
  if (!folder) {
    discard(workspace_.tree().real(wish.path));
    return std::unexpected(folder.error());
  }
  repo.id = (*folder)->id;
  store(repo);
  return repo;
}

Reply<Repo> Repos::clone(const Wish& wish, const std::string& from, const std::filesystem::path& metadata,
                         const std::filesystem::path& files) {
  std::error_code problem;
  std::filesystem::create_directory(files, problem);
  Git::Repository at{.metadata = metadata, .files = files};
  Repo repo;
  repo.path = wish.path;
  repo.url = wish.url;
  repo.provider = wish.provider;
  repo.sparse = wish.sparse;
  repo.metadata = metadata.stem().string();
  auto made = git_.run({.metadata = metadata}, {"init", "--quiet"});
  if (made) made = git_.run(at, {"remote", "add", "origin", from});
  if (!made) return refuse(500, "INTERNAL_ERROR", made.error().message);
  auto fetched = git_.run(at, {"fetch", "--quiet", "--tags", "origin"});
  if (!fetched) return remoteError(wish.url, fetched.error().message);
  auto head = git_.run(at, {"remote", "set-head", "origin", "--auto"});
  auto name = head ? git_.run(at, {"symbolic-ref", "--short", "refs/remotes/origin/HEAD"}) : head;
  if (!name) return remoteError(wish.url, "the repository has no default branch.");
  if (wish.sparse) TROWEL_TRY(limitTo(at, wish.patterns));
  repo.patterns = wish.patterns;
  TROWEL_TRY(checkOut(at, repo, {.branch = line(*name).substr(std::string_view("origin/").size())}));
  return repo;
}

Reply<void> Repos::limitTo(const Git::Repository& at, const std::vector<std::string>& patterns) {
  std::vector<std::string> arguments{"sparse-checkout", "set", "--cone"};
  for (const auto& pattern : patterns) {
    if (!isPlain(pattern) || pattern.empty()) return invalidParameter("Invalid sparse checkout pattern: " + pattern);
    arguments.push_back(pattern);
  }
  if (auto set = git_.run(at, std::move(arguments)); !set)
    return invalidParameter("Invalid sparse checkout patterns: " + set.error().message);
  return {};
}

Reply<void> Repos::checkOut(const Git::Repository& at, Repo& repo, const Change& change) {
  bool toTag = !change.tag.empty();
  const auto& name = toTag ? change.tag : change.branch;
  auto reference = (toTag ? "refs/tags/" : "refs/remotes/origin/") + name;
  auto commit = isPlain(name) ? git_.run(at, {"rev-parse", "--verify", "--quiet", reference + "^{commit}"})
                              : core::Result<std::string>(core::fail(core::ErrorCode::NotFound, ""));
  if (!commit) return unknownRef(toTag ? "Tag" : "Branch", name);
  if (change.discardLocalChanges) {
    auto discarded = repo.head.empty() ? core::Result<std::string>() : git_.run(at, {"reset", "--quiet", "--hard"});
    if (discarded) discarded = git_.run(at, {"clean", "--quiet", "-ffd"});
    if (!discarded) return refuse(500, "INTERNAL_ERROR", discarded.error().message);
  } else if (!toTag && name == repo.branch && !git_.run(at, {"merge-base", "--is-ancestor", "HEAD", reference})) {
    return conflict("Branch " + name + " has been rewritten in the remote. Discard the local one, or clone again.");
  }
  std::vector<std::string> arguments{"checkout", "--quiet"};
  if (toTag)
    arguments.insert(arguments.end(), {"--detach", reference});
  else
    arguments.insert(arguments.end(), {"-B", name, reference});
  if (auto done = git_.run(at, std::move(arguments)); !done) return conflict(done.error().message);
  repo.branch = toTag ? "" : name;
  repo.head = line(*commit);
  return {};
}

Reply<Repo> Repos::get(std::int64_t id) {
  std::lock_guard lock(mutex_);
  auto document = documents_.find(std::to_string(id));
  auto repo = document ? TROWEL_TRY(read(*document)) : std::nullopt;
  if (!repo) return noSuchRepo(id);
  return *std::move(repo);
}

Reply<std::vector<Repo>> Repos::list(const std::string& prefix) {
  std::lock_guard lock(mutex_);
  std::vector<Repo> found;
  for (const auto& [key, document] : documents_.all()) {
    if (!core::stringAt(document, "path").starts_with(prefix)) continue;
    auto repo = TROWEL_TRY(read(document));
    if (repo) found.push_back(*std::move(repo));
  }
  std::sort(found.begin(), found.end(), [](const Repo& a, const Repo& b) { return a.path < b.path; });
  return found;
}

std::optional<Repo> Repos::containing(const std::string& path) {
  std::lock_guard lock(mutex_);
  for (const auto& [key, document] : documents_.all())
    if (isWithin(path, core::stringAt(document, "path"))) return read(document).value_or(std::nullopt);
  return std::nullopt;
}

Reply<Repo> Repos::update(std::int64_t id, const Change& change) {
  if (!change.branch.empty() && !change.tag.empty())
    return invalidParameter("Only one of branch and tag can be given.");
  auto path = TROWEL_TRY(get(id)).path;
  Turn turn(*this, path);
  auto repo = TROWEL_TRY(get(id));  // as the turn before has left it
  if (change.patterns && !repo.sparse)
    return invalidParameter("Sparse checkout cannot be turned on for a Git folder that was created without it.");
  TROWEL_TRY(
      apply({.metadata = git_.metadata(repo.metadata), .files = workspace_.tree().real(repo.path)}, repo, change));
  waitForDisk();
  TROWEL_TRY(replace(repo));
  return repo;
}

Reply<void> Repos::apply(const Git::Repository& at, Repo& repo, const Change& change) {
  if (change.patterns) {
    TROWEL_TRY(limitTo(at, *change.patterns));
    repo.patterns = *change.patterns;
  }
  if (change.branch.empty() && change.tag.empty()) return {};
  auto fetched = git_.run(at, {"fetch", "--quiet", "--prune", "--tags", "--force", "origin"});
  if (!fetched) return remoteError(repo.url, fetched.error().message);
  return checkOut(at, repo, change);
}

Reply<void> Repos::remove(std::int64_t id) {
  auto path = TROWEL_TRY(get(id)).path;
  Turn turn(*this, path);
  auto repo = TROWEL_TRY(get(id));
  TROWEL_TRY(workspace_.remove(repo.path, true));
  std::lock_guard lock(mutex_);
  forget(repo);
  return {};
}

// Nothing where the folder is gone: somebody removed it through the workspace.
Reply<std::optional<Repo>> Repos::read(const Json& document) {
  Repo repo{.id = core::intAt(document, "id"),
            .path = core::stringAt(document, "path"),
            .url = core::stringAt(document, "url"),
            .provider = core::stringAt(document, "provider"),
            .branch = core::stringAt(document, "branch"),
            .head = core::stringAt(document, "head"),
            .sparse = core::boolAt(document, "sparse"),
            .patterns = {},
            .metadata = core::stringAt(document, "metadata")};
  for (const auto& pattern : core::arrayAt(document, "patterns"))
    if (pattern.is_string()) repo.patterns.push_back(pattern);
  auto folder = TROWEL_TRY(workspace_.look(repo.path));
  if (folder && folder->gitFolder && folder->id == repo.id) return repo;
  forget(repo);
  return std::nullopt;
}

// Somebody may have removed it meanwhile, through the workspace.
Reply<void> Repos::replace(const Repo& repo) {
  std::lock_guard lock(mutex_);
  if (!documents_.find(std::to_string(repo.id))) return noSuchRepo(repo.id);
  store(repo);
  return {};
}

void Repos::store(const Repo& repo) {
  documents_.put(std::to_string(repo.id), {{"id", repo.id},
                                           {"path", repo.path},
                                           {"url", repo.url},
                                           {"provider", repo.provider},
                                           {"branch", repo.branch},
                                           {"head", repo.head},
                                           {"sparse", repo.sparse},
                                           {"patterns", repo.patterns},
                                           {"metadata", repo.metadata}});
}

void Repos::discard(const std::filesystem::path& folder) const {
  if (auto removed = os::removeTree(folder.string()); !removed)
    core::logWarn("emulator", core::describe(removed.error()));
}

void Repos::forget(const Repo& repo) {
  documents_.remove(std::to_string(repo.id));
  discard(git_.metadata(repo.metadata));
}

// git does not wait for the disk.
void Repos::waitForDisk() const {
  if (!world_.state) return;
  os::UniqueFd folder(::open(world_.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder) ::syncfs(folder.get());
}

}  // namespace trowel::emulator
