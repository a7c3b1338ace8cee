// SPDX-License-Identifier: Apache-2.0
// Generated notebooks and generated edits. TROWEL_TEST_SEED repeats a failure, TROWEL_TEST_CASES widens the search.
#include <cstdlib>
#include <random>

#include "support/catch.hpp"
#include "trowel/notebook/source_codec.hpp"

using namespace trowel::notebook;

namespace {

std::uint64_t fromEnvironment(const char* name, std::uint64_t fallback) {
  const char* value = std::getenv(name);
  return value ? std::strtoull(value, nullptr, 10) : fallback;
}

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_); }

  std::string_view extension() { return pick({"py", "sql", "scala", "r"}); }

  // A file made of the pieces that matter, in any order.
  std::string notebook(std::string_view extension) {
    comment_ = extension == "sql" ? "--" : extension == "scala" ? "//" : "#";
    std::string out = below(8) == 0 ? "\xEF\xBB\xBF" : "";
    out += comment_ + " Databricks notebook source";
    bool crlf = below(4) == 0;
    bool mixed = below(4) == 0;
    if (below(30) == 0) return out;
    out += crlf ? "\r\n" : "\n";
    for (auto lines = below(25); lines > 0; --lines) {
      out += line();
      bool crlfHere = mixed ? below(2) == 0 : crlf;
      if (lines > 1 || below(2) == 0) out += crlfHere ? "\r\n" : "\n";
    }
    return out;
  }

  std::string text() {
    std::string out;
    for (auto lines = below(5); lines > 0; --lines) {
      out += line();
      if (lines > 1 || below(3) == 0) out += below(20) == 0 ? "\r\n" : "\n";
    }
    return out;
  }

  Cell cell() {
    Cell cell{.language = std::string(pick({"python", "sql", "scala", "r", "shellscript", "markdown", "plaintext"})),
              .source = text()};
    if (cell.language == "markdown") cell.kind = CellKind::Markup;
    if (below(4) == 0) cell.metadata.title = pick({"Title", "a, b", " ", "# MAGIC", "two\nlines"});
    return cell;
  }

  void edit(Document& document) {
    auto& cells = document.cells;
    auto at = cells.empty() ? 0 : below(cells.size());
    auto position = cells.begin() + static_cast<std::ptrdiff_t>(at);
    switch (cells.empty() ? 1 : below(7)) {
      case 0:
        cells[at].source = text();
        break;
      case 1:
        cells.insert(position, cell());
        break;
      case 2:
        cells.erase(position);
        break;
      case 3:
        std::swap(cells[at], cells[below(cells.size())]);
        break;
      case 4:
        cells.push_back(Cell(cells[at]));
        break;
      case 5:
        cells[at].source += line();
        break;
      default: {
        auto other = cell();
        cells[at].kind = other.kind;
        cells[at].language = other.language;
        cells[at].metadata.title = other.metadata.title;
      }
    }
  }

 private:
  std::string_view pick(std::initializer_list<std::string_view> choices) {
    return choices.begin()[below(choices.size())];
  }

  std::string line() {
    switch (below(12)) {
      case 0:
      case 1:
        return comment_ + " COMMAND ----------" + std::string(pick({"", "", " ", "\t ", "-", " x"}));
      case 2:
      case 3:
      case 4:
        return comment_ + " MAGIC" + std::string(pick({"", " ", "  x", "\tx", "x", " "})) + word();
      case 5:
        return comment_ + " DBTITLE " + std::string(pick({"1,", "0,", "", "x,", ","})) + word();
      case 6:
      case 7:
        return std::string(pick({"", "", " ", "\t"}));
      case 8:
        return std::string(pick({"\r", "a\rb", "\xEF\xBB\xBFx", "\xEF\xBB\xBF", "grün 🧱", std::string_view("\0", 1)}));
      default:
        return word();
    }
  }

  std::string word() {
    return std::string(
        pick({"%md", "%sql", "%sql SELECT 1", "%python", "%scala  ", "%r x", "%sh ls", "%sh -e", "%run ./x",
              "%pip install y", "%fs ls", "%md-sandbox <b>", "x = 1", "SELECT 1", "  indented", ""}));
  }

  std::mt19937_64 random_;
  std::string comment_ = "#";
};

struct View {
  CellKind kind;
  std::string language, source, title;
  bool operator==(const View&) const = default;
};

std::vector<View> views(const Document& document) {
  std::vector<View> out;
  for (const auto& cell : document.cells) out.push_back({cell.kind, cell.language, cell.source, cell.metadata.title});
  return out;
}

// What decode must give back: unchanged cells as they are, others normalized.
std::vector<View> expected(const Document& edited, const Document& before) {
  Document out = edited;
  if (out.cells.empty()) out.cells.push_back({});
  for (auto& cell : out.cells) {
    bool unchanged = false;
    for (const auto& old : before.cells) unchanged |= old == cell;
    if (!unchanged) cell = normalize(cell, edited.metadata.extension);
  }
  return views(out);
}

}  // namespace

TEST_CASE("any notebook and any edits come back") {
  const auto seed = fromEnvironment("TROWEL_TEST_SEED", std::random_device{}());
  const auto cases = fromEnvironment("TROWEL_TEST_CASES", 4000);
  WARN("TROWEL_TEST_SEED=" << seed << ", " << cases << " notebooks");
  for (std::uint64_t i = 0; i < cases; ++i) {
    Generator generator(seed + i);
    auto extension = generator.extension();
    auto bytes = generator.notebook(extension);
    CAPTURE(seed + i, bytes);
    auto document = decode(bytes, extension);
    REQUIRE(document);
    auto back = encode(*document);
    REQUIRE(back);
    if (*back != bytes) FAIL("not the same bytes: " << *back);

    Document edited = *document;
    for (auto edits = 1 + generator.below(4); edits > 0; --edits) generator.edit(edited);
    auto saved = encode(edited);
    REQUIRE(saved);
    auto reopened = decode(*saved, extension);
    REQUIRE(reopened);
    if (views(*reopened) != expected(edited, *document)) FAIL("other cells after the edit: " << *saved);
    REQUIRE(encode(*reopened) == *saved);
  }
}

TEST_CASE("editing one cell leaves the bytes of all others") {
  const auto seed = fromEnvironment("TROWEL_TEST_SEED", std::random_device{}());
  WARN("TROWEL_TEST_SEED=" << seed);
  for (std::uint64_t i = 0; i < 1000; ++i) {
    Generator generator(seed + i);
    auto extension = generator.extension();
    auto bytes = generator.notebook(extension);
    auto document = decode(bytes, extension);
    REQUIRE(document);
    auto at = generator.below(document->cells.size());
    std::string before = document->metadata.header;
    std::string after;
    for (std::size_t k = 0; k < document->cells.size(); ++k) {
      if (k < at) before += *document->cells[k].metadata.raw;
      if (k > at) after += *document->cells[k].metadata.raw;
    }
    document->cells[at].source = generator.text();
    auto saved = encode(*document);
    REQUIRE(saved);
    CAPTURE(seed + i, bytes, *saved);
    CHECK(saved->starts_with(before));
    CHECK(saved->ends_with(after));
  }
}
