#include "harness/record/jepsen_log.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "harness/record/form_reader.h"

namespace tribunal {
namespace {

using Field = Record::Field;

constexpr std::string_view logger = "jepsen.util";
constexpr std::string_view blanks = " \t\r";
constexpr const char* example =
    "an operation is a line such as INFO  jepsen.util - 0 :invoke :write 17";

// What an operation's line says behind the name of the logger; empty: this line is none.
std::string_view operation_in(std::string_view line) {
  std::size_t at = line.find(logger);
  if (at == line.npos) return {};
  line.remove_prefix(at + logger.size());
  at = line.find_first_not_of(blanks);
  if (at == 0) return {};
  if (at != line.npos && line[at] == '-') at = line.find_first_not_of(blanks, at + 1);
  if (at == line.npos) return {};
  line.remove_prefix(at);
  const bool process = (line[0] >= '0' && line[0] <= '9') || line[0] == ':';
  return process ? line : std::string_view{};
}

class LogRecord {
 public:
  explicit LogRecord(Values& values) : forms_(values, FormReader::Notation::edn) {}

  const Record& read(const Line& line, std::string_view operation) {
    // Places of what goes wrong are those of the line.
    forms_.start(line, static_cast<std::size_t>(operation.data() - line.text.data()));
    record_ = Record{};
    read_process(line);
    read_type(line);
    record_.f = name(Field::f, line, f_);
    if (record_.f.empty()) line.fail(record_.place(Field::f), "the function is empty", example);
    read_value(line);
    const char* const end = line.text.data() + line.text.size();
    std::string_view rest(forms_.here(), static_cast<std::size_t>(end - forms_.here()));
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r:"), rest.size()));
    record_.error = rest.substr(0, rest.find_last_not_of(blanks) + 1);
    if (record_.value_is_list) record_.elements = forms_.list();
    return record_;
  }

 private:
  void expect(Field field, const Line& line) {
    if (!forms_.next()) {
      line.fail(line.text.data(), fmt::format("this operation ends before its {}", name_of(field)),
                example);
    }
    record_.at[static_cast<std::size_t>(field)] = forms_.here();
  }

  std::string_view name(Field field, const Line& line, std::string& held) {
    expect(field, line);
    return forms_.read_name(held);
  }

  void read_process(const Line& line) {
    expect(Field::process, line);
    const Value value = forms_.read();
    record_.nemesis = !value.is_integer();
    if (record_.nemesis) return;
    if (!std::in_range<std::uint32_t>(value.as_integer())) {
      line.fail(record_.place(Field::process), "a process is no number from 0 to 4294967295",
                example);
    }
    record_.process = static_cast<std::uint32_t>(value.as_integer());
  }

  void read_type(const Line& line) {
    const auto type = type_called(name(Field::type, line, f_));
    if (!type) line.fail(record_.place(Field::type), "this is no type of an operation", example);
    record_.type = *type;
  }

  void read_value(const Line& line) {
    expect(Field::value, line);
    const char first = forms_.peek();
    record_.value_is_list = first == '[' || first == '(';
    if (record_.value_is_list) {
      forms_.read_list();
    } else {
      record_.value = forms_.read();
    }
  }

  FormReader forms_;
  Record record_;
  std::string f_;
};

}  // namespace

bool looks_like_jepsen_log(std::string_view text) {
  text = text.substr(0, std::size_t{1} << 16);
  while (!text.empty()) {
    const std::size_t stop = std::min(text.find('\n'), text.size());
    if (!operation_in(text.substr(0, stop)).empty()) return true;
    text.remove_prefix(std::min(stop + 1, text.size()));
  }
  return false;
}

bool add_jepsen_log(std::string_view text, const std::string& name, JepsenBuilder& builder) {
  LogRecord record(builder.values());
  std::uint64_t number = 0;
  while (!text.empty()) {
    const std::size_t stop = std::min(text.find('\n'), text.size());
    const Line line{name, ++number, text.substr(0, stop)};
    text.remove_prefix(std::min(stop + 1, text.size()));
    const std::string_view operation = operation_in(line.text);
    if (operation.empty()) continue;
    if (!builder.add(record.read(line, operation), line)) break;
  }
  return false;
}

}  // namespace tribunal
