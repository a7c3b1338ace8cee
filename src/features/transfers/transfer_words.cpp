// SPDX-License-Identifier: Apache-2.0
#include "transfer_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace trowel::features {

namespace {

using sync::CopyReason;
using sync::Direction;
using sync::TransferPlan;
using sync::TransferReport;

constexpr std::size_t kMaxReasons = 3;  // in one message
constexpr double kStep = 1024.0;

std::string targetOf(const TransferPlan& plan) {
  if (plan.pairs.empty()) return {};
  const auto& pair = plan.pairs.front();
  return plan.direction == Direction::Down ? pair.local : pair.remote;
}

std::size_t conflictsIn(const TransferPlan& plan) {
  return static_cast<std::size_t>(std::ranges::count(plan.copies, CopyReason::Conflict, &sync::CopyStep::why));
}

std::string_view done(Direction direction) { return direction == Direction::Down ? "downloaded" : "uploaded"; }

void add(std::string& text, const std::string& sentence) {
  if (sentence.empty()) return;
  if (!text.empty()) text += " ";
  text += sentence;
}

// " a.py: why. b.py: why. And 3 more."
template <typename Each, typename Show>
std::string reasons(const std::vector<Each>& all, const Show& show) {
  std::string text;
  for (std::size_t i = 0; i < std::min(all.size(), kMaxReasons); ++i) add(text, show(all[i]));
  if (all.size() > kMaxReasons) add(text, fmt::format("And {} more.", all.size() - kMaxReasons));
  return text;
}

std::string leftOutText(const std::vector<sync::LeftOut>& leftOut) {
  if (leftOut.empty()) return {};
  return fmt::format("{} left out: {}", leftOut.size() == 1 ? "1 is" : fmt::format("{} are", leftOut.size()),
                     reasons(leftOut, [](const sync::LeftOut& each) { return each.path + " (" + each.why + ")"; }));
}

std::string source(const TransferPlan& plan, const sync::CopyStep& step) {
  return plan.direction == Direction::Down ? plan.remotePath(step) : plan.localPath(step);
}

}  // namespace

