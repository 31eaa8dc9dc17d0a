// Turns calls into lines, outside any lock; the writer stamps and writes them.
#include "harness/record/recorder.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <concepts>
#include <nlohmann/json.hpp>

#include "harness/record/history_writer.h"

namespace tribunal {
namespace {

using Line = fmt::basic_memory_buffer<char, 512>;

void append(Line& line, std::string_view text) {
  line.append(text.data(), text.data() + text.size());
}

template <std::integral T>
void append(Line& line, T number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  line.append(digits, end);
}

// An error's text may come from a database, in any bytes.
void append_quoted(Line& line, std::string_view text) {
  const auto plain = [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; };
  if (std::all_of(text.begin(), text.end(), plain)) {
    append(line, "\"");
    append(line, text);
    append(line, "\"");
  } else {
    using nlohmann::json;
    append(line, json(text).dump(-1, ' ', false, json::error_handler_t::replace));
  }
}

enum class Filled { no, yes };  // whether the blanks of a call are answers

// A call's value as it stands in a history: its argument, and once it is filled in its answer.
struct AppendValue {
  Line& line;
  Filled filled;

  void operator()(const Read& call) const { answer(call.value); }
  void operator()(const Write& call) const { append(line, call.value); }
  void operator()(const Cas& call) const { list({call.from, call.to}); }
  void operator()(const Delete&) const { append(line, "null"); }
  void operator()(const Add& call) const { append(line, call.element); }
  void operator()(const Remove& call) const { append(line, call.element); }
  void operator()(const ReadSet& call) const { answer(call.elements); }
  void operator()(const Append& call) const { append(line, call.element); }
  void operator()(const ReadList& call) const { answer(call.elements); }
  void operator()(const Increment& call) const { append(line, call.by); }
  void operator()(const ReadCounter& call) const { answer(std::optional(call.value.value_or(0))); }
  void operator()(const Enqueue& call) const { append(line, call.element); }
  void operator()(const Dequeue& call) const { answer(call.element); }
  void operator()(const Acquire& call) const { answer(call.fence); }
  void operator()(const Release&) const { append(line, "null"); }
  void operator()(const Generate& call) const { answer(std::optional(call.id)); }
  void operator()(const Transfer& call) const { list({call.from, call.to, call.amount}); }
  void operator()(const ReadAccounts& call) const {
    if (filled == Filled::no) return append(line, "null");
    each(call.balances, [this](const auto& account) { list({account.first, account.second}); });
  }
  void operator()(const ReadMany& call) const {
    each(call.registers, [this](const auto& one) {
      append(line, "[\"r\",");
      append(line, one.first);
      append(line, ",");
      answer(one.second);
      append(line, "]");
    });
  }
  void operator()(const WriteOne& call) const {
    append(line, "[[\"w\",");
    append(line, call.which);
    append(line, ",");
    append(line, call.value);
    append(line, "]]");
  }
  void operator()(const WriteAll& call) const {
    each(call.which, [&](Key which) {
      append(line, "[\"w\",");
      append(line, which);
      append(line, ",");
      append(line, call.value);
      append(line, "]");
    });
  }
  // [from, [[version, which, value], ...]]
  void operator()(const WatchGroup& call) const {
    if (filled == Filled::no) return append(line, "null");
    append(line, "[");
    append(line, call.from);
    append(line, ",");
    each(call.changes, [this](const GroupChange& change) {
      append(line, "[");
      append(line, change.version);
      append(line, ",");
      append(line, change.which);
      append(line, ",");
      answer(change.value);
      append(line, "]");
    });
    append(line, "]");
  }

 private:
  void answer(const std::optional<Int>& value) const {
    if (filled == Filled::yes && value) return append(line, *value);
    append(line, "null");
  }
  void answer(const std::vector<Int>& values) const {
    if (filled == Filled::no) return append(line, "null");
    list(values);
  }
  void list(const std::vector<Int>& values) const {
    each(values, [this](Int value) { append(line, value); });
  }
  template <class Values, class Show>
  void each(const Values& values, const Show& show) const {
    append(line, "[");
    const char* separator = "";
    for (const auto& value : values) {
      append(line, separator);
      separator = ",";
      show(value);
    }
    append(line, "]");
  }
};

// From the process on; `type` also says whether the blanks are answers.
void append_call(Line& line, std::uint32_t process, std::string_view type, const Call& call) {
  append(line, ",\"process\":");
  append(line, process);
  append(line, ",\"type\":\"");
  append(line, type);
  append(line, "\",\"f\":\"");
  append(line, name_of(function_of(call)));
  append(line, "\",\"key\":");
  append(line, key_of(call));
  append(line, ",\"value\":");
  std::visit(AppendValue{line, type == "ok" ? Filled::yes : Filled::no}, call);
  const Version version = version_of(call);
  if (type != "ok" || !version) return;
  append(line, ",\"version\":");
  append(line, *version);
}

void append_node(Line& line, std::string_view node) {
  if (node.empty()) return;
  append(line, ",\"node\":");
  append_quoted(line, node);
}

std::string_view type_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::ok:
      return "ok";
    case Outcome::failed:
      return "fail";
    case Outcome::unknown:
      break;
  }
  return "info";
}

}  // namespace

struct Recorder::Writer : HistoryWriter {
  using HistoryWriter::HistoryWriter;
};

Recorder::Recorder(const std::filesystem::path& file) : writer_(std::make_unique<Writer>(file)) {}

Recorder::~Recorder() = default;

std::int64_t Recorder::now() const { return writer_->now(); }

std::chrono::steady_clock::time_point Recorder::began_at() const { return writer_->began(); }

std::int64_t Recorder::invoked(std::uint32_t process, const Call& call, std::string_view node,
                               std::int64_t intended) {
  Line line;
  append_call(line, process, "invoke", call);
  append_node(line, node);
  append(line, "}\n");
  return writer_->add({line.data(), line.size()}, intended);
}

std::int64_t Recorder::completed(std::uint32_t process, const Call& call, std::string_view node,
                                 Outcome outcome, std::string_view error) {
  Line line;
  append_call(line, process, type_of(outcome), call);
  append_node(line, node);
  if (!error.empty()) {
    append(line, ",\"error\":");
    append_quoted(line, error);
  }
  append(line, "}\n");
  return writer_->add({line.data(), line.size()}, -1);
}

std::int64_t Recorder::fault(std::string_view f, int fault, std::string_view detail) {
  Line line;
  append(line, ",\"process\":\"nemesis\",\"type\":\"info\",\"f\":");
  append_quoted(line, f);
  append(line, ",\"value\":");
  append_quoted(line, detail);
  if (fault >= 0) {
    append(line, ",\"fault\":");
    append(line, fault);
  }
  append(line, "}\n");
  return writer_->add({line.data(), line.size()}, -1);
}

void Recorder::flush() { writer_->flush(); }

void Recorder::close() { writer_->close(); }

std::uint64_t Recorder::records() const { return writer_->records(); }

}  // namespace tribunal
