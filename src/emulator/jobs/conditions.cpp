// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/conditions.hpp"

#include <charconv>
#include <optional>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

std::optional<double> toNumber(std::string_view text) {
  text = core::trim(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Where the task does not run because of what failed or was cancelled before it.
Ending passedOn(const Upstream& upstream) {
  if (upstream.failed > 0) return Ending::UpstreamFailed;
  return upstream.canceled > 0 ? Ending::UpstreamCanceled : Ending::Excluded;
}

}  // namespace

void Upstream::add(Ending ending) {
  if (ending == Ending::Excluded)
    ++excluded;
  else if (isCanceled(ending))
    ++canceled;
  else if (isFailure(ending))
    ++failed;
  else
    ++succeeded;
}

Ending decideRunIf(std::string_view runIf, const Upstream& upstream) {
  int total = upstream.total();
  if (total == 0) return Ending::Success;
  if (upstream.excluded == total) return Ending::Excluded;
  int unhappy = upstream.failed + upstream.canceled;
  if (runIf == "ALL_DONE") return Ending::Success;
  if (runIf == "AT_LEAST_ONE_SUCCESS") return upstream.succeeded > 0 ? Ending::Success : passedOn(upstream);
  if (runIf == "NONE_FAILED") return unhappy == 0 ? Ending::Success : passedOn(upstream);
  if (runIf == "AT_LEAST_ONE_FAILED") return unhappy > 0 ? Ending::Success : Ending::Excluded;
  if (runIf == "ALL_FAILED") return unhappy == total ? Ending::Success : Ending::Excluded;
  return upstream.succeeded == total ? Ending::Success : passedOn(upstream);  // ALL_SUCCESS
}

std::expected<bool, std::string> evaluate(const Json& condition) {
  std::string left = core::stringAt(condition, "left");
  std::string right = core::stringAt(condition, "right");
  std::string op = core::stringAt(condition, "op");
  if (op == "EQUAL_TO") return left == right;
  if (op == "NOT_EQUAL") return left != right;
  auto a = toNumber(left);
  auto b = toNumber(right);
  if (!a || !b) return std::unexpected("The condition cannot be evaluated: '" + (a ? right : left) + "' is no number.");
  if (op == "GREATER_THAN") return *a > *b;
  if (op == "GREATER_THAN_OR_EQUAL") return *a >= *b;
  return op == "LESS_THAN" ? *a < *b : *a <= *b;
}

}  // namespace trowel::emulator
