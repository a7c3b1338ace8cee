// SPDX-License-Identifier: Apache-2.0
// What is new goes without leave to overwrite; what replaces something is sent only where that is still what it was
// when both sides were known to be the same. Everything else is a conflict.
#include <algorithm>
#include <utility>

#include "sync/transfer/item_copier.hpp"
#include "sync/transfer/naming.hpp"
#include "sync/transfer/same_content.hpp"

namespace trowel::sync {

namespace {

constexpr unsigned kMaxNumber = 1000;

// A local file on its way, with its bytes counted.
class FileSource final : public ByteSource {
 public:
  FileSource(os::FileReader reader, Item& item, const ItemCopier::Count& count, const core::CancelToken& token)
      : reader_(std::move(reader)), item_(item), count_(count), token_(token) {}

  std::uint64_t size() const override { return reader_.stamp().size; }
  core::Result<std::size_t> read(std::span<char> into) override {
    if (token_.cancelled()) return std::unexpected(token_.error("The upload"));
    const auto got = TROWEL_TRY(reader_.read(into));
    sent_ += static_cast<std::int64_t>(got);
    count_(item_, static_cast<std::int64_t>(got));
    return got;
  }
  core::Result<void> rewind() override {
    count_(item_, -std::exchange(sent_, 0));
    return reader_.rewind();
  }

  const os::FileStamp& stamp() const { return reader_.stamp(); }

