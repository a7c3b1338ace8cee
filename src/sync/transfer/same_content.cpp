// SPDX-License-Identifier: Apache-2.0
#include "sync/transfer/same_content.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "sync/transfer/naming.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/file_reader.hpp"

namespace trowel::sync {

core::Result<bool> sameContent(RemoteTree& remote, const std::string& remotePath, Form form,
                               const os::Directory& folder, const std::string& name, const core::CancelToken& token) {
  constexpr std::size_t kStep = std::size_t{64} << 10;
  auto reader = TROWEL_TRY(os::FileReader::open(folder, name));
  std::array<char, kStep> own{};
  std::uint64_t same = 0;
  bool differs = false;
  auto compare = [&](std::string_view theirs) -> core::Result<void> {
    while (!theirs.empty() && !differs) {
      const auto got = TROWEL_TRY(reader.read(std::span(own).first(std::min(kStep, theirs.size()))));
      differs = got == 0 || std::string_view(own.data(), got) != theirs.substr(0, got);
      theirs.remove_prefix(got);
      same += got;
    }
    // Ends the reading.
    if (differs) return core::fail(core::ErrorCode::Cancelled, "The contents differ.");
    return {};
  };
  if (form.kind == ObjectKind::Notebook && form.format == Format::Auto)
    form.format = core::equalsIgnoreCase(extensionOf(form.extension.empty() ? name : "x" + form.extension), ".ipynb")
                      ? Format::Jupyter
                      : Format::Source;
  auto done = remote.read(remotePath, form, 0, compare, token);
  if (differs) return false;
  TROWEL_TRY(std::move(done));
  return same == reader.stamp().size;
}

}  // namespace trowel::sync
