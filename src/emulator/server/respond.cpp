// SPDX-License-Identifier: Apache-2.0
#include "emulator/server/respond.hpp"

#include <nlohmann/json.hpp>

namespace trowel::emulator {

Reply<Response> respond(const Reply<core::Json>& object) {
  if (!object) return std::unexpected(object.error());
  return jsonResponse(*object);
}

Reply<Response> respond(const Reply<void>& done) {
  if (!done) return std::unexpected(done.error());
  return emptyResponse();
}

}  // namespace trowel::emulator
