// SPDX-License-Identifier: Apache-2.0
// Who a call comes from.
#pragma once

#include <string>
#include <vector>

namespace trowel::emulator {

struct User {
  std::string id;    // SCIM id
  std::string name;  // userName; the application id of a service principal
  std::string displayName = {};
  bool admin = false;
  bool servicePrincipal = false;
  std::vector<std::string> groups = {};  // names of all that it is in, through other groups as well
  bool active = true;
};

}  // namespace trowel::emulator
