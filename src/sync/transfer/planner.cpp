// SPDX-License-Identifier: Apache-2.0
// Folder by folder, both sides beside each other. Names are judged among the children of one folder, because two of
// them may want the same name on the other side; then neither gets it.
#include "sync/transfer/planner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace trowel::sync {

namespace {

constexpr std::int64_t kMillisecond = 1'000'000;

template <typename Listed>
const std::vector<Listed>& childrenIn(const std::map<std::string, std::vector<Listed>>& folders,
                                      const std::string& folder) {
  static const std::vector<Listed> kNone;
  const auto found = folders.find(folder);
  return found == folders.end() ? kNone : found->second;
}

template <typename Listed>
const Listed* find(const std::vector<Listed>& sorted, const std::string& name) {
  const auto found = std::ranges::lower_bound(sorted, name, {}, &Listed::name);
  return found == sorted.end() || found->name != name ? nullptr : &*found;
}

// What is the same for both directions.
class PairPlanner {
 public:
  PairPlanner(const PairSides& sides, TransferPlan& plan) : sides_(sides), plan_(plan), pair_(plan.pairs[sides.pair]) {}

 protected:
  ~PairPlanner() = default;

  const std::string& sourceRoot() const { return plan_.direction == Direction::Down ? pair_.remote : pair_.local; }

  void leaveOut(const std::string& path, std::string why) {
    plan_.leftOut.push_back({shown(joinPath(sourceRoot(), path)), std::move(why)});
  }

  // `why` where several want one name.
  void leaveOutAll(const std::string& folder, const std::vector<std::string>& names, const std::string& wanted) {
    for (const auto& name : names) {
      const auto& other = name == names.front() ? names.back() : names.front();
      leaveOut(joinPath(folder, name),
               "It would get the same name as " + shown(other) + ": " + shown(wanted) + ". Rename one of them.");
    }
  }

  void makeFolder(const std::string& path) { plan_.folders.push_back({sides_.pair, path}); }

  void copy(const std::string& remotePath, const std::string& localPath, Form form, const TwoSides& files) {
    const auto verdict = judge(plan_.direction, files);
    if (verdict == Verdict::Equal) ++plan_.equal;
    if (verdict == Verdict::Settled) ++plan_.settled;
    if (verdict == Verdict::Equal || verdict == Verdict::Settled) return;
    CopyStep step{.pair = sides_.pair, .remote = remotePath, .local = localPath, .form = std::move(form)};
    step.why = verdict == Verdict::New       ? CopyReason::New
               : verdict == Verdict::Changed ? CopyReason::Changed
                                             : CopyReason::Conflict;
    step.stamp = files.local;
    if (files.remote != nullptr) {
      step.version = files.remote->version;
      step.modifiedAt = files.remote->modifiedAt;
    }
    if (plan_.direction == Direction::Up) {
      step.size = files.local->size;
    } else {
      step.size = files.remote->size;
    }
    plan_.copies.push_back(std::move(step));
  }

  const KnownPair* knownOf(const std::string& remotePath, const std::string& localPath) const {
    const auto known = sides_.known.find({joinPath(pair_.remote, remotePath), joinPath(pair_.local, localPath)});
    return known == sides_.known.end() ? nullptr : &known->second;
  }

  const PairSides& sides_;
  TransferPlan& plan_;
  const FolderPair& pair_;
};

class Download : PairPlanner {
 public:
  Download(const PairSides& sides, const ExportFormats& formats, TransferPlan& plan)
      : PairPlanner(sides, plan), formats_(formats) {}

  void folder(const std::string& path) {
    const auto known = sides_.local.folders.find(path);
    if (known == sides_.local.folders.end()) makeFolder(path);
    std::map<std::string, const LocalEntry*> here;  // by key
    for (const auto& entry : childrenIn(sides_.local.folders, path)) here[keyOf(entry.name)] = &entry;

    std::map<std::string, std::vector<Named>> wanted;  // by key
    for (const auto& entry : childrenIn(sides_.remote.folders, path)) {
      if (auto named = name(path, entry)) wanted[keyOf(named->local)].push_back(*std::move(named));
    }
    for (const auto& [key, names] : wanted) {
      if (names.size() > 1) {
        std::vector<std::string> clashing;
        for (const auto& each : names) clashing.push_back(each.entry->name);
        leaveOutAll(path, clashing, names.front().local);
        continue;
      }
      const auto there = here.find(key);
      item(path, names.front(), there == here.end() ? nullptr : there->second);
    }
  }

