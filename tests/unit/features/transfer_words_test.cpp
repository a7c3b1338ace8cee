// SPDX-License-Identifier: Apache-2.0
#include "features/transfers/transfer_words.hpp"

#include "support/catch.hpp"

using namespace trowel;
using namespace trowel::features;
using namespace trowel::sync;

namespace {

TransferPlan planOf(std::size_t files) {
  TransferPlan plan;
  plan.pairs = {{.remote = "/Users/me", .local = "/home/me/sync"}};
  for (std::size_t i = 0; i < files; ++i) {
    const auto name = std::string(1, static_cast<char>('a' + i));
    plan.copies.push_back({.pair = 0, .remote = name, .local = name + ".py"});
  }
  return plan;
}

core::Error errorOf(const std::string& message) {
  return core::fail(core::ErrorCode::PermissionDenied, message).error();
}

}  // namespace

TEST_CASE("a question before a transfer names counts and place") {
  auto plan = planOf(3);
  plan.bytes = 3'500'000;
  plan.copies[1].why = CopyReason::Conflict;
  plan.equal = 1;
  plan.leftOut = {{"/Users/me/board", "An object of the type DASHBOARD cannot be downloaded as a file."}};
  CHECK(planQuestion(plan) == "Download 3 files (3.3 MiB) to /home/me/sync?");
  CHECK(planDetail(plan) ==
        "1 of them is in both places; where the contents differ, Trowel asks which one to keep. 1 file is the same on "
        "both "
        "sides already. 1 is left out: /Users/me/board (An object of the type DASHBOARD cannot be downloaded as a "
        "file.)");
  plan.direction = Direction::Up;
  plan.bytes = 0;
  plan.copies.resize(1);
  CHECK(planQuestion(plan) == "Upload 1 file to /Users/me?");
}

TEST_CASE("a dry run shows every step") {
  auto plan = planOf(2);
  plan.copies[0].size = 12;
  plan.copies[1].why = CopyReason::Conflict;
  plan.folders = {{0, "deep"}};
  plan.warnings = {"Mind the gap."};
  CHECK(planText(plan) ==
        "Download 2 files to /home/me/sync:\n\n"
        "make folder  /home/me/sync/deep\n"
        "new              /Users/me/a -> /home/me/sync/a.py  (12 bytes)\n"
        "compare and ask  /Users/me/b -> /home/me/sync/b.py\n"
        "\nMind the gap.\n"
        "\n0 files are the same on both sides already. Nothing has been changed.\n");
}

TEST_CASE("a result tells what was copied, what was the same and what was kept") {
  auto plan = planOf(4);
  plan.equal = 2;
  TransferReport report;
  report.copied = 2;
  report.equal = 1;
  report.kept = 1;
  const auto words = resultOf(plan, report);
  CHECK(words.text == "2 files downloaded to /home/me/sync. 3 were the same already. 1 was kept as it was.");
  CHECK_FALSE(words.failed);
  CHECK_FALSE(words.warns);
}

TEST_CASE("a result that failed names what failed, and why") {
  auto plan = planOf(5);
  plan.direction = Direction::Up;
  TransferReport report;
  report.copied = 1;
  for (std::size_t i = 1; i < 5; ++i) report.failures.push_back({.copy = i, .error = errorOf("No.")});
  const auto words = resultOf(plan, report);
  CHECK(words.failed);
  CHECK(words.text ==
        "1 of 5 files were uploaded. /home/me/sync/b.py: No. /home/me/sync/c.py: No. /home/me/sync/d.py: No. And 1 "
        "more.");
}

TEST_CASE("a transfer that had nothing to do says so") {
  auto plan = planOf(0);
  CHECK(resultOf(plan, {}).text == "There was nothing to do.");
  plan.equal = 12;
  CHECK(resultOf(plan, {}).text == "There was nothing to do: 12 files are the same on both sides.");
  plan.equal = 0;
  plan.leftOut = {{"/a", "It is a board."}};
  const auto words = resultOf(plan, {});
  CHECK(words.text == "1 is left out: /a (It is a board.)");
  CHECK(words.warns);
}

TEST_CASE("progress is told in files and bytes") {
  TransferProgress progress{.items = 1, .itemsTotal = 4};
  CHECK(progressText(progress) == "1 of 4 files");
  CHECK(percentOf(progress) == 25);
  progress.bytes = 512;
  progress.bytesTotal = 2048;
  CHECK(progressText(progress) == "1 of 4 files, 512 bytes of 2.0 KiB");
  CHECK(percentOf(progress) == 25);
  CHECK(percentOf({}) == 0);
}
