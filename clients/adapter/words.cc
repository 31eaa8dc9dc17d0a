// The names of calls, and what each workload asks for: the tables of docs/adapters.md.
#include <algorithm>
#include <array>
#include <map>

#include "clients/adapter/protocol.h"

namespace tribunal {
namespace {

struct NameOf {
  const char* operator()(const Read&) const { return "read"; }
  const char* operator()(const Write&) const { return "write"; }
  const char* operator()(const Cas&) const { return "cas"; }
  const char* operator()(const Delete&) const { return "delete"; }
  const char* operator()(const Add&) const { return "add"; }
  const char* operator()(const Remove&) const { return "remove"; }
  const char* operator()(const ReadSet&) const { return "read-set"; }
  const char* operator()(const Append&) const { return "append"; }
  const char* operator()(const ReadList&) const { return "read-list"; }
  const char* operator()(const Increment&) const { return "increment"; }
  const char* operator()(const ReadCounter&) const { return "read-counter"; }
  const char* operator()(const Enqueue&) const { return "enqueue"; }
  const char* operator()(const Dequeue&) const { return "dequeue"; }
  const char* operator()(const Acquire&) const { return "acquire"; }
  const char* operator()(const Release&) const { return "release"; }
  const char* operator()(const Generate&) const { return "generate"; }
  const char* operator()(const Transfer&) const { return "transfer"; }
  const char* operator()(const ReadAccounts&) const { return "read-accounts"; }
  const char* operator()(const ReadMany&) const { return "read-many"; }
  const char* operator()(const WriteOne&) const { return "write-one"; }
  const char* operator()(const WriteAll&) const { return "write-all"; }
  const char* operator()(const WatchGroup&) const { return "watch"; }
};

template <std::size_t... I>
std::vector<std::string> names_in_order(std::index_sequence<I...>) {
  return {NameOf{}(std::variant_alternative_t<I, Call>{})...};
}

struct Needs {
  const char* workload;
  std::vector<std::string> calls;
};

const std::vector<Needs>& needs() {
  static const std::vector<Needs> all = {
      {"register", {"read", "write", "cas"}},
      {"read-write", {"read", "write"}},
      {"set", {"add", "read-set"}},
      {"sessions", {"read", "write"}},
      {"convergence", {"read", "write", "delete"}},
      {"staleness", {"read", "write"}},
      {"counter", {"increment", "read-counter"}},
      {"pn-counter", {"increment", "read-counter"}},
      {"queue", {"enqueue", "dequeue"}},
      {"list-append", {"append", "read-list"}},
      {"lock", {"acquire", "release"}},
      {"unique-ids", {"generate"}},
      {"bank", {"transfer", "read-accounts"}},
      {"long-fork", {"read-many", "write-one"}},
      {"causal-reverse", {"read-many", "write-one"}},
      {"watch", {"write-all", "watch"}},
  };
  return all;
}

}  // namespace

const std::vector<std::string>& adapter_calls() {
  static const auto all = names_in_order(std::make_index_sequence<std::variant_size_v<Call>>{});
  return all;
}

std::string adapter_call_name(const Call& call) { return std::visit(NameOf{}, call); }

std::vector<std::string> workloads_of_calls(const std::vector<std::string>& calls) {
  std::vector<std::string> served;
  for (const auto& [workload, wanted] : needs()) {
    const bool all = std::all_of(wanted.begin(), wanted.end(), [&](const std::string& call) {
      return std::find(calls.begin(), calls.end(), call) != calls.end();
    });
    if (all) served.emplace_back(workload);
  }
  return served;
}

bool is_adapter_read(const Call& call) {
  return std::holds_alternative<Read>(call) || std::holds_alternative<ReadSet>(call) ||
         std::holds_alternative<ReadList>(call) || std::holds_alternative<ReadCounter>(call) ||
         std::holds_alternative<ReadAccounts>(call) || std::holds_alternative<ReadMany>(call) ||
         std::holds_alternative<WatchGroup>(call);
}

}  // namespace tribunal