std::string countOf(std::size_t count, const std::string& one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

std::string sizeText(std::uint64_t bytes) {
  constexpr std::array<const char*, 4> kUnits{"KiB", "MiB", "GiB", "TiB"};
  if (bytes < static_cast<std::uint64_t>(kStep)) return countOf(bytes, "byte");
  double value = static_cast<double>(bytes) / kStep;
  std::size_t unit = 0;
  for (; value >= kStep && unit + 1 < kUnits.size(); ++unit) value /= kStep;
  return fmt::format("{:.1f} {}", value, kUnits.at(unit));
}

std::string doing(Direction direction) { return direction == Direction::Down ? "Downloading" : "Uploading"; }

std::string planQuestion(const TransferPlan& plan) {
  const auto verb = plan.direction == Direction::Down ? "Download" : "Upload";
  const auto size = plan.bytes > 0 ? " (" + sizeText(plan.bytes) + ")" : "";
  return fmt::format("{} {}{} to {}?", verb, countOf(plan.copies.size(), "file"), size, targetOf(plan));
}

std::string planDetail(const TransferPlan& plan) {
  std::string text;
  if (const auto conflicts = conflictsIn(plan); conflicts > 0)
    add(text, fmt::format("{} in both places; where the contents differ, Trowel asks which one to keep.",
                          conflicts == 1 ? "1 of them is" : fmt::format("{} of them are", conflicts)));
  if (plan.equal > 0)
    add(text, fmt::format("{} the same on both sides already.",
                          plan.equal == 1 ? "1 file is" : fmt::format("{} files are", plan.equal)));
  add(text, leftOutText(plan.leftOut));
  for (const auto& warning : plan.warnings) add(text, warning);
  return text;
}

std::string planText(const TransferPlan& plan) {
  std::string text = planQuestion(plan);
  text.back() = ':';
  text += "\n\n";
  const bool down = plan.direction == Direction::Down;
  for (const auto& folder : plan.folders) {
    const auto& pair = plan.pairs[folder.pair];
    const auto& root = down ? pair.local : pair.remote;
    text += fmt::format("make folder  {}{}\n", root, folder.path.empty() ? "" : "/" + folder.path);
  }
  for (const auto& step : plan.copies) {
    const auto what = step.why == CopyReason::New       ? "new"
                      : step.why == CopyReason::Changed ? "replace"
                                                        : "compare and ask";
    text += fmt::format("{:<16} {} -> {}{}\n", what, source(plan, step),
                        down ? plan.localPath(step) : plan.remotePath(step),
                        step.size ? "  (" + sizeText(*step.size) + ")" : "");
  }
  for (const auto& each : plan.leftOut) text += fmt::format("{:<16} {}  ({})\n", "leave out", each.path, each.why);
  for (const auto& warning : plan.warnings) text += "\n" + warning + "\n";
  text += fmt::format("\n{} the same on both sides already. Nothing has been changed.\n",
                      plan.equal == 1 ? "1 file is" : fmt::format("{} files are", plan.equal));
  return text;
}

std::string progressText(const sync::TransferProgress& progress) {
  auto text = fmt::format("{} of {}", progress.items, countOf(progress.itemsTotal, "file"));
  if (progress.bytesTotal > 0)
    text += fmt::format(", {} of {}", sizeText(progress.bytes), sizeText(progress.bytesTotal));
  return text;
}

int percentOf(const sync::TransferProgress& progress) {
  constexpr std::uint64_t kAll = 100;
  if (progress.bytesTotal > 0)
    return static_cast<int>(std::min(progress.bytes, progress.bytesTotal) * kAll / progress.bytesTotal);
  return progress.itemsTotal == 0 ? 0 : static_cast<int>(progress.items * kAll / progress.itemsTotal);
}

TransferWords resultOf(const TransferPlan& plan, const TransferReport& report) {
  TransferWords words;
  const auto verb = done(plan.direction);
  auto& text = words.text;
  words.failed = report.stopped || !report.failures.empty() || !report.folders.empty();
  if (words.failed) {
    text = fmt::format("{} of {} {}.", report.copied + report.equal + report.kept, countOf(plan.copies.size(), "file"),
                       plan.copies.size() == 1 ? "was " + std::string(verb) : "were " + std::string(verb));
    if (report.stopped) add(text, report.stopped->message);
    add(text, reasons(report.failures, [&](const sync::ItemFailure& each) {
          return source(plan, plan.copies[each.copy]) + ": " + each.error.message;
        }));
    add(text, reasons(report.folders, [](const sync::LeftOut& each) { return each.path + ": " + each.why; }));
  } else if (plan.copies.empty() && plan.folders.empty()) {
    if (plan.equal > 0)
      text = fmt::format("There was nothing to do: {} the same on both sides.",
                         plan.equal == 1 ? "1 file is" : fmt::format("{} files are", plan.equal));
    else if (plan.leftOut.empty())
      text = "There was nothing to do.";
  } else {
    text = fmt::format("{} {} to {}.", countOf(report.copied, "file"), verb, targetOf(plan));
    if (const auto same = report.equal + plan.equal; same > 0)
      add(text, fmt::format("{} the same already.", same == 1 ? "1 was" : fmt::format("{} were", same)));
    if (report.kept > 0)
      add(text, fmt::format("{} kept as {}.", report.kept == 1 ? "1 was" : fmt::format("{} were", report.kept),
                            report.kept == 1 ? "it was" : "they were"));
  }
  words.warns = !plan.leftOut.empty() || !plan.warnings.empty() || !report.trouble.empty();
  add(text, leftOutText(plan.leftOut));
  for (const auto& warning : plan.warnings) add(text, warning);
  add(text, report.trouble);
  return words;
}

}  // namespace trowel::features
