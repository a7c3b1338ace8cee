// SPDX-License-Identifier: Apache-2.0
#include "emulator/files/dbfs.hpp"

#include "emulator/files/file_path.hpp"
#include "emulator/files/volumes.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

namespace {

constexpr auto kHandleLife = std::chrono::minutes(10);
constexpr std::string_view kVolumes = "/Volumes";

std::unexpected<ApiError> noSuchFile(std::string_view path) {
  return doesNotExist("No file or directory exists on path " + std::string(path) + ".");
}

std::unexpected<ApiError> somethingIsThere(std::string_view path) {
  return alreadyExists("A file or directory already exists at the input path dbfs:" + std::string(path) + ".");
}

std::unexpected<ApiError> explain(FileProblem problem, std::string_view path) {
  if (problem == FileProblem::NotFound || problem == FileProblem::NotAFolder) return noSuchFile(path);
  if (problem == FileProblem::Exists) return somethingIsThere(path);
  return fileError(problem, path);
}

}  // namespace

struct Dbfs::Writer {
  Place place;
  bool overwrite;
  std::string owner;
  std::mutex mutex = {};  // guards file: blocks of one handle come one after the other
  std::optional<StagedFile> file = {};
  core::TimePoint lastUse = {};  // guarded by Dbfs::mutex_
};

Dbfs::Dbfs(const World& world, Trees& trees) : world_(world), trees_(trees) {
  for (const char* folder : {"/FileStore", "/databricks-datasets", "/databricks-results", "/mnt", "/tmp", "/user"})
    static_cast<void>(trees_.dbfs.makeFolders(folder));  // where it fails, the first write says so
}

Reply<Dbfs::Place> Dbfs::locate(std::string_view path) const {
  if (path.starts_with("dbfs:")) path.remove_prefix(5);
  auto clean = TROWEL_TRY(cleanPath(path));
  if (!isWithin(clean, kVolumes)) return Place{trees_.dbfs, std::move(clean), ""};
  return Place{trees_.volumes, pathInVolumes(clean), std::string(kVolumes)};
}

Reply<Dbfs::Place> Dbfs::locateForWriting(std::string_view path) const {
  auto place = TROWEL_TRY(locate(path));
  if (!place.prefix.empty())
    return invalidParameter("Volumes are written through the Files API: " + place.prefix + place.path);
  return place;
}

Reply<DbfsFile> Dbfs::status(std::string_view path) const {
  auto place = TROWEL_TRY(locate(path));
  auto found = place.tree.status(place.path);
  std::string shown = place.path == "/" && !place.prefix.empty() ? place.prefix : place.prefix + place.path;
  if (!found) return explain(found.error(), shown);
  return DbfsFile{std::move(shown), *found};
}

Reply<std::vector<DbfsFile>> Dbfs::list(std::string_view path) const {
  auto self = TROWEL_TRY(status(path));
  if (!self.status.folder) return std::vector{self};
  auto place = TROWEL_TRY(locate(path));
  auto entries = place.tree.list(place.path);
  if (!entries) return explain(entries.error(), self.path);
  std::vector<DbfsFile> files;
  files.reserve(entries->size());
  std::string before = self.path == "/" ? "/" : self.path + "/";
  for (auto& entry : *entries) files.push_back({before + entry.name, entry.status});
  if (self.path == "/")
    if (auto volumes = trees_.volumes.status("/")) files.push_back({std::string(kVolumes), *volumes});
  return files;
}

Reply<std::string> Dbfs::read(std::string_view path, std::uint64_t offset, std::uint64_t length) const {
  auto file = TROWEL_TRY(status(path));
  if (file.status.folder) return invalidParameter("Cannot read a directory: " + file.path);
  auto place = TROWEL_TRY(locate(path));
  auto bytes = place.tree.read(place.path, offset, length);
  if (!bytes) return explain(bytes.error(), file.path);
  return *std::move(bytes);
}

Reply<void> Dbfs::makeFolders(std::string_view path) {
  auto place = TROWEL_TRY(locateForWriting(path));
  auto made = place.tree.makeFolders(place.path);
  if (made) return {};
  if (made.error() == FileProblem::NotAFolder) return somethingIsThere(place.path);
  return explain(made.error(), place.path);
}

// What can be refused before the content has come.
Reply<void> Dbfs::checkTarget(const Place& place, bool overwrite) const {
  auto found = place.tree.status(place.path);
  if (found && (found->folder || !overwrite)) return somethingIsThere(place.path);
  if (found || found.error() == FileProblem::NotFound) return {};
  if (found.error() == FileProblem::NotAFolder) return somethingIsThere(parentPath(place.path));
  return explain(found.error(), place.path);
}

