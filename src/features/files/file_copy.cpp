// SPDX-License-Identifier: Apache-2.0
#include "file_copy.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

#include "file_names.hpp"
#include "file_uri.hpp"
#include "trowel/core/hash.hpp"
#include "trowel/core/text.hpp"

namespace trowel::features {

using core::ErrorCode;
using core::Result;
using sync::EntryKind;

namespace {

constexpr std::size_t kMaxPath = 4096;  // bytes; a tree that is deeper has no end

Result<std::string> read(sync::RemoteTree& tree, const std::string& path, const sync::Form& form,
                         const core::CancelToken& token) {
  std::string bytes;
  TROWEL_TRY(tree.read(
      path, form, 0,
      [&](std::string_view piece) -> Result<void> {
        if (bytes.size() + piece.size() > FileCopy::kMaxFile)
          return core::fail(ErrorCode::Unsupported, path + " is larger than the 256 MiB that are copied from here.");
        bytes += piece;
        return {};
      },
      token));
  return bytes;
}

}  // namespace

Result<void> FileCopy::plan(const core::CancelToken& token) {
  auto root = TROWEL_TRY(source_.stat(from_, token));
  folders_.clear();
  files_.clear();
  return add({}, std::move(root), token);
}

Result<void> FileCopy::add(const std::string& path, sync::Entry entry, const core::CancelToken& token) {
  const auto full = from_ + path;
  if (full.size() > kMaxPath) return core::fail(ErrorCode::Unsupported, from_ + " is too deep to be copied.");
  if (entry.kind == EntryKind::Folder) {
    folders_.push_back(path);
    std::vector<sync::Entry> children;
    TROWEL_TRY(source_.list(
        full,
        [&](sync::Entry child) -> Result<void> {
          children.push_back(std::move(child));
          return {};
        },
        token));
    for (auto& child : children) {
      if (child.name.empty() || child.name.contains('/') || child.name == "." || child.name == "..")
        return core::fail(ErrorCode::Unsupported, "In " + full + " lies something whose name cannot be copied.");
      auto below = path + "/" + child.name;
      TROWEL_TRY(add(below, std::move(child), token));
    }
    return {};
  }
  if (entry.kind == EntryKind::Other)
    return core::fail(ErrorCode::Unsupported, full + " is an object of the type " + core::toValidUtf8(entry.type) +
                                                  ", which Trowel cannot copy. Nothing was changed.");
  if (entry.size.value_or(0) > kMaxFile)
    return core::fail(ErrorCode::Unsupported,
                      full +
                          " is larger than the 256 MiB that are copied from here. Download it and upload it again. "
                          "Nothing was changed.");
  sync::Form form;
  if (entry.kind == EntryKind::Notebook) {
    const auto& known = formats_.of(entry.type, full);
    const auto source = std::ranges::find(known, sync::Format::Source, &sync::ExportFormat::format);
    if (source == known.end())
      return core::fail(ErrorCode::Unsupported, full + " is a notebook in a language that Trowel does not know (" +
                                                    core::toValidUtf8(entry.type) + "). Nothing was changed.");
    form = {sync::ObjectKind::Notebook, source->extension, sync::Format::Source};
  }
  files_.push_back({path, std::move(entry), std::move(form), {}});
  return {};
}

Result<void> FileCopy::copy(bool overwrite, const core::CancelToken& token) {
  for (const auto& folder : folders_) {
    const auto path = to_ + folder;
    const auto outcome = TROWEL_TRY(target_.makeFolder(path, token));
    if (outcome == sync::FolderOutcome::Existed)
      return core::fail(ErrorCode::AlreadyExists, path + " is there already. Choose another name.");
  }
  for (auto& file : files_) {
    auto copied = copyOne(file, overwrite, token);
    if (!copied && files_.size() > 1)
      return core::failBecause(std::move(copied).error(), from_ + " is as it was; of its copy " + to_ +
                                                              " not everything is there, so delete that.");
    if (!copied) return copied;
  }
  return {};
}

Result<void> FileCopy::copyOne(File& file, bool overwrite, const core::CancelToken& token) {
  const auto target = to_ + file.path;
  const auto bytes = TROWEL_TRY(read(source_, from_ + file.path, file.form, token));
  file.hash = core::sha256(bytes);
  auto form = file.form;
  if (form.kind == sync::ObjectKind::Notebook) {
    form.format = sync::Format::Auto;  // by the first line, which an export always has
  } else {
    form = fileForm(nameOf(target), formats_, bytes);
  }
  if (bytes.size() > target_.maxBytes(form))
    return core::fail(ErrorCode::Unsupported, from_ + file.path + " is larger than what can be written there.");
  sync::TextSource source(bytes);
  TROWEL_TRY(target_.put(target, form, source, overwrite, token));
  const auto arrived = TROWEL_TRY(read(target_, target, file.form, token));
  if (core::sha256(arrived) == file.hash) return {};
  return core::fail(ErrorCode::DataLoss, from_ + file.path + " was copied to " + target +
                                             ", but what arrived there is not the same. Both are left as they are: "
                                             "compare them.");
}

Result<void> FileCopy::checkUnchanged(const File& file, const core::CancelToken& token) {
  const auto path = from_ + file.path;
  const auto now = TROWEL_TRY(source_.stat(path, token));
  bool same = now.kind == file.entry.kind && now.version == file.entry.version;
  if (same && (now.version.empty() || now.kind == EntryKind::File)) {
    // Some services tell times in seconds only, or not at all.
    const auto bytes = TROWEL_TRY(read(source_, path, file.form, token));
    same = core::sha256(bytes) == file.hash;
  }
  if (same) return {};
  return core::fail(ErrorCode::Conflict, path + " was changed while it was copied to " + to_ + file.path +
                                             ", so it was not removed. Both are there now: compare them.");
}

Result<void> FileCopy::removeSource(const core::CancelToken& token) {
  for (const auto& file : files_) TROWEL_TRY(checkUnchanged(file, token));
  auto failed = [&](core::Error error, const std::string& path) {
    return core::failBecause(std::move(error), path + " was copied to " + to_ + ", but could not be removed.");
  };
  for (const auto& file : files_) {
    auto removed = source_.remove(from_ + file.path, token);
    if (!removed && removed.error().code != ErrorCode::NotFound)
      return failed(std::move(removed).error(), from_ + file.path);
  }
  // Never recursively: what somebody has put there meanwhile stays, and with it the folder.
  for (const auto& folder : std::views::reverse(folders_)) {
    auto removed = source_.remove(from_ + folder, token);
    if (!removed && removed.error().code != ErrorCode::NotFound)
      return failed(std::move(removed).error(), from_ + folder);
  }
  return {};
}

}  // namespace trowel::features
