#include "clients/adapter/protocol.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace tribunal {
namespace {

using nlohmann::json;
using Fields = json;

// What a call says beside its id, name and timeout. Numbers for the bank, so that no adapter has to
// know them by heart.
Fields fields_of(const Call& call) {
  return std::visit(overloaded{
                        [](const Write& c) -> Fields {
                          return {{"value", c.value}};
                        },
                        [](const Cas& c) -> Fields {
                          return {{"from", c.from}, {"to", c.to}};
                        },
                        [](const Add& c) -> Fields {
                          return {{"element", c.element}};
                        },
                        [](const Remove& c) -> Fields {
                          return {{"element", c.element}};
                        },
                        [](const Append& c) -> Fields {
                          return {{"element", c.element}};
                        },
                        [](const Enqueue& c) -> Fields {
                          return {{"element", c.element}};
                        },
                        [](const Increment& c) -> Fields {
                          return {{"by", c.by}};
                        },
                        [](const Transfer& c) -> Fields {
                          return {{"from", c.from},
                                  {"to", c.to},
                                  {"amount", c.amount},
                                  {"accounts", bank_accounts},
                                  {"opening", opening_balance}};
                        },
                        [](const ReadAccounts&) -> Fields {
                          return {{"accounts", bank_accounts}, {"opening", opening_balance}};
                        },
                        [](const ReadMany& c) -> Fields {
                          json which = json::array();
                          for (const auto& [one, value] : c.registers) which.push_back(one);
                          return {{"which", which}};
                        },
                        [](const WriteOne& c) -> Fields {
                          return {{"which", c.which}, {"value", c.value}};
                        },
                        [](const WriteAll& c) -> Fields {
                          return {{"which", c.which}, {"value", c.value}};
                        },
                        [](const auto&) -> Fields { return json::object(); },
                    },
                    call);
}

Int integer(const json& value, const std::string& name) {
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX)
    throw BadLine(fmt::format("\"{}\" is too large", name));
  if (!value.is_number_integer()) throw BadLine(fmt::format("\"{}\" is no integer", name));
  return value.get<Int>();
}

const json& member(const json& line, const std::string& name) {
  const auto found = line.find(name);
  if (found == line.end()) throw BadLine(fmt::format("there is no \"{}\"", name));
  return *found;
}

std::optional<Int> integer_or_null(const json& value, const std::string& name) {
  if (value.is_null()) return {};
  return integer(value, name);
}

// A number that a database need not have.
Version optional_integer(const json& line, const std::string& name) {
  const auto found = line.find(name);
  return found == line.end() ? Version{} : integer_or_null(*found, name);
}

const json& array_of(const json& line, const std::string& name) {
  const json& value = member(line, name);
  if (!value.is_array()) throw BadLine(fmt::format("\"{}\" is no array", name));
  return value;
}

std::vector<Int> integers(const json& line, const std::string& name) {
  std::vector<Int> all;
  for (const json& one : array_of(line, name)) all.push_back(integer(one, name));
  return all;
}

std::size_t require_size(const json& array, std::size_t size, const char* name) {
  if (array.size() != size)
    throw BadLine(fmt::format("\"{}\" has {} members instead of {}", name, array.size(), size));
  return size;
}

// [[version, which, value], ...]
std::vector<GroupChange> changes_in(const json& line) {
  std::vector<GroupChange> changes;
  for (const json& one : array_of(line, "changes")) {
    if (!one.is_array()) throw BadLine("\"changes\" are no arrays");
    require_size(one, 3, "changes");
    changes.push_back({integer(one[0], "changes"), integer(one[1], "changes"),
                       integer_or_null(one[2], "changes")});
  }
  return changes;
}

