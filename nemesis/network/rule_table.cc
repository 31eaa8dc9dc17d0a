#include "nemesis/network/rule_table.h"

#include <fmt/format.h>

#include <sstream>
#include <stdexcept>

namespace tribunal {
namespace {

using namespace std::chrono_literals;

constexpr Milliseconds rule_deadline = 5s;

std::string run_or_complain(Host& host, const std::vector<std::string>& command,
                            const std::string& input = {}) {
  const CommandResult result = host.run(command, rule_deadline, input);
  if (result.timed_out) throw std::runtime_error(command[0] + " did not end within 5 s");
  if (!result.ok()) throw std::runtime_error(command[0] + " said: " + result.err);
  return result.out;
}

std::string name_of(RuleTable table) { return table == RuleTable::filter ? "filter" : "mangle"; }

}  // namespace

void change_rules(Host& host, RuleTable table, const std::string& lines) {
  run_or_complain(host, {"iptables-restore", "--noflush", "-w", "5"},
                  fmt::format("*{}\n{}COMMIT\n", name_of(table), lines));
}

std::string rules_of(Host& host, RuleTable table) {
  return run_or_complain(host, {"iptables-save", "-c", "-t", name_of(table)});
}

void remove_chain(Host& host, RuleTable table, const std::string& chain) {
  std::istringstream saved(rules_of(host, table));
  std::string removal, end;
  for (std::string line; std::getline(saved, line);) {
    const auto rule = line.find("-A INPUT ");
    if (rule != std::string::npos && line.ends_with("-j " + chain))
      removal += "-D " + line.substr(rule + 3) + "\n";
    if (line.starts_with(":" + chain + " ")) end = fmt::format("-F {0}\n-X {0}\n", chain);
  }
  if (!(removal + end).empty()) change_rules(host, table, removal + end);
}

}  // namespace tribunal