 private:
  struct Named {
    const Entry* entry;
    std::string local;
    Form form;
  };

  std::string keyOf(const std::string& name) const { return nameKey(name, sides_.local.ignoresCase); }

  std::optional<Named> name(const std::string& folder, const Entry& entry) {
    const auto path = joinPath(folder, entry.name);
    Named named{&entry, entry.name, {}};
    std::optional<std::string> problem = remoteNameProblem(entry.name);
    if (!problem && entry.kind != EntryKind::Folder) {
      auto form = downloadForm(entry, joinPath(pair_.remote, folder), formats_);
      if (form) {
        named.form = *std::move(form);
        named.local += named.form.extension;
      } else {
        problem = form.error().message;
      }
    }
    if (!problem) problem = localNameProblem(named.local, sides_.local.ignoresCase);
    if (!problem) return named;
    leaveOut(path, *std::move(problem));
    return std::nullopt;
  }

  void item(const std::string& folderPath, const Named& named, const LocalEntry* here) {
    const auto& entry = *named.entry;
    const auto path = joinPath(folderPath, entry.name);
    const bool isFolder = entry.kind == EntryKind::Folder;
    if (here != nullptr) {
      const auto wanted = isFolder ? os::FileType::Directory : os::FileType::Regular;
      if (here->name != named.local)
        return leaveOut(path, "Here is " + shown(here->name) +
                                  ", which is the same name where upper and lower case are not told apart. Rename one "
                                  "of them.");
      if (here->type == os::FileType::Symlink)
        return leaveOut(path, "Here is a symbolic link of this name, which is not followed. Move it away.");
      if (here->type != wanted)
        return leaveOut(path, isFolder ? "Here is a file of this name. Rename one of them."
                                       : "Here is a folder of this name, or something that is no file. Rename one of "
                                         "them.");
    }
    if (!isFolder) {
      const auto localPath = joinPath(folderPath, named.local);
      const auto stamp = here == nullptr ? std::nullopt : std::optional(here->stamp);
      return copy(path, localPath, named.form, {stamp, &entry, knownOf(path, localPath)});
    }
    if (const auto problem = sides_.remote.problems.find(path); problem != sides_.remote.problems.end())
      return leaveOut(path, problem->second);
    if (const auto problem = sides_.local.problems.find(path); problem != sides_.local.problems.end())
      return leaveOut(path, problem->second);
    folder(path);
  }

  const ExportFormats& formats_;
};

class Upload : PairPlanner {
 public:
  Upload(const PairSides& sides, const MaxBytes& maxBytes, TransferPlan& plan)
      : PairPlanner(sides, plan), maxBytes_(maxBytes) {}

  void folder(const std::string& path) {
    if (!sides_.remote.folders.contains(path)) makeFolder(path);
    const auto& there = childrenIn(sides_.remote.folders, path);

    std::map<std::string, std::vector<const LocalEntry*>> wanted;  // by name in the remote
    for (const auto& entry : childrenIn(sides_.local.folders, path)) {
      if (entry.problem.empty()) {
        wanted[remoteNameOf(entry)].push_back(&entry);
      } else {
        leaveOut(joinPath(path, entry.name), entry.problem);
      }
    }
    for (const auto& [name, entries] : wanted) {
      if (entries.size() > 1) {
        std::vector<std::string> clashing;
        for (const auto* each : entries) clashing.push_back(each->name);
        leaveOutAll(path, clashing, name);
        continue;
      }
      item(path, *entries.front(), name, find(there, name));
    }
  }

 private:
  static std::string remoteNameOf(const LocalEntry& entry) {
    return entry.name.substr(0, entry.name.size() - entry.form.extension.size());
  }