// Fills in the blanks of a call that was carried out. A blank that is not there is no empty answer.
Call completed(const json& line, Call call) {
  std::visit(
      overloaded{
          [&](Read& c) {
            c.value = integer_or_null(member(line, "value"), "value");
            c.version = optional_integer(line, "version");
          },
          [&](Write& c) { c.version = optional_integer(line, "version"); },
          [&](WriteAll& c) { c.version = optional_integer(line, "version"); },
          [&](Cas& c) { c.version = optional_integer(line, "version"); },
          [&](ReadSet& c) { c.elements = integers(line, "elements"); },
          [&](ReadList& c) { c.elements = integers(line, "elements"); },
          [&](ReadCounter& c) { c.value = integer_or_null(member(line, "value"), "value"); },
          [&](Dequeue& c) { c.element = integer_or_null(member(line, "element"), "element"); },
          [&](Acquire& c) { c.fence = optional_integer(line, "fence"); },
          [&](Generate& c) { c.id = integer(member(line, "value"), "value"); },
          [&](ReadAccounts& c) {
            const auto balances = integers(line, "balances");
            require_size(balances, bank_accounts, "balances");
            for (std::size_t i = 0; i < balances.size(); ++i)
              c.balances.emplace_back(static_cast<Key>(i), balances[i]);
          },
          [&](ReadMany& c) {
            const json& values = array_of(line, "values");
            require_size(values, c.registers.size(), "values");
            for (std::size_t i = 0; i < values.size(); ++i)
              c.registers[i].second = integer_or_null(values[i], "values");
          },
          [&](WatchGroup& c) {
            c.from = integer(member(line, "from"), "from");
            c.changes = changes_in(line);
            c.version = integer(member(line, "version"), "version");
          },
          [](auto&) {},
      },
      call);
  return call;
}

json object_in(const std::string& line) {
  json object = json::parse(line, nullptr, false);
  if (object.is_discarded()) throw BadLine("it is no JSON");
  if (!object.is_object()) throw BadLine("it is no JSON object");
  return object;
}

std::string text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return {};
  if (!found->is_string()) throw BadLine(fmt::format("\"{}\" is no text", name));
  return found->get<std::string>();
}

std::string on_one_line(const json& object) {
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

std::string adapter_opening(const std::string& address, const Deployment& deployment) {
  json line = {{"tribunal", adapter_protocol},
               {"address", address},
               {"addresses", deployment.addresses},
               {"timeout", deployment.call_timeout.count()},
               {"options", deployment.options}};
  const Access& access = deployment.access;
  json way_in = json::object();
  for (const auto& [name, text] : {std::pair{"user", &access.user},
                                   {"password", &access.password},
                                   {"authority", &access.authority},
                                   {"certificate", &access.certificate},
                                   {"key", &access.key}})
    if (!text->empty()) way_in[name] = *text;
  if (access.tls) way_in["tls"] = true;
  line["access"] = std::move(way_in);
  return on_one_line(line);
}

std::string adapter_request(std::int64_t id, const Call& call, Milliseconds timeout) {
  json line = fields_of(call);
  line["id"] = id;
  line["call"] = adapter_call_name(call);
  line["key"] = key_of(call);
  line["timeout"] = timeout.count();
  return on_one_line(line);
}

AdapterHello read_adapter_hello(const std::string& line) {
  const json object = object_in(line);
  const Int version = integer(member(object, "tribunal"), "tribunal");
  if (version != adapter_protocol)
    throw BadLine(
        fmt::format("it speaks version {} of the protocol, not {}", version, adapter_protocol));
  AdapterHello hello{text_of(object, "name"), {}};
  const auto& known = adapter_calls();
  for (const json& call : array_of(object, "calls")) {
    if (!call.is_string()) throw BadLine("\"calls\" are no texts");
    const auto name = call.get<std::string>();
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw BadLine(fmt::format("there is no call '{}'; one of: {}", adapter_words(name, {}),
                                fmt::join(known, ", ")));
    hello.calls.push_back(name);
  }
  if (hello.calls.empty()) throw BadLine("it serves no calls");
  return hello;
}

AdapterReply read_adapter_reply(const std::string& line, std::int64_t id, const Call& asked) {
  const json object = object_in(line);
  if (const Int answered = integer(member(object, "id"), "id"); answered != id)
    throw BadLine(fmt::format("it is of call {}, and {} was asked", answered, id));
  const std::string outcome = text_of(object, "outcome");
  if (outcome == "ok") return {Outcome::ok, completed(object, asked), {}};
  if (outcome != "failed" && outcome != "unknown")
    throw BadLine("\"outcome\" is neither ok nor failed nor unknown");
  std::string error = text_of(object, "error");
  if (error.empty()) error = "no reason given";
  return {outcome == "failed" ? Outcome::failed : Outcome::unknown, asked, std::move(error)};
}

std::string adapter_words(std::string text, const std::string& password) {
  constexpr std::size_t longest = 160;
  if (!password.empty())
    for (std::size_t at = 0; (at = text.find(password, at)) != std::string::npos; at += 3)
      text.replace(at, password.size(), "***");
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  if (text.size() <= longest) return text;
  std::size_t cut = longest;
  while ((static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80) --cut;
  return text.substr(0, cut) + "...";
}

}  // namespace tribunal
