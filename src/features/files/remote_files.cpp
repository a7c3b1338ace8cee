// SPDX-License-Identifier: Apache-2.0
// Looks are answered from the cache while they are young; whatever changes something looks anew first, and forgets
// afterwards, also where it failed: nobody knows then what is there.
#include "remote_files.hpp"

#include <algorithm>
#include <utility>

#include "file_copy.hpp"
#include "trowel/core/hash.hpp"
#include "trowel/core/text.hpp"

namespace trowel::features {

using core::ErrorCode;
using core::Result;
using sync::EntryKind;

namespace {

constexpr std::size_t kEtag = 32;  // hex digits
// What a new notebook document is before anything is in it: the workspace takes no empty one.
constexpr std::string_view kEmptyDocument =
    "{\"cells\": [], \"metadata\": {}, \"nbformat\": 4, \"nbformat_minor\": 5}\n";

ShownEntry root() { return {.name = {}, .entry = {.name = {}, .kind = EntryKind::Folder}}; }

std::unexpected<core::Error> exists(const std::string& path) {
  return core::fail(ErrorCode::AlreadyExists, path + " is there already. Choose another name.");
}

bool isNewDocument(const std::string& path, const std::string& bytes) {
  return bytes.empty() && core::toLower(path).ends_with(".ipynb");
}

class Forgetting {
 public:
  Forgetting(FileCache& cache, const std::string& key, const std::string& path)
      : cache_(cache), key_(key), path_(path) {
    cache_.forget(key_, path_);
  }
  ~Forgetting() { cache_.forget(key_, path_); }
  Forgetting(const Forgetting&) = delete;
  Forgetting& operator=(const Forgetting&) = delete;

