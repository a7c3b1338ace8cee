// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <span>
#include <utility>

#include "sync/scanner.hpp"
#include "sync/transfer/listing.hpp"
#include "trowel/os/file_reader.hpp"
#include "trowel/os/files.hpp"
#include "trowel/os/part_file.hpp"

namespace trowel::sync {

namespace {

constexpr std::size_t kMaxIgnoreFile = std::size_t{1} << 20;  // bytes

core::Result<std::string> readHead(const os::Directory& folder, const std::string& name, std::size_t count) {
  auto file = TROWEL_TRY(os::FileReader::open(folder, name));
  std::string bytes(std::min<std::size_t>(count, file.stamp().size), '\0');
  for (std::size_t filled = 0; filled < bytes.size();) {
    const auto got = TROWEL_TRY(file.read(std::span(bytes).subspan(filled)));
    if (got == 0) bytes.resize(filled);
    filled += got;
  }
  return bytes;
}

class UploadWalk {
 public:
  UploadWalk(const std::string& remoteRoot, const IgnoreRules& rules, const ExportFormats& formats, bool deep,
             const core::CancelToken& token)
      : remoteRoot_(remoteRoot), rules_(rules), formats_(formats), deep_(deep), token_(token) {}

  core::Result<void> enter(const os::Directory& folder, const std::string& path,
                           const std::vector<std::string>& names) {
    if (token_.cancelled()) return std::unexpected(token_.error("Looking at the files"));
    auto entries = folder.entries();
    if (!entries) return fail(path, std::move(entries).error());
    auto& found = listing_.folders[path];
    for (auto& entry : *entries) {
      if (!names.empty() && std::ranges::find(names, entry.name) == names.end()) continue;
      const auto child = joinPath(path, entry.name);
      const bool isFolder = entry.type == os::FileType::Directory;
      // What the user named is meant, whatever the ignore files say.
      if (os::isPartName(entry.name) || (names.empty() && rules_.ignoredInKeptFolder(child, isFolder))) continue;
      found.push_back(examine(folder, path, std::move(entry)));
      if (!deep_ || !isFolder || !found.back().problem.empty()) continue;
      auto next = folder.child(found.back().name);
      TROWEL_TRY(next ? enter(*next, child, {}) : fail(child, std::move(next).error()));
    }
    return {};
  }

  LocalListing take() { return std::move(listing_); }

 private:
  core::Result<void> fail(const std::string& path, core::Error error) {
    if (path.empty()) return std::unexpected(std::move(error));
    listing_.problems[path] = error.message;
    return {};
  }

  LocalEntry examine(const os::Directory& folder, const std::string& path, os::DirectoryEntry found) {
    LocalEntry entry{.name = std::move(found.name), .type = found.type};
    if (auto problem = remoteNameProblem(entry.name)) {
      entry.problem = *std::move(problem);
    } else if (entry.type == os::FileType::Symlink) {
      entry.problem = "It is a symbolic link, which is not followed.";
    } else if (entry.type == os::FileType::Other) {
      entry.problem = "It is neither a file nor a folder.";
    }
    if (!entry.problem.empty() || entry.type != os::FileType::Regular) return entry;
    auto info = folder.info(entry.name);
    if (!info) {
      entry.problem = info.error().message;
      return entry;
    }
    entry.stamp = info->stamp;
    auto form = uploadForm(entry.name, joinPath(remoteRoot_, path), formats_,
                           [&](std::size_t count) -> core::Result<std::string> {
                             if (count == kMaxNotebookBytes && entry.stamp.size > count)
                               return core::fail(core::ErrorCode::InvalidParams,
                                                 "It is larger than 10 MiB, the most that a notebook may have.");
                             return readHead(folder, entry.name, count);
                           });
    if (!form) {
      entry.problem = form.error().message;
      return entry;
    }
    entry.form = std::move(form->form);
    if (form->matchesNoFormat) listing_.matchesNoFormat.push_back(joinPath(path, entry.name));
    return entry;
  }

