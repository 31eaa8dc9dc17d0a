#include "harness/record/json_document.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "harness/record/error.h"

namespace tribunal {
namespace {

// Characters of a text, telling how many of them the parser has taken: its callbacks do not say
// where they are.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, const char** furthest) : at_(at), furthest_(furthest) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    *furthest_ = std::max(*furthest_, at_);
    return *this;
  }
  CountingIterator operator++(int) {
    const auto before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }

 private:
  const char* at_;
  const char** furthest_;
};

// Follows the parser's events and knows the RFC 6901 pointer of the value at hand.
class PointerTrail {
 public:
  using Event = Json::parse_event_t;

  // True when `event` begins or gives a value; pointer() is then that value's.
  bool follow(Event event, const Json& parsed) {
    switch (event) {
      case Event::key:
        levels_.back().key = parsed.get<std::string>();
        return false;
      case Event::object_end:
      case Event::array_end:
        levels_.pop_back();
        return false;
      case Event::object_start:
      case Event::array_start:
        begin_value();
        levels_.push_back({event == Event::array_start, 0, ""});
        return true;
      case Event::value:
        begin_value();
        return true;
    }
    return false;
  }

  const std::string& pointer() const { return pointer_; }

 private:
  struct Level {
    bool array;
    std::size_t next;
    std::string key;
  };

  void begin_value() {
    pointer_.clear();
    for (const Level& level : levels_) {
      const bool innermost = &level == &levels_.back();
      const std::size_t element = innermost ? level.next : level.next - 1;
      pointer_ += "/" + (level.array ? std::to_string(element) : level.key);
    }
    if (!levels_.empty()) ++levels_.back().next;
  }

  std::vector<Level> levels_;
  std::string pointer_;
};

}  // namespace

std::string json_text(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

JsonDocument::JsonDocument(std::string name, std::string text, std::size_t first_line)
    : name_(std::move(name)), text_(std::move(text)), first_line_(first_line) {
  try {
    json_ = Json::parse(text_);
  } catch (const Json::parse_error& error) {
    const auto end = text_.begin() +
                     static_cast<std::ptrdiff_t>(std::min<std::size_t>(error.byte, text_.size()));
    fail(static_cast<std::size_t>(std::count(text_.begin(), end, '\n')), "this is not valid JSON");
  }
}

std::size_t JsonDocument::line_of(const std::string& pointer) const {
  const char* furthest = text_.data();
  const char* found = nullptr;
  PointerTrail trail;
  const auto callback = [&](int, Json::parse_event_t event, Json& parsed) {
    if (trail.follow(event, parsed) && found == nullptr && trail.pointer() == pointer) {
      found = furthest;
    }
    return true;
  };
  const CountingIterator begin(text_.data(), &furthest);
  const CountingIterator end(text_.data() + text_.size(), &furthest);
  [[maybe_unused]] const Json again = Json::parse(begin, end, callback);
  if (found == nullptr) return 0;
  // A number is over only at the character after it, which may be the end of its line.
  const char* last = found > text_.data() ? found - 1 : found;
  return static_cast<std::size_t>(std::count(text_.data(), last, '\n'));
}

void JsonDocument::fail(std::size_t line, const std::string& why) const {
  throw Error(Blame::usage, name_ + ":" + std::to_string(first_line_ + line) + ": " + why,
              "restore the file as the run wrote it, or remove it");
}

void JsonField::fail(const std::string& why) const {
  document_->fail(document_->line_of(pointer_),
                  (pointer_.empty() ? "the document" : "'" + pointer_ + "'") + " " + why);
}

JsonField JsonField::at(const std::string& name) const {
  if (!json_->is_object()) fail("must be an object");
  const auto it = json_->find(name);
  if (it == json_->end()) fail("lacks the field '" + name + "'");
  return {*document_, *it, pointer_ + "/" + name};
}

std::optional<JsonField> JsonField::find(const std::string& name) const {
  if (!json_->is_object()) fail("must be an object");
  if (!json_->contains(name)) return std::nullopt;
  return at(name);
}

std::vector<std::pair<std::string, JsonField>> JsonField::members() const {
  if (!json_->is_object()) fail("must be an object");
  std::vector<std::pair<std::string, JsonField>> fields;
  for (const auto& member : json_->items()) fields.emplace_back(member.key(), at(member.key()));
  return fields;
}

std::vector<JsonField> JsonField::items() const {
  if (!json_->is_array()) fail("must be an array");
  std::vector<JsonField> fields;
  for (std::size_t i = 0; i < json_->size(); ++i) {
    fields.push_back({*document_, (*json_)[i], pointer_ + "/" + std::to_string(i)});
  }
  return fields;
}

std::string JsonField::text() const {
  if (!json_->is_string()) fail("must be a string");
  return json_->get<std::string>();
}

std::vector<std::string> JsonField::texts() const {
  std::vector<std::string> result;
  for (const auto& item : items()) result.push_back(item.text());
  return result;
}

double JsonField::number() const {
  if (!json_->is_number()) fail("must be a number");
  return json_->get<double>();
}

std::int64_t JsonField::signed_integer() const {
  if (!json_->is_number_integer()) fail("must be an integer");
  if (json_->is_number_unsigned() && !std::in_range<std::int64_t>(json_->get<std::uint64_t>())) {
    fail("is out of range");
  }
  return json_->get<std::int64_t>();
}

std::uint64_t JsonField::unsigned_integer() const {
  if (!json_->is_number_unsigned()) fail("must be an integer, 0 or more");
  return json_->get<std::uint64_t>();
}

}  // namespace tribunal
