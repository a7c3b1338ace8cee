// SPDX-License-Identifier: Apache-2.0
// What is said about transfers: before, while and after they run. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "trowel/sync/transfer.hpp"

namespace trowel::features {

// "1 file", "3 files".
std::string countOf(std::size_t count, const std::string& one);
// "812 bytes", "3.4 MiB".
std::string sizeText(std::uint64_t bytes);

// "Uploading"; the beginning of "Uploading 3 files did not work".
std::string doing(sync::Direction direction);

// Before it begins: one sentence that asks, and what else there is to know.
std::string planQuestion(const sync::TransferPlan& plan);
std::string planDetail(const sync::TransferPlan& plan);
// What a dry run shows: every step, one a line.
std::string planText(const sync::TransferPlan& plan);

// "12 of 40 files, 3.4 of 10.0 MiB".
std::string progressText(const sync::TransferProgress& progress);
int percentOf(const sync::TransferProgress& progress);

// What came of it. `failed`: some of it did not work, and to do it again may help.
struct TransferWords {
  std::string text;
  bool failed = false;
  bool warns = false;  // something was left out
};
TransferWords resultOf(const sync::TransferPlan& plan, const sync::TransferReport& report);

}  // namespace trowel::features