  const std::string& remoteRoot_;
  const IgnoreRules& rules_;
  const ExportFormats& formats_;
  const bool deep_;
  const core::CancelToken& token_;
  LocalListing listing_;
};

}  // namespace

core::Result<LocalListing> listForUpload(const os::Directory& root, const std::string& remoteRoot, const Scope& scope,
                                         const IgnoreRules& rules, const ExportFormats& formats,
                                         const core::CancelToken& token) {
  UploadWalk walk(remoteRoot, rules, formats, true, token);
  TROWEL_TRY(walk.enter(root, "", scope.names));
  return walk.take();
}

core::Result<LocalListing> listLevel(const os::Directory& root, const std::string& folder,
                                     const std::string& remoteRoot, const IgnoreRules& rules,
                                     const ExportFormats& formats, const core::CancelToken& token) {
  const auto child = root.child(folder);
  if (!child && child.error().code == core::ErrorCode::NotFound) return LocalListing();
  if (!child) return std::unexpected(child.error());
  UploadWalk walk(remoteRoot, rules, formats, false, token);
  TROWEL_TRY(walk.enter(*child, folder, {}));
  auto listing = walk.take();
  if (const auto problem = listing.problems.find(folder); problem != listing.problems.end())
    return core::fail(core::ErrorCode::PermissionDenied, problem->second);
  return listing;
}

IgnoreRules ignoreRulesFor(const std::string& root, bool gitRules, const std::vector<std::string>& exclude) {
  std::vector<IgnoreRules::Outer> outer;
  if (gitRules) outer = outerIgnoreRules(root);
  std::string more;
  for (const auto& pattern : exclude) more += pattern + "\n";
  return IgnoreRules(
      [root, gitRules, more](const std::string& folder) -> std::optional<std::string> {
        std::string text;
        if (gitRules) {
          if (auto read = os::readFile(joinPath(root, folder) + "/.gitignore", kMaxIgnoreFile)) text = *std::move(read);
        }
        if (folder.empty()) text += "\n" + more;
        return text;
      },
      std::move(outer));
}

std::string realFolder(const std::string& path) {
  std::string there = path;
  while (there.size() > 1) {
    if (auto real = os::realPath(there)) return joinPath(*real, path.substr(std::min(there.size() + 1, path.size())));
    there.resize(std::max<std::size_t>(there.rfind('/'), 1));
  }
  return path;
}

core::Result<LocalListing> listForDownload(const std::string& path, const RemoteListing& remote,
                                           const core::CancelToken& token) {
  LocalListing listing;
  auto root = os::Directory::open(path);
  if (!root && root.error().code == core::ErrorCode::NotFound) return listing;
  if (!root) return std::unexpected(std::move(root).error());
  listing.ignoresCase = TROWEL_TRY(root->ignoresCase());
  for (const auto& [folder, ignored] : remote.folders) {
    if (token.cancelled()) return std::unexpected(token.error("Looking at the files"));
    auto child = folder.empty() ? os::Directory::open(path) : root->child(folder);
    // Not there, or something else: the folder above says which.
    if (!child && child.error().code == core::ErrorCode::NotFound) continue;
    auto entries =
        child ? child->entries() : core::Result<std::vector<os::DirectoryEntry>>(std::unexpected(child.error()));
    if (!entries) {
      listing.problems[folder] = entries.error().message;
      continue;
    }
    auto& found = listing.folders[folder];
    for (auto& entry : *entries) {
      if (os::isPartName(entry.name)) listing.parts.push_back(joinPath(folder, entry.name));
      LocalEntry known{.name = std::move(entry.name), .type = entry.type};
      if (known.type == os::FileType::Regular) {
        auto info = child->info(known.name);
        if (!info) continue;  // gone since
        known.stamp = info->stamp;
      }
      found.push_back(std::move(known));
    }
  }
  return listing;
}

}  // namespace trowel::sync