Reply<void> Dbfs::settle(const Place& place, StagedFile file, bool overwrite) {
  auto placed = place.tree.placeWithFolders(file, place.path, overwrite ? Replace::Yes : Replace::No);
  if (placed) return {};
  if (placed.error() == FileProblem::IsAFolder) return somethingIsThere(place.path);
  if (placed.error() == FileProblem::NotAFolder) return somethingIsThere(parentPath(place.path));
  return explain(placed.error(), place.path);
}

Reply<StagedFile> Dbfs::stage() {
  auto file = trees_.dbfs.stage();
  if (!file) return fileError(file.error(), "/");
  return *std::move(file);
}

Reply<void> Dbfs::put(std::string_view path, StagedFile content, bool overwrite) {
  auto place = TROWEL_TRY(locateForWriting(path));
  TROWEL_TRY(checkTarget(place, overwrite));
  return settle(place, std::move(content), overwrite);
}

Reply<void> Dbfs::move(std::string_view from, std::string_view to) {
  auto source = TROWEL_TRY(locateForWriting(from));
  auto target = TROWEL_TRY(locateForWriting(to));
  if (auto found = source.tree.status(source.path); !found) return explain(found.error(), source.path);
  if (source.path == "/") return invalidParameter("The root cannot be moved.");
  if (source.tree.status(target.path)) return somethingIsThere(target.path);
  if (isWithin(target.path, source.path))
    return invalidParameter("Cannot move " + source.path + " into itself: " + target.path);
  auto moved = source.tree.move(source.path, target.path);
  if (!moved)
    return explain(moved.error(), moved.error() == FileProblem::NotFound ? parentPath(target.path) : target.path);
  return {};
}

Reply<void> Dbfs::remove(std::string_view path, bool recursive) {
  auto place = TROWEL_TRY(locateForWriting(path));
  if (place.path == "/") return invalidParameter("The root cannot be deleted.");
  auto removed = recursive ? place.tree.removeAll(place.path) : place.tree.remove(place.path);
  if (removed || removed.error() == FileProblem::NotFound || removed.error() == FileProblem::NotAFolder) return {};
  if (removed.error() == FileProblem::NotEmpty)
    return refuse(
        400, "IO_ERROR",
        "Cannot delete " + place.path + ": Directory is not empty. Use recursive delete or remove contents first.");
  return explain(removed.error(), place.path);
}

Reply<std::int64_t> Dbfs::create(std::string_view path, bool overwrite, const std::string& owner) {
  auto place = TROWEL_TRY(locateForWriting(path));
  TROWEL_TRY(checkTarget(place, overwrite));
  auto file = TROWEL_TRY(stage());
  file.rest();
  auto writer = std::shared_ptr<Writer>(new Writer{.place = std::move(place), .overwrite = overwrite, .owner = owner});
  writer->file.emplace(std::move(file));
  auto handle = world_.ids.object();
  std::lock_guard lock(mutex_);
  writer->lastUse = world_.clock.now();
  writers_[handle] = std::move(writer);
  return handle;
}

namespace {

std::unexpected<ApiError> noSuchHandle(std::int64_t handle) {
  return doesNotExist("No open file has the handle " + std::to_string(handle) + ".");
}

}  // namespace

Reply<std::shared_ptr<Dbfs::Writer>> Dbfs::writer(std::int64_t handle, const std::string& owner) {
  std::lock_guard lock(mutex_);
  auto now = world_.clock.now();
  std::erase_if(writers_, [now](const auto& entry) { return now - entry.second->lastUse > kHandleLife; });
  auto it = writers_.find(handle);
  if (it == writers_.end() || it->second->owner != owner) return noSuchHandle(handle);
  it->second->lastUse = now;
  return it->second;
}

Reply<void> Dbfs::addBlock(std::int64_t handle, std::string_view bytes, const std::string& owner) {
  auto target = TROWEL_TRY(writer(handle, owner));
  std::lock_guard lock(target->mutex);
  if (!target->file) return noSuchHandle(handle);
  auto written = target->file->append(bytes);
  target->file->rest();
  if (!written) return explain(written.error(), target->place.path);
  return {};
}

Reply<void> Dbfs::close(std::int64_t handle, const std::string& owner) {
  auto target = TROWEL_TRY(writer(handle, owner));
  {
    std::lock_guard lock(mutex_);
    writers_.erase(handle);
  }
  std::lock_guard lock(target->mutex);
  if (!target->file) return noSuchHandle(handle);
  StagedFile file = *std::move(target->file);
  target->file.reset();
  return settle(target->place, std::move(file), target->overwrite);
}

}  // namespace trowel::emulator
