// SPDX-License-Identifier: Apache-2.0
#include "emulator/server/faults.hpp"

namespace trowel::emulator {

namespace {

// `*` is any run of characters.
bool matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace

void Faults::add(Fault fault) {
  std::lock_guard lock(mutex_);
  faults_.push_back(std::move(fault));
}

void Faults::clear() {
  std::lock_guard lock(mutex_);
  faults_.clear();
  ++releases_;
  changed_.notify_all();
}

void Faults::release() {
  std::lock_guard lock(mutex_);
  ++releases_;
  changed_.notify_all();
}

bool Faults::awaitHeld(std::size_t count) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stopped_ || held_ >= count; });
  return !stopped_;
}

void Faults::stop() {
  std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

std::optional<Fault> Faults::take(const Request& request) {
  std::string subject = request.method + " " + request.path;
  std::lock_guard lock(mutex_);
  for (auto it = faults_.begin(); it != faults_.end(); ++it) {
    if (!matches(it->pattern, subject)) continue;
    if (it->skip > 0) {
      --it->skip;
      continue;
    }
    Fault fault = *it;
    if (it->times == 1) {
      faults_.erase(it);
    } else if (it->times > 1) {
      --it->times;
    }
    return fault;
  }
  return std::nullopt;
}

void Faults::hold() {
  std::unique_lock lock(mutex_);
  auto seen = releases_;
  ++held_;
  changed_.notify_all();
  changed_.wait(lock, [&] { return stopped_ || releases_ != seen; });
  --held_;
}

Response Faults::apply(const Request& request, const std::function<Response()>& handler) {
  auto fault = take(request);
  if (!fault) return handler();
  if (fault->hold) hold();

  Response response;
  if (fault->status == 0 && !fault->drop) {
    response = handler();
  } else {
    if (fault->afterHandler) handler();
    response.status = fault->status;
    response.body = fault->body;
    response.contentType = fault->contentType;
  }
  for (const auto& header : fault->headers) response.headers.push_back(header);
  if (fault->drop) response.delivery = Delivery::Dropped;
  if (fault->truncateAt) {
    response.delivery = Delivery::Truncated;
    response.truncateAt = *fault->truncateAt;
  }
  return response;
}

}  // namespace trowel::emulator
