// SPDX-License-Identifier: Apache-2.0
// Who was granted which privileges on which object of Unity Catalog.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/state/documents.hpp"

namespace trowel::emulator {

// An object by the type that holds its grants ("TABLE") and its full name in lower case.
using Securable = std::pair<std::string, std::string>;

// Any thread.
class Grants {
 public:
  explicit Grants(StateFile* state) : documents_(state, "uc.grants") {}

  // {"privilege_assignments":[{"principal","privileges"}]}, or {} where there are none.
  core::Json direct(const Securable& object) const;
  // The object's own and those of the objects above it, which come after it in `chain`; each privilege says where it
  // comes from.
  core::Json effective(const std::vector<Securable>& chain) const;
  // Whether one of `principals` has one of `privileges` on one of `chain`.
  bool any(const std::vector<Securable>& chain, const std::vector<std::string>& principals,
           std::initializer_list<std::string_view> privileges) const;
  // `changes` as PATCH takes them: [{"principal","add":[],"remove":[]}]. Answers as direct().
  Reply<core::Json> change(const Securable& object, const core::Json& changes);

  // Moves what hangs on `from` or on anything beneath it, and removes it where `to` is empty. Of all types where `type`
  // is empty.
  void move(const std::string& type, const std::string& from, const std::string& to);

 private:
  Documents documents_;  // {principal: [privileges]} by "TYPE/name"
};

}  // namespace trowel::emulator
