// SPDX-License-Identifier: Apache-2.0
// yaml-cpp throws from everywhere; all of it is caught here. Its own events are used, not its nodes: they tell quoted
// scalars from plain ones ('5' is a text, 5 a number) and let an alias be refused before anything is made of it.
#include "yaml_text.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "trowel/core/text.hpp"

namespace trowel::features {

namespace {

using core::Json;

constexpr std::size_t kMostBytes = 1024UL * 1024;
constexpr std::size_t kDeepest = 100;  // containers in one another

struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

[[noreturn]] void refuse(const YAML::Mark& mark, std::string_view what) {
  throw Refused(fmt::format("Line {}: {}", mark.line + 1, what));
}

// ---- scalars, by the core schema

std::optional<Json> numberOf(const std::string& text) {
  const char* begin = text.data();
  const char* end = begin + text.size();
  const char* digits = begin != end && *begin == '+' ? begin + 1 : begin;
  std::int64_t whole = 0;
  if (auto [stop, error] = std::from_chars(digits, end, whole); error == std::errc() && stop == end) return Json(whole);
  std::uint64_t large = 0;
  if (auto [stop, error] = std::from_chars(digits, end, large); error == std::errc() && stop == end) return Json(large);
  if (text.find_first_not_of("0123456789+-.eE") != std::string::npos) return std::nullopt;
  if (text.find_first_of("0123456789") == std::string::npos) return std::nullopt;
  double real = 0;
  if (auto [stop, error] = std::from_chars(digits, end, real); error == std::errc() && stop == end) return Json(real);
  return std::nullopt;
}

Json plainScalar(const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return nullptr;
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  if (auto number = numberOf(text)) return *std::move(number);
  return text;
}

// ---- reading

class Builder final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { take(mark, nullptr, std::nullopt); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "Aliases (*name) are not supported here. Write the value out.");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& value) override {
    // A plain scalar has the tag "?", a quoted one "!".
    const bool plain = tag == "?" || tag.empty();
    if (plain && value == "<<" && wantsKey())
      refuse(mark, "Merge keys (<<) are not supported here. Write the fields out.");
    take(mark, plain ? plainScalar(value) : Json(value), value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    push(mark, Json::array());
  }
  void OnSequenceEnd() override { pop(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    push(mark, Json::object());
  }
  void OnMapEnd() override { pop(); }

  Json result() { return std::move(root_); }

 private:
  struct Open {
    Json value;
    std::optional<std::string> key;  // whose value comes next
  };

  bool wantsKey() const { return !open_.empty() && open_.back().value.is_object() && !open_.back().key; }

  void push(const YAML::Mark& mark, Json empty) {
    if (open_.size() >= kDeepest) refuse(mark, "This is nested too deep.");
    if (wantsKey()) refuse(mark, "A key must be a text.");
    open_.push_back({std::move(empty), std::nullopt});
  }

  void pop() {
    auto value = std::move(open_.back().value);
    open_.pop_back();
    put(std::move(value));
  }

  void take(const YAML::Mark& mark, Json value, std::optional<std::string> text) {
    if (wantsKey()) {
      if (!text) refuse(mark, "A key must be a text.");
      if (open_.back().value.contains(*text)) refuse(mark, "The key '" + *text + "' is there twice.");
      open_.back().key = *std::move(text);
      return;
    }
    put(std::move(value));
  }

  void put(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return;
    }
    auto& parent = open_.back();
    if (parent.value.is_array()) {
      parent.value.push_back(std::move(value));
    } else {
      parent.value[*parent.key] = std::move(value);
      parent.key.reset();
    }
  }

  Json root_;
  std::vector<Open> open_;
};

// ---- writing

// Whether a reader of any YAML version takes it for this text when it stands without quotes. Older ones read yes, on,
// 1_000, 0x1f, 12:30 and dates as something else.
bool needsQuotes(const std::string& text) {
  if (text.empty() || text.front() == ' ' || text.back() == ' ') return true;
  for (char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return true;
  auto lower = core::toLower(text);
  for (const char* word : {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "~"})
    if (lower == word) return true;
  if (text.find_first_not_of("0123456789+-.:_eExXobaAcCdDfF") == std::string::npos &&
      text.find_first_of("0123456789.") != std::string::npos)
    return true;
  if (std::string_view("-?:,[]{}#&*!|>'\"%@`=<").find(text.front()) != std::string_view::npos) return true;
  return text.find(": ") != std::string::npos || text.find(" #") != std::string::npos || text.back() == ':';
}

std::string quoted(const std::string& text) { return core::dumpJson(text); }  // a JSON string is one of YAML, too

std::string scalarText(const Json& value) {
  if (!value.is_string()) return core::dumpJson(value);
  const auto& text = value.get_ref<const std::string&>();
  return needsQuotes(text) ? quoted(text) : text;
}

bool isBlock(const Json& value) { return value.is_structured() && !value.empty(); }

// Everything behind "key:" or "-": on the same line, or below it.
void write(const Json& value, std::size_t indent, std::string& out);

void writeMembers(const Json& object, std::size_t indent, bool firstIsIndented, std::string& out) {
  std::vector<Json::const_iterator> members;
  for (auto it = object.begin(); it != object.end(); ++it) members.push_back(it);
  // What something is called stands first: that is how people find it.
  std::ranges::stable_partition(members,
                                [](const auto& it) { return it.key() == "name" || it.key().ends_with("_key"); });
  bool first = true;
  for (const auto& it : members) {
    const auto& name = it.key();
    const auto& member = it.value();
    if (!(first && firstIsIndented)) out.append(indent, ' ');
    first = false;
    out += (needsQuotes(name) ? quoted(name) : name) + ":";
    if (!isBlock(member)) {
      out += " " + scalarText(member) + "\n";
      continue;
    }
    out += "\n";
    write(member, indent + 2, out);
  }
}

void write(const Json& value, std::size_t indent, std::string& out) {
  if (value.is_object()) return writeMembers(value, indent, false, out);
  for (const auto& item : value) {
    out.append(indent, ' ');
    out += "-";
    if (!isBlock(item)) {
      out += " " + scalarText(item) + "\n";
    } else if (item.is_object()) {
      out += " ";
      writeMembers(item, indent + 2, true, out);
    } else {
      out += "\n";
      write(item, indent + 2, out);
    }
  }
}

}  // namespace

std::string yamlOfJson(const Json& value) {
  if (!isBlock(value)) return scalarText(value) + "\n";
  std::string out;
  write(value, 0, out);
  return out;
}

core::Result<Json> jsonOfYaml(std::string_view text) {
  if (text.size() > kMostBytes)
    return core::fail(core::ErrorCode::InvalidParams, "The YAML text is larger than the 1 MiB that are read.");
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    Builder builder;
    if (!parser.HandleNextDocument(builder)) return Json();
    Builder next;
    if (parser.HandleNextDocument(next) && !next.result().is_null())
      return core::fail(core::ErrorCode::InvalidParams, "The YAML text has more than one document.");
    return builder.result();
  } catch (const Refused& refused) {
    return core::fail(core::ErrorCode::InvalidParams, refused.what());
  } catch (const YAML::Exception& error) {
    return core::fail(core::ErrorCode::InvalidParams, fmt::format("Line {}: {}.", error.mark.line + 1, error.msg));
  }
}

}  // namespace trowel::features
