// SPDX-License-Identifier: Apache-2.0
// What comes goes to a part beside the target and takes its place when it is complete, if the target is still what the
// plan was made from. The part's name stands for one version of the object: a part that is there is a beginning of it.
#include <utility>

#include "sync/transfer/item_copier.hpp"
#include "sync/transfer/naming.hpp"
#include "sync/transfer/setbacks.hpp"

namespace trowel::sync {

namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr unsigned kMaxNumber = 1000;

core::Result<std::optional<os::FileStamp>> stampOf(const os::Directory& folder, const std::string& name) {
  auto info = folder.info(name);
  if (!info && info.error().code == core::ErrorCode::NotFound) return std::optional<os::FileStamp>();
  if (!info) return std::unexpected(std::move(info).error());
  if (info->type != os::FileType::Regular)
    return core::fail(core::ErrorCode::AlreadyExists,
                      folder.path() + "/" + name + " is no file by now, so nothing was put in its place.");
  return std::optional(info->stamp);
}

core::Error changed(const std::string& path) {
  return core::fail(core::ErrorCode::Conflict, path + " was changed while it was downloaded.").error();
}

bool canContinue(const CopyStep& step) { return step.form.kind == ObjectKind::File && !step.version.empty(); }

}  // namespace

core::Result<ItemOutcome> ItemCopier::download(Item& item, const core::CancelToken& token) const {
  auto& step = item.step;
  const bool conflict = step.why == CopyReason::Conflict;
  if (conflict && questions_.policy() == OnConflict::KeepMine) return ItemOutcome{.state = ItemOutcome::State::Kept};
  if (item.attempt > 1) {
    const auto entry = TROWEL_TRY(remote_.stat(plan_.remotePath(step), token));
    step.version = entry.version;
    step.size = entry.size;
    step.modifiedAt = entry.modifiedAt;
  }

  const auto [folderPath, name] = splitPath(step.local);
  auto folder = std::make_shared<const os::Directory>(TROWEL_TRY(roots_[step.pair].makeChild(folderPath)));
  auto part = TROWEL_TRY(os::PartFile::open(*folder, partNameOf(step)));
  if (auto done = fetch(item, part, token); !done) {
    const bool useful =
        part.size() > 0 && canContinue(step) && done.error().code != core::ErrorCode::Conflict &&
        (token.cancelled() || isTransient(done.error().code) || done.error().code == core::ErrorCode::Halted);
    if (!useful) part.discard();
    return std::unexpected(std::move(done).error());
  }

  if (conflict) {
    auto outcome = TROWEL_TRY(settleDownload(item, part, *folder, name, token));
    outcome.folder = std::move(folder);
    return outcome;
  }
  auto placed = part.place(name, step.stamp, step.modifiedAt * kMillisecond);
  if (!placed && placed.error().code == core::ErrorCode::AlreadyExists)
    return ItemOutcome{.state = ItemOutcome::State::Conflicting};
  if (!placed) return std::unexpected(std::move(placed).error());
  return ItemOutcome{.state = ItemOutcome::State::Copied,
                     .error = {},
                     .known = KnownPair{*placed, step.version},
                     .folder = std::move(folder)};
}

// Until the part is complete.
core::Result<void> ItemCopier::fetch(Item& item, os::PartFile& part, const core::CancelToken& token) const {
  const auto& step = item.step;
  const auto path = plan_.remotePath(step);
  if (!canContinue(step) || (step.size && part.size() > *step.size)) TROWEL_TRY(part.restart());
  const auto had = part.size();
  if (had > 0) count_(item, static_cast<std::int64_t>(had));
  if (!step.size || had < *step.size || had == 0) {
    auto take = [&](std::string_view bytes) -> core::Result<void> {
      if (token.cancelled()) return std::unexpected(token.error("The download"));
      TROWEL_TRY(part.append(bytes));
      count_(item, static_cast<std::int64_t>(bytes.size()));
      return {};
    };
    auto done = remote_.read(path, step.form, had, take, token);
    if (!done && had > 0 && done.error().code == core::ErrorCode::Unsupported) {
      TROWEL_TRY(part.restart());
      count_(item, -static_cast<std::int64_t>(had));
      done = remote_.read(path, step.form, 0, take, token);
    }
    TROWEL_TRY(std::move(done));
  }
  if (step.size && part.size() != *step.size) return std::unexpected(changed(path));
  // Two halves of two versions would fit together perfectly.
  if (had > 0 && TROWEL_TRY(remote_.stat(path, token)).version != step.version) return std::unexpected(changed(path));
  return {};
}

core::Result<ItemOutcome> ItemCopier::settleDownload(const Item& item, os::PartFile& part, const os::Directory& folder,
                                                     const std::string& name, const core::CancelToken& token) const {
  const auto& step = item.step;
  const auto here = TROWEL_TRY(stampOf(folder, name));
  if (here && TROWEL_TRY(part.equals(name, token))) {
    part.discard();
    return ItemOutcome{
        .state = ItemOutcome::State::Equal, .error = {}, .known = KnownPair{*here, step.version}, .folder = {}};
  }
  auto choice = questions_.policy();
  if (here && choice == OnConflict::Ask) choice = TROWEL_TRY(questions_.ask(step, token));
  const auto settled = here ? std::optional(KnownPair{*here, step.version, Direction::Down}) : std::nullopt;
  if (here && choice == OnConflict::KeepMine) {
    part.discard();
    return ItemOutcome{.state = ItemOutcome::State::Kept, .error = {}, .known = settled, .folder = {}};
  }
  if (here && choice == OnConflict::KeepBoth) {
    TROWEL_TRY(placeBeside(step, part, name));
    return ItemOutcome{.state = ItemOutcome::State::Copied, .error = {}, .known = settled, .folder = {}};
  }
  auto placed = part.place(name, here, step.modifiedAt * kMillisecond);
  // Changed while the user thought about it.
  if (!placed && placed.error().code == core::ErrorCode::AlreadyExists)
    return ItemOutcome{.state = ItemOutcome::State::Conflicting};
  if (!placed) return std::unexpected(std::move(placed).error());
  return ItemOutcome{
      .state = ItemOutcome::State::Copied, .error = {}, .known = KnownPair{*placed, step.version}, .folder = {}};
}

core::Result<void> ItemCopier::placeBeside(const CopyStep& step, os::PartFile& part, const std::string& name) const {
  const auto extension = step.form.extension.empty() ? std::string(extensionOf(name)) : step.form.extension;
  for (auto number = freeNumber(step, extension, 2); number <= kMaxNumber;
       number = freeNumber(step, extension, number + 1)) {
    auto placed = part.place(numbered(name, extension, number), std::nullopt, step.modifiedAt * kMillisecond);
    if (placed) return {};
    if (placed.error().code != core::ErrorCode::AlreadyExists) return std::unexpected(std::move(placed).error());
  }
  return core::fail(core::ErrorCode::Unsupported, "There are too many copies of " + shown(name) + " already.");
}

}  // namespace trowel::sync
