// SPDX-License-Identifier: Apache-2.0
// Settings with the scope that each value comes from, as the editor tells them apart. Pure.
#pragma once

#include <string>
#include <vector>

#include "trowel/connection/offer.hpp"

namespace trowel::connection {

struct ScopedValue {
  SettingScope scope = SettingScope::User;
  const core::Json* value = nullptr;
};

class ScopedSettings {
 public:
  // As SourceInputs::settings, which outlives this.
  explicit ScopedSettings(const core::Json& byName) : byName_(byName) {}

  // What somebody has set, the broadest scope first. The defaults of extensions do not count.
  std::vector<ScopedValue> values(const std::string& name) const;
  // Of the narrowest scope that sets it; empty where nobody does.
  std::string text(const std::string& name) const;

 private:
  const core::Json& byName_;
};

}  // namespace trowel::connection
