// SPDX-License-Identifier: Apache-2.0
// What a browser finds that comes without knowing where to: the page that the service sends strangers to.
#pragma once

#include "emulator/server/router.hpp"

namespace trowel::emulator {

// Adds GET / and GET /login.html: HTML of status 200, as clients meet it that follow a redirect to the sign-in.
void addFrontPage(Router& router);

}  // namespace trowel::emulator
