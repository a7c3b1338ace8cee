// SPDX-License-Identifier: Apache-2.0
#include "storage_words.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "features/transfers/transfer_words.hpp"
#include "storage_place.hpp"

namespace trowel::features {

namespace {

constexpr std::size_t kShown = 10;  // paths

// "12 files and 3 folders"; "at least" where not all was seen.
std::string counted(const sync::RemoteTotals& totals) {
  if (totals.files == 0 && totals.folders == 0) return totals.complete ? "nothing" : "something that cannot be listed";
  std::string text = totals.complete ? "" : "at least ";
  if (totals.files > 0 || totals.folders == 0) text += countOf(totals.files, "file");
  if (totals.files > 0 && totals.folders > 0) text += " and ";
  if (totals.folders > 0) text += countOf(totals.folders, "folder");
  return text;
}

std::string sized(const sync::RemoteTotals& totals) {
  return totals.files == 0 ? std::string() : " (" + sizeText(totals.bytes) + ")";
}

}  // namespace

std::string namedAs(FileSystemKind kind, const std::vector<std::string>& paths) {
  return paths.size() == 1 ? codePath(kind, paths.front()) : countOf(paths.size(), "object");
}

DeletionWords deletionWords(FileSystemKind kind, const std::vector<Doomed>& doomed) {
  DeletionWords words;
  sync::RemoteTotals all;
  bool mounted = false;
  for (const auto& each : doomed) {
    mounted = mounted || (kind == FileSystemKind::Dbfs && each.path.starts_with("/mnt/"));
    if (each.inside) {
      ++all.folders;
      all.files += each.inside->files;
      all.folders += each.inside->folders;
      all.bytes += each.inside->bytes;
      all.complete = all.complete && each.inside->complete;
    } else {
      ++all.files;
      all.bytes += each.size;
    }
  }
  if (doomed.size() == 1 && doomed.front().inside) {
    const auto& inside = *doomed.front().inside;
    const bool empty = inside.complete && inside.files == 0 && inside.folders == 0;
    words.question = empty ? fmt::format("Delete the empty folder {}?", codePath(kind, doomed.front().path))
                           : fmt::format("Delete the folder {} with {}{}?", codePath(kind, doomed.front().path),
                                         counted(inside), sized(inside));
  } else if (doomed.size() == 1) {
    words.question = fmt::format("Delete the file {}{}?", codePath(kind, doomed.front().path), sized(all));
  } else {
    words.question = fmt::format("Delete {}{}?", counted(all), sized(all));
    for (std::size_t i = 0; i < std::min(doomed.size(), kShown); ++i)
      words.detail += codePath(kind, doomed[i].path) + "\n";
    if (doomed.size() > kShown) words.detail += fmt::format("and {} more\n", doomed.size() - kShown);
  }
  if (mounted) words.detail += "What lies in a mount is deleted in the storage behind it. ";
  words.detail += "Nobody can bring it back.";
  return words;
}

}  // namespace trowel::features