  void item(const std::string& folderPath, const LocalEntry& entry, const std::string& name, const Entry* there) {
    const auto path = joinPath(folderPath, entry.name);
    if (entry.type == os::FileType::Directory) {
      if (const auto problem = sides_.local.problems.find(path); problem != sides_.local.problems.end())
        return leaveOut(path, problem->second);
      if (there != nullptr && there->kind != EntryKind::Folder)
        return leaveOut(path, "There is something of this name that is no folder. Rename one of them.");
      if (const auto problem = sides_.remote.problems.find(path); problem != sides_.remote.problems.end())
        return leaveOut(path, problem->second);
      return folder(path);
    }
    if (there != nullptr) {
      const bool notebook = entry.form.kind == ObjectKind::Notebook;
      if (there->kind != (notebook ? EntryKind::Notebook : EntryKind::File))
        return leaveOut(path, std::string(notebook ? "It would become a notebook" : "It would become a file") +
                                  ", but there is something else of the name " + shown(name) + ". Rename one of them.");
    }
    if (const auto most = maxBytes_(entry.form); entry.stamp.size > most) {
      constexpr double kMiB = 1024.0 * 1024.0;
      return leaveOut(path, fmt::format("It has {:.1f} MiB, more than the {:.0f} MiB that may go there as a {}. Put it "
                                        "into a volume, or make it smaller.",
                                        static_cast<double>(entry.stamp.size) / kMiB, static_cast<double>(most) / kMiB,
                                        entry.form.kind == ObjectKind::Notebook ? "notebook" : "file"));
    }
    const auto remotePath = joinPath(folderPath, name);
    copy(remotePath, path, entry.form, {entry.stamp, there, knownOf(remotePath, path)});
  }

  const MaxBytes& maxBytes_;
};

}  // namespace

Verdict judge(Direction direction, const TwoSides& sides) {
  const bool down = direction == Direction::Down;
  if (down ? !sides.local.has_value() : sides.remote == nullptr) return Verdict::New;
  const auto& local = *sides.local;
  const auto& remote = *sides.remote;
  if (sides.known == nullptr) {
    const bool same = remote.size && *remote.size == local.size && remote.modifiedAt != 0 &&
                      remote.modifiedAt == local.mtime / kMillisecond;
    return same ? Verdict::Equal : Verdict::Conflict;
  }
  const bool localSame = sides.known->stamp == local;
  const bool remoteSame = !sides.known->version.empty() && sides.known->version == remote.version;
  if (sides.known->settled)
    return localSame && remoteSame && *sides.known->settled == direction ? Verdict::Settled : Verdict::Conflict;
  if (localSame && remoteSame) return Verdict::Equal;
  // Sent, and acknowledged, but the process ended before the version was asked for.
  if (!down && localSame && sides.known->version.empty() && remote.size.value_or(local.size) == local.size)
    return Verdict::Equal;
  return (down ? localSame : remoteSame) ? Verdict::Changed : Verdict::Conflict;
}

void planDownload(const PairSides& sides, const ExportFormats& formats, TransferPlan& plan) {
  Download(sides, formats, plan).folder("");
  // Who downloads a selection may go on with the rest later.
  if (!plan.pairs[sides.pair].names.empty()) return;
  for (const auto& part : sides.local.parts) plan.parts.push_back({sides.pair, part});
}

void planUpload(const PairSides& sides, const MaxBytes& maxBytes, TransferPlan& plan) {
  Upload(sides, maxBytes, plan).folder("");
  if (const auto count = sides.local.matchesNoFormat.size(); count > 0)
    plan.warnings.push_back(fmt::format(
        "{} look{} like a notebook but match{} no export format, so {} as a plain file: {}{}",
        count == 1 ? "One file" : std::to_string(count) + " files", count == 1 ? "s" : "", count == 1 ? "es" : "",
        count == 1 ? "it goes" : "each goes", shown(sides.local.matchesNoFormat.front()), count == 1 ? "." : ", …"));
}

void finishPlan(TransferPlan& plan) {
  std::ranges::stable_sort(plan.copies, {}, [](const CopyStep& step) {
    return std::tuple(step.why == CopyReason::Conflict, step.pair, step.remote);
  });
  std::ranges::sort(plan.leftOut, {}, &LeftOut::path);
  plan.bytes = 0;
  for (const auto& step : plan.copies) plan.bytes += step.size.value_or(0);
}

std::string TransferPlan::remotePath(const CopyStep& step) const {
  return joinPath(pairs[step.pair].remote, step.remote);
}

std::string TransferPlan::localPath(const CopyStep& step) const { return joinPath(pairs[step.pair].local, step.local); }

}  // namespace trowel::sync