 private:
  FileCache& cache_;
  const std::string& key_;
  const std::string& path_;
};

}  // namespace

// ---- looking

Result<ShownEntry> RemoteFiles::find(const std::string& path, const core::CancelToken& token) {
  if (path == "/") return root();
  const auto gone = [&] { return core::fail(ErrorCode::NotFound, path + " does not exist, or you may not see it."); };
  if (auto known = cache_.entry(key_, path)) {
    if (!*known) return gone();
    return **std::move(known);
  }
  const auto ticket = cache_.ticket();
  const auto folder = folderOf(path);
  const auto shown = nameOf(path);
  for (const auto& name : objectNames(shown, tree_.formats)) {
    auto entry = tree_.remote->stat(childPath(folder, name), token);
    if (!entry && entry.error().code != ErrorCode::NotFound) return std::unexpected(std::move(entry).error());
    if (!entry) continue;
    entry->name = name;
    if (!standsFor(*entry, shown, folder, tree_.formats)) continue;
    ShownEntry found{shown, *std::move(entry)};
    cache_.keep(key_, path, found, ticket);
    return found;
  }
  cache_.keep(key_, path, std::nullopt, ticket);
  return gone();
}

Result<ShownEntry> RemoteFiles::findAnew(const std::string& path, const core::CancelToken& token) {
  cache_.forget(key_, path);
  return find(path, token);
}

Result<std::optional<ShownEntry>> RemoteFiles::findIfThere(const std::string& path, const core::CancelToken& token) {
  auto found = findAnew(path, token);
  if (found) return std::optional(*std::move(found));
  if (found.error().code == ErrorCode::NotFound) return std::nullopt;
  return std::unexpected(std::move(found).error());
}

Result<FileStat> RemoteFiles::stat(const std::string& path, const core::CancelToken& token) {
  return statOf(path, TROWEL_TRY(find(path, token)), token);
}

Result<FileStat> RemoteFiles::statOf(const std::string& path, const ShownEntry& shown, const core::CancelToken& token) {
  FileStat stat{.isFolder = shown.isFolder(), .modifiedAt = shown.entry.modifiedAt};
  if (stat.isFolder) return stat;
  stat.readOnly = isReadOnly(path, shown, token);
  stat.etag = etagOf(shown);
  if (shown.entry.size) {
    stat.size = *shown.entry.size;
    return stat;
  }
  // The service tells no size of what it makes anew for each reader. Editors take another size for another content.
  auto bytes = content(path, shown, token);
  if (bytes) {
    stat.size = (*bytes)->size();
  } else if (bytes.error().code != ErrorCode::Unsupported) {
    return std::unexpected(std::move(bytes).error());
  }
  return stat;
}

bool RemoteFiles::isReadOnly(const std::string& path, const ShownEntry& shown, const core::CancelToken& token) {
  if (auto known = cache_.readOnly(key_, path)) return *known;
  const bool readOnly =
      tree_.readOnly && tree_.readOnly(childPath(folderOf(path), shown.entry.name), shown.entry, token);
  if (!token.cancelled()) cache_.keepReadOnly(key_, path, readOnly);
  return readOnly;
}

std::string RemoteFiles::etagOf(const ShownEntry& shown) const {
  if (shown.entry.version.empty()) return {};
  // Two changes may have the same time.
  const auto size = shown.entry.size ? std::to_string(*shown.entry.size) : std::string();
  return core::sha256(identity_ + "\n" + shown.name + "\n" + shown.entry.version + "\n" + size).substr(0, kEtag);
}

Result<FileCache::Entries> RemoteFiles::list(const std::string& folder, const core::CancelToken& token) {
  if (auto known = cache_.list(key_, folder)) return known;
  const auto ticket = cache_.ticket();
  // The service lists a file as itself.
  if (folder != "/") {
    const auto found = TROWEL_TRY(find(folder, token));
    if (!found.isFolder()) return core::fail(ErrorCode::InvalidParams, folder + " is no folder.");
  }
  std::vector<sync::Entry> entries;
  TROWEL_TRY(tree_.remote->list(
      folder,
      [&](sync::Entry entry) -> Result<void> {
        entries.push_back(std::move(entry));
        return {};
      },
      token));
  auto shown = std::make_shared<const std::vector<ShownEntry>>(shownEntries(std::move(entries), folder, tree_.formats));
  cache_.keepList(key_, folder, shown, ticket);
  return shown;
}

Result<FileCache::Content> RemoteFiles::content(const std::string& path, const ShownEntry& shown,
                                                const core::CancelToken& token) {
  const auto& version = shown.entry.version;
  if (auto known = cache_.content(key_, path, version)) return known;
  const auto folder = folderOf(path);
  const auto form = TROWEL_TRY(readForm(shown, folder, tree_.formats));
  auto bytes = std::make_shared<std::string>();
  TROWEL_TRY(tree_.remote->read(
      childPath(folder, shown.entry.name), form, 0,
      [&](std::string_view piece) -> Result<void> {
        if (bytes->size() + piece.size() > kMaxFile)
          return core::fail(ErrorCode::Unsupported,
                            path + " is larger than the 512 MiB that are opened as one file. Download it.");
        *bytes += piece;
        return {};
      },
      token));
  cache_.keepContent(key_, path, version, bytes);
  return bytes;
}

Result<FileContent> RemoteFiles::read(const std::string& path, const core::CancelToken& token) {
  // With the etag of what was there before the bytes: at worst it is too old, which is found out by the next write.
  const auto shown = TROWEL_TRY(findAnew(path, token));
  FileContent read;
  read.bytes = TROWEL_TRY(content(path, shown, token));
  read.stat = TROWEL_TRY(statOf(path, shown, token));
  read.stat.size = read.bytes->size();
  return read;
}

// ---- changing

Result<FileStat> RemoteFiles::write(const std::string& path, std::string bytes, const WriteOptions& options,
                                    const core::CancelToken& token) {
  if (path == "/") return core::fail(ErrorCode::InvalidParams, "/ is a folder.");
  const Forgetting forgetting(cache_, key_, path);
  const auto there = TROWEL_TRY(findIfThere(path, token));
  if (!there && !options.create) return core::fail(ErrorCode::NotFound, path + " does not exist any more.");
  if (there && there->isFolder()) return core::fail(ErrorCode::InvalidParams, path + " is a folder.");
  if (there && !options.overwrite) return exists(path);
  if (there && options.etag && !options.etag->empty() && *options.etag != etagOf(*there))
    return core::fail(ErrorCode::Conflict,
                      path + " was changed by somebody else, or is of another workspace, since it was opened.");
  if (!there && isNewDocument(path, bytes)) bytes = kEmptyDocument;
  const auto target = TROWEL_TRY(writeForm(there, nameOf(path), folderOf(path), tree_.formats, bytes));
  if (bytes.size() > tree_.remote->maxBytes(target.form))
    return core::fail(ErrorCode::Unsupported,
                      path + " was not saved: it has " + std::to_string(bytes.size()) + " bytes, and at most " +
                          std::to_string(tree_.remote->maxBytes(target.form)) + " can be written there.");
  sync::TextSource source(bytes);
  auto put = tree_.remote->put(childPath(folderOf(path), target.name), target.form, source, there.has_value(), token);
  if (!put && put.error().code == ErrorCode::PermissionDenied && there) cache_.keepReadOnly(key_, path, true);
  if (!put && put.error().code == ErrorCode::InvalidParams) put.error().code = ErrorCode::Unsupported;
  if (!put) return std::unexpected(std::move(put).error());
  auto written = findAnew(path, token);
  if (!written) return core::failBecause(std::move(written).error(), path + " was written, but cannot be looked at.");
  auto stat = statOf(path, *written, token);
  if (stat) stat->isNew = !there;
  return stat;
}

Result<void> RemoteFiles::makeFolder(const std::string& path, const core::CancelToken& token) {
  const Forgetting forgetting(cache_, key_, path);
  if (path == "/") return exists(path);
  const auto there = TROWEL_TRY(findIfThere(path, token));
  if (there) return exists(path);
  return tree_.remote->ensureFolder(path, token);
}

Result<void> RemoteFiles::remove(const std::string& path, bool recursive, const core::CancelToken& token) {
  if (path == "/") return core::fail(ErrorCode::PermissionDenied, "All of a file system cannot be deleted at once.");
  const Forgetting forgetting(cache_, key_, path);
  const auto there = TROWEL_TRY(findAnew(path, token));
  const auto object = childPath(folderOf(path), there.entry.name);
  if (there.isFolder() && recursive) return tree_.removeAll(object, token);
  return tree_.remote->remove(object, token);
}

Result<RemoteFiles::Names> RemoteFiles::names(const std::string& from, const Target& target,
                                              const core::CancelToken& token) {
  const auto& to = target.path;
  if (from == "/" || to == "/") return core::fail(ErrorCode::PermissionDenied, "/ cannot be renamed or replaced.");
  if (isSame(target.files) && to.starts_with(from + "/"))
    return core::fail(ErrorCode::Unsupported, from + " cannot be put into itself. Choose another folder.");
  const auto source = TROWEL_TRY(findAnew(from, token));
  const auto there = TROWEL_TRY(target.files.findIfThere(to, token));
  if (there && (!target.overwrite || there->isFolder() || source.isFolder())) return exists(to);
  const auto extension = source.name.substr(source.entry.name.size());
  auto name = nameOf(to);
  if (source.entry.kind == EntryKind::Notebook) {
    const bool keeps = name.size() > extension.size() &&
                       core::equalsIgnoreCase(std::string_view(name).substr(name.size() - extension.size()), extension);
    if (!keeps)
      return core::fail(ErrorCode::Unsupported,
                        from + " is a notebook and keeps its extension " + extension + ". Choose a name that ends so.");
    name.resize(name.size() - extension.size());
  }
  if (there && there->entry.kind != source.entry.kind) return exists(to);
  Names called{childPath(folderOf(from), source.entry.name), childPath(folderOf(to), name), there.has_value()};
  // Two spellings of one notebook: it would be removed as the original of itself.
  if (isSame(target.files) && called.from == called.to) return exists(to);
  return called;
}

Result<void> RemoteFiles::rename(const std::string& from, const Target& to, const Confirm& confirm,
                                 const core::CancelToken& token) {
  if (isSame(to.files) && from == to.path) return {};
  const Forgetting source(cache_, key_, from);
  const Forgetting target(to.files.cache_, to.files.key_, to.path);
  const auto called = TROWEL_TRY(names(from, to, token));
  if (&to.files == this && tree_.move) return move(called, token);
  FileCopy work({*tree_.remote, called.from}, {*to.files.tree_.remote, called.to}, tree_.formats);
  TROWEL_TRY(work.plan(token));
  if (!tree_.loses.empty()) TROWEL_TRY(confirm(tree_.loses));
  TROWEL_TRY(work.copy(called.replaces, token));
  return work.removeSource(token);
}

// The service never replaces: what is there steps aside until the move has worked.
Result<void> RemoteFiles::move(const Names& names, const core::CancelToken& token) {
  if (!names.replaces) return tree_.move(names.from, names.to, token);
  const auto aside = names.to + ".trowel-" + core::randomHex(4);
  TROWEL_TRY(tree_.move(names.to, aside, token));
  if (auto moved = tree_.move(names.from, names.to, token); !moved) {
    auto back = tree_.move(aside, names.to, {});
    if (back) return moved;
    return core::failBecause(std::move(moved).error(), names.to + " is called " + aside + " now.");
  }
  auto removed = tree_.remote->remove(aside, {});
  if (removed) return {};
  return core::failBecause(std::move(removed).error(), "What " + names.to + " was before is kept as " + aside + ".");
}

Result<void> RemoteFiles::copy(const std::string& from, const Target& to, const core::CancelToken& token) {
  if (isSame(to.files) && from == to.path) return exists(to.path);
  const Forgetting target(to.files.cache_, to.files.key_, to.path);
  const auto called = TROWEL_TRY(names(from, to, token));
  FileCopy work({*tree_.remote, called.from}, {*to.files.tree_.remote, called.to}, tree_.formats);
  TROWEL_TRY(work.plan(token));
  return work.copy(called.replaces, token);
}

}  // namespace trowel::features