 private:
  os::FileReader reader_;
  Item& item_;
  const ItemCopier::Count& count_;
  const core::CancelToken& token_;
  std::int64_t sent_ = 0;
};

core::Error namedDifferently(const std::string& path) {
  return core::fail(core::ErrorCode::InvalidParams,
                    path +
                        " was changed since the upload was planned and would go there as something else now. Upload "
                        "it again.")
      .error();
}

}  // namespace

core::Result<ItemOutcome> ItemCopier::upload(Item& item, const core::CancelToken& token) const {
  const auto& step = item.step;
  const auto path = splitPath(step.local).first;
  const auto folder = TROWEL_TRY(roots_[step.pair].child(path));
  if (step.why == CopyReason::Conflict) return settleUpload(item, folder, token);
  bool overwrite = false;
  if (step.why == CopyReason::Changed) {
    auto there = remote_.stat(plan_.remotePath(step), token);
    if (!there && there.error().code != core::ErrorCode::NotFound) return std::unexpected(std::move(there).error());
    if (there && there->version != step.version) return ItemOutcome{.state = ItemOutcome::State::Conflicting};
    overwrite = there.has_value();
  }
  auto sent = TROWEL_TRY(send(item, folder, plan_.remotePath(step), overwrite, token));
  return sent;
}

core::Result<ItemOutcome> ItemCopier::send(Item& item, const os::Directory& folder, const std::string& remotePath,
                                           bool overwrite, const core::CancelToken& token) const {
  const auto& step = item.step;
  const auto name = splitPath(step.local).second;
  auto reader = TROWEL_TRY(os::FileReader::open(folder, name));
  TROWEL_TRY(checkStillFits(step, reader, folder, name));
  FileSource source(std::move(reader), item, count_, token);
  item.inDoubt = true;  // until the answer is here
  auto done = remote_.put(remotePath, step.form, source, overwrite, token);
  if (!done && done.error().code == core::ErrorCode::NotFound) {
    // Somebody removed the folder, or it could not be made before.
    TROWEL_TRY(remote_.ensureFolder(splitPath(remotePath).first, token));
    TROWEL_TRY(source.rewind());
    done = remote_.put(remotePath, step.form, source, overwrite, token);
  }
  if (!done && !overwrite && done.error().code == core::ErrorCode::AlreadyExists)
    return ItemOutcome{.state = ItemOutcome::State::Conflicting};
  TROWEL_TRY(std::move(done));
  return ItemOutcome{
      .state = ItemOutcome::State::Copied, .error = {}, .known = KnownPair{source.stamp(), {}}, .folder = {}};
}

core::Result<ItemOutcome> ItemCopier::settleUpload(Item& item, const os::Directory& folder,
                                                   const core::CancelToken& token) const {
  auto& step = item.step;
  const auto path = plan_.remotePath(step);
  while (true) {
    auto there = remote_.stat(path, token);
    if (!there && there.error().code == core::ErrorCode::NotFound) return send(item, folder, path, false, token);
    if (!there) return std::unexpected(std::move(there).error());
    const bool notebook = step.form.kind == ObjectKind::Notebook;
    if (there->kind != (notebook ? EntryKind::Notebook : EntryKind::File))
      return core::fail(core::ErrorCode::AlreadyExists,
                        shown(path) + " is something else there by now, so it was not replaced. Rename one of them.");

    auto choice = questions_.policy();
    if (choice == OnConflict::KeepMine) return send(item, folder, path, true, token);
    if (choice == OnConflict::TakeTheirs && !item.inDoubt) return ItemOutcome{.state = ItemOutcome::State::Kept};
    const auto info = TROWEL_TRY(folder.info(splitPath(step.local).second));
    if (TROWEL_TRY(sameContent(remote_, path, step.form, folder, splitPath(step.local).second, token)))
      return ItemOutcome{.state = ItemOutcome::State::Equal,
                         .error = {},
                         .known = KnownPair{info.stamp, there->version},
                         .folder = {}};
    if (choice == OnConflict::Ask) {
      choice = TROWEL_TRY(questions_.ask(step, token));
      // Changed while the user thought about it.
      auto now = remote_.stat(path, token);
      if (now && now->version != there->version) continue;
    }
    const KnownPair settled{info.stamp, there->version, Direction::Up};
    if (choice == OnConflict::TakeTheirs)
      return ItemOutcome{.state = ItemOutcome::State::Kept, .error = {}, .known = settled, .folder = {}};
    if (choice == OnConflict::KeepBoth) {
      auto sent = TROWEL_TRY(sendBeside(item, folder, token));
      sent.known = settled;
      return sent;
    }
    return send(item, folder, path, true, token);
  }
}

core::Result<ItemOutcome> ItemCopier::sendBeside(Item& item, const os::Directory& folder,
                                                 const core::CancelToken& token) const {
  const auto path = plan_.remotePath(item.step);
  const auto [parent, name] = splitPath(path);
  const auto extension = item.step.form.kind == ObjectKind::Notebook ? std::string() : std::string(extensionOf(name));
  for (auto number = freeNumber(item.step, extension, 2); number <= kMaxNumber;
       number = freeNumber(item.step, extension, number + 1)) {
    auto sent = TROWEL_TRY(send(item, folder, parent + "/" + numbered(name, extension, number), false, token));
    if (sent.state == ItemOutcome::State::Conflicting) continue;
    return sent;
  }
  return core::fail(core::ErrorCode::Unsupported, "There are too many copies of " + shown(path) + " already.");
}

// The plan was made from another version of the file: that it goes by the same name, as the same kind.
core::Result<void> ItemCopier::checkStillFits(const CopyStep& step, const os::FileReader& reader,
                                              const os::Directory& folder, const std::string& name) const {
  if (step.stamp && reader.stamp() == *step.stamp) return {};
  if (reader.stamp().size > remote_.maxBytes(step.form))
    return std::unexpected(namedDifferently(plan_.localPath(step)));
  const auto form = uploadForm(name, splitPath(plan_.remotePath(step)).first, plan_.formats,
                               [&](std::size_t count) -> core::Result<std::string> {
                                 auto content = TROWEL_TRY(folder.read(name, reader.stamp().size));
                                 content.bytes.resize(std::min(content.bytes.size(), count));
                                 return std::move(content.bytes);
                               });
  if (!form || form->form != step.form) return std::unexpected(namedDifferently(plan_.localPath(step)));
  return {};
}

}  // namespace trowel::sync
