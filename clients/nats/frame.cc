#include "clients/nats/frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace tribunal {
namespace {

constexpr std::size_t most_line = 64 << 10, most_body = 64 << 20;
constexpr std::string_view end_of_line = "\r\n";

// The words of a line, of which there are at most five in one that counts.
struct LineWords {
  std::array<std::string_view, 5> word;
  std::size_t count = 0;

  explicit LineWords(std::string_view line) {
    while (true) {
      const std::size_t from = line.find_first_not_of(" \t");
      if (from == std::string_view::npos) return;
      if (count == word.size()) throw NatsNonsense("a line with too many words");
      line.remove_prefix(from);
      word[count++] = line.substr(0, line.find_first_of(" \t"));
      line.remove_prefix(word[count - 1].size());
    }
  }
};

std::size_t length_in(std::string_view text) {
  std::size_t length = 0;
  const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc() || last != text.data() + text.size() || length > most_body)
    throw NatsNonsense("a length that is none");
  return length;
}

// Names of headers and of operations are the same in capitals and in small letters.
bool is_same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return (x | 0x20) == (y | 0x20); });
}

// A line that is a frame by itself.
std::optional<NatsFrame> lone_line(std::string_view operation, std::string_view line) {
  constexpr std::pair<std::string_view, NatsKind> kinds[] = {
      {"INFO", NatsKind::info}, {"PING", NatsKind::ping},  {"PONG", NatsKind::pong},
      {"+OK", NatsKind::ok},    {"-ERR", NatsKind::error},
  };
  for (const auto& [name, kind] : kinds) {
    if (!is_same_name(operation, name)) continue;
    NatsFrame frame;
    frame.kind = kind;
    line.remove_prefix(operation.size());
    const std::size_t from = line.find_first_not_of(' ');
    if (from != std::string_view::npos) frame.payload = line.substr(from);
    return frame;
  }
  return {};
}

}  // namespace

int NatsFrame::status() const {
  constexpr std::string_view first = "NATS/1.0 ";
  int number = 0;
  if (headers.starts_with(first))
    std::from_chars(headers.data() + first.size(), headers.data() + headers.size(), number);
  return number;
}

std::string_view NatsFrame::header(std::string_view name) const {
  const std::string_view all = headers;
  for (std::size_t at = all.find(end_of_line); at != std::string_view::npos;) {
    at += end_of_line.size();
    const std::size_t end = all.find(end_of_line, at);
    const std::string_view line = all.substr(at, end == std::string_view::npos ? end : end - at);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && is_same_name(line.substr(0, colon), name)) {
      const std::size_t from = line.find_first_not_of(' ', colon + 1);
      return from == std::string_view::npos ? std::string_view() : line.substr(from);
    }
    at = end;
  }
  return {};
}

std::optional<NatsFrame> NatsParser::next() {
  // What was given is let go of at times, so that it takes neither room nor time.
  if (at_ > most_line && at_ * 2 > bytes_.size()) {
    bytes_.erase(0, at_);
    looked_ -= std::min(looked_, at_);
    at_ = 0;
  }
  const std::size_t end = bytes_.find(end_of_line, std::max(at_, looked_));
  if (end == std::string::npos) {
    if (bytes_.size() - at_ > most_line) throw NatsNonsense("a line without an end");
    looked_ = bytes_.empty() ? 0 : bytes_.size() - 1;
    return {};
  }
  const std::string_view line = std::string_view(bytes_).substr(at_, end - at_);
  const std::string_view operation = line.substr(0, line.find_first_of(" \t"));
  if (auto lone = lone_line(operation, line)) {
    at_ = end + end_of_line.size();
    return lone;
  }
  if (!is_same_name(operation, "MSG") && !is_same_name(operation, "HMSG"))
    throw NatsNonsense("no word of NATS");
  return take_message(line, end + end_of_line.size());
}

// MSG subject sid [reply] bytes, HMSG subject sid [reply] header-bytes all-bytes.
std::optional<NatsFrame> NatsParser::take_message(std::string_view line, std::size_t body) {
  const std::size_t operation = line.find_first_of(" \t");
  const bool with_headers = operation == 4;
  const LineWords words(line.substr(std::min(operation, line.size())));
  const std::size_t least = with_headers ? 4 : 3;
  if (words.count != least && words.count != least + 1)
    throw NatsNonsense("a message of other words");
  const std::size_t all = length_in(words.word[words.count - 1]);
  const std::size_t head = with_headers ? length_in(words.word[words.count - 2]) : 0;
  if (head > all) throw NatsNonsense("headers longer than the message");
  if (bytes_.size() < body + all + end_of_line.size()) return {};
  if (bytes_.compare(body + all, end_of_line.size(), end_of_line) != 0)
    throw NatsNonsense("a message of another length");
  NatsFrame frame;
  frame.subject = words.word[0];
  if (words.count > least) frame.reply = words.word[2];
  frame.headers = bytes_.substr(body, head);
  frame.payload = bytes_.substr(body + head, all - head);
  at_ = body + all + end_of_line.size();
  return frame;
}

void append_publication(std::string& bytes, std::string_view subject, std::string_view reply,
                        std::string_view headers, std::string_view payload) {
  const auto out = std::back_inserter(bytes);
  if (headers.empty()) {
    fmt::format_to(out, "PUB {} {} {}\r\n{}\r\n", subject, reply, payload.size(), payload);
    return;
  }
  const std::string head = fmt::format("NATS/1.0\r\n{}\r\n", headers);
  fmt::format_to(out, "HPUB {} {} {} {}\r\n{}{}\r\n", subject, reply, head.size(),
                 head.size() + payload.size(), head, payload);
}

}  // namespace tribunal
