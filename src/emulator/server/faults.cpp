// SPDX-License-Identifier: Apache-2.0
#include "emulator/server/faults.hpp"

#include "trowel/core/text.hpp"

namespace trowel::emulator {

namespace {

// Of switches; spent ones make room, so that a test that adds for hours does not fill the memory.
constexpr std::size_t kMaxSwitches = 1000;

}  // namespace

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

bool Faults::Switch::strikes() {
  if (spent()) return false;
  if (skipsLeft > 0) {
    --skipsLeft;
    return false;
  }
  // Drawn by hand: the library's distributions differ from one to the next, a seed shall not.
  if (fault.probability < 1 && static_cast<double>(dice() >> 11) * 0x1p-53 >= fault.probability) return false;
  ++hits;
  return true;
}

std::uint64_t Faults::add(Fault fault) {
  std::lock_guard lock(mutex_);
  if (switches_.size() >= kMaxSwitches) switches_.remove_if([](const Switch& each) { return each.spent(); });
  int skip = fault.skip;
  std::mt19937_64 dice(fault.seed);
  switches_.push_back({.number = ++numbers_, .fault = std::move(fault), .skipsLeft = skip, .dice = dice});
  return numbers_;
}

bool Faults::remove(std::uint64_t number) {
  std::lock_guard lock(mutex_);
  return switches_.remove_if([&](const Switch& each) { return each.number == number; }) > 0;
}

void Faults::clear() {
  std::lock_guard lock(mutex_);
  switches_.clear();
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

std::vector<Faults::Entry> Faults::all() const {
  std::lock_guard lock(mutex_);
  std::vector<Entry> entries;
  for (const auto& each : switches_) entries.push_back({each.number, each.fault, each.hits});
  return entries;
}

std::optional<Faults::Strike> Faults::take(std::string_view subject, std::string_view event) {
  std::lock_guard lock(mutex_);
  for (auto& each : switches_) {
    // A pattern that is all stars is about requests; an event is called by its name.
    if (!event.empty() && !each.fault.pattern.starts_with(event)) continue;
    if (matches(each.fault.pattern, subject) && each.strikes()) return Strike{each.fault, releases_};
  }
  return std::nullopt;
}

bool Faults::happens(std::string_view event, std::string_view subject) {
  return take(std::string(event) + " " + std::string(subject), event).has_value();
}

// A release between the strike and the wait counts too: who releases cannot know how far a request has come.
void Faults::wait(const Strike& strike) {
  const Fault& fault = strike.fault;
  std::unique_lock lock(mutex_);
  auto seen = strike.releases;
  auto go = [&] { return stopped_ || releases_ != seen; };
  if (fault.hold) {
    ++held_;
    changed_.notify_all();
    changed_.wait(lock, go);
    --held_;
    seen = releases_;
  }
  if (fault.delay.count() > 0) clock_.waitUntil(lock, changed_, clock_.now() + fault.delay, go);
}

Response Faults::apply(const Request& request, std::string_view requestId, const std::function<Response()>& handler) {
  auto strike = take(request.method + " " + request.path, {});
  if (!strike) return handler();
  wait(*strike);
  Fault* fault = &strike->fault;

  Response response;
  bool replaced = fault->status != 0 || fault->drop;
  if (!replaced || fault->afterHandler) response = handler();
  if (replaced) {
    response = {};
    response.status = fault->status;
    response.body = core::replaceAll(std::move(fault->body), "{request_id}", requestId);
    response.contentType = fault->contentType;
  }
  for (const auto& header : fault->headers) response.headers.push_back(header);
  bool broken = fault->drop || fault->truncateAt || fault->lengthOff > 0;
  response.delivery = {.nothing = fault->drop,
                       .bodyBytes = fault->truncateAt,
                       .lengthOff = fault->lengthOff,
                       .bytesPerSecond = fault->bytesPerSecond,
                       .end = fault->end};
  if (broken && !fault->end) response.delivery.end = FaultEnd::Close;
  return response;
}

}  // namespace trowel::emulator
