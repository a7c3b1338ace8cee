// SPDX-License-Identifier: Apache-2.0
// A notebook may have 100 MB, most of it outputs: a document of it all would take many times that.
#include "emulator/workspace/jupyter_language.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <string>

#include "emulator/files/piece_stream.hpp"
#include "emulator/workspace/notebook_format.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

namespace {

// Where a language may stand within `metadata`, the best first.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kPlaces{
    {{"application/vnd.databricks.v1+notebook", "language"}, {"language_info", "name"}, {"kernelspec", "language"}}};

// Each returns false to end the parse.
class Finder final : public nlohmann::json_sax<core::Json> {
 public:
  bool isNotebook() const { return cells_; }
  std::optional<Language> language() const {
    for (const auto& found : found_)
      if (auto known = languageNamed(found)) return known;
    return std::nullopt;
  }

  bool null() override { return depth_ > 0; }
  bool boolean(bool) override { return depth_ > 0; }
  bool number_integer(number_integer_t) override { return depth_ > 0; }
  bool number_unsigned(number_unsigned_t) override { return depth_ > 0; }
  bool number_float(number_float_t, const string_t&) override { return depth_ > 0; }
  bool binary(binary_t&) override { return depth_ > 0; }
  bool string(string_t& value) override {
    if (depth_ == 3 && keys_[0] == "metadata")
      for (std::size_t i = 0; i < kPlaces.size(); ++i)
        if (keys_[1] == kPlaces[i].first && keys_[2] == kPlaces[i].second) found_[i] = value;
    return depth_ > 0;
  }
  bool start_object(std::size_t) override { return enter(); }
  bool start_array(std::size_t) override { return depth_ > 0 && enter(); }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }
  bool key(string_t& name) override {
    if (depth_ <= keys_.size()) keys_[depth_ - 1] = name;
    cells_ = cells_ || (depth_ == 1 && name == "cells");
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  bool enter() {
    if (depth_ < keys_.size()) keys_[depth_].clear();
    return ++depth_ <= core::kMaxJsonDepth;
  }
  bool leave() {
    --depth_;
    return true;
  }

  std::size_t depth_ = 0;
  std::array<std::string, 3> keys_;  // of the members that we are in; empty within a list
  std::array<std::string, kPlaces.size()> found_;
  bool cells_ = false;
};

}  // namespace

std::optional<Language> jupyterLanguage(std::istream& ipynb) {
  Finder finder;
  if (!core::Json::sax_parse(ipynb, &finder) || !finder.isNotebook()) return std::nullopt;
  return finder.language().value_or(Language::Python);
}

std::optional<Language> jupyterLanguage(std::string_view ipynb) {
  PieceStream content(ipynb);
  return jupyterLanguage(content);
}

}  // namespace trowel::emulator
