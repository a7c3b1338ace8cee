// SPDX-License-Identifier: Apache-2.0
// DBFS 2.0: list, get-status, read, put, create and its blocks, mkdirs, move, delete.
#pragma once

#include "emulator/files/dbfs.hpp"
#include "emulator/server/router.hpp"

namespace trowel::emulator {

// `dbfs` outlives the router.
void addDbfsRoutes(Router& router, Dbfs& dbfs);

}  // namespace trowel::emulator
