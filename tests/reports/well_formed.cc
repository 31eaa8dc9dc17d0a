#include "tests/reports/well_formed.h"

#include <fmt/format.h>

#include <cctype>
#include <set>
#include <vector>

namespace tribunal {
namespace {

// A scanner over the text; its first flaw ends it.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::string run() {
    check_characters();
    if (take("<?xml")) skip_to("?>");
    while (flaw_.empty() && at_ < text_.size()) {
      if (take("</")) {
        close();
      } else if (take("<")) {
        open();
      } else {
        content();
      }
    }
    if (flaw_.empty() && !names_.empty()) fail("unclosed " + names_.back());
    if (flaw_.empty() && roots_ != 1) fail(fmt::format("{} roots", roots_));
    return flaw_;
  }

 private:
  void fail(const std::string& what) {
    if (flaw_.empty()) flaw_ = fmt::format("byte {}: {}", at_, what);
  }
  bool take(std::string_view token) {
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }
  void skip_to(std::string_view token) {
    const auto found = text_.find(token, at_);
    if (found == std::string_view::npos) return fail("no " + std::string(token));
    at_ = found + token.size();
  }
  void skip_space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  std::string name() {
    std::string result;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '-'))
      result += text_[at_++];
    if (result.empty()) fail("a name is missing");
    return result;
  }
  void reference() {
    for (const auto known : {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&#10;", "&#9;"}) {
      if (take(known)) return;
    }
    fail("a bare &");
  }
  void open() {
    const std::string element = name();
    std::set<std::string> attributes;
    while (flaw_.empty()) {
      skip_space();
      if (names_.empty() && (text_.substr(at_, 1) == ">" || text_.substr(at_, 2) == "/>")) ++roots_;
      if (take("/>")) return;
      if (take(">")) return names_.push_back(element);
      if (!attributes.insert(attribute()).second) fail("an attribute twice");
    }
  }
  std::string attribute() {
    const std::string result = name();
    if (!take("=\"")) fail("no value");
    while (flaw_.empty() && !take("\"")) {
      if (at_ >= text_.size() || text_[at_] == '<') return fail("a value without an end"), result;
      text_[at_] == '&' ? reference() : void(++at_);
    }
    return result;
  }
  void close() {
    const std::string element = name();
    if (names_.empty() || names_.back() != element) return fail("wrong end of " + element);
    names_.pop_back();
    if (!take(">")) fail("no >");
  }
  void content() {
    if (names_.empty() && !std::isspace(static_cast<unsigned char>(text_[at_])))
      return fail("text outside the root");
    text_[at_] == '&' ? reference() : void(++at_);
  }
  void check_characters() {
    for (const char c : text_) {
      if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t')
        fail("a control character");
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string> names_;
  int roots_ = 0;
  std::string flaw_;
};

}  // namespace

std::string flaw_in_xml(std::string_view xml) { return Scanner(xml).run(); }

}  // namespace tribunal
