#include "harness/run/fault_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/parts/catalogue.h"

namespace tribunal {
namespace {

void check_names(const FaultKind& kind, const FaultOptions& said) {
  for (const auto& [name, value] : said)
    find(kind.options, fmt::format("option of the fault {}", kind.name).c_str(), name);
}

}  // namespace

FaultOptions default_options(const FaultKind& kind, const FaultOptions& said) {
  check_names(kind, said);
  FaultOptions options = said;
  for (const auto& option : kind.options)
    options.emplace(option.name, option.values.empty() ? "" : option.values.front());
  return options;
}

FaultOptions drawn_options(const FaultKind& kind, const FaultOptions& said, Random& random) {
  check_names(kind, said);
  FaultOptions options = said;
  for (const auto& option : kind.options)
    options.emplace(option.name, option.values.empty() ? "" : random.pick(option.values));
  return options;
}

std::map<std::string, FaultOptions> options_by_kind(const std::map<std::string, std::string>& said,
                                                    const std::vector<std::string>& kinds) {
  std::map<std::string, FaultOptions> options;
  for (const auto& [name, value] : said) {
    const auto dot = name.find('.');
    const std::string kind = name.substr(0, dot);
    if (dot == std::string::npos)
      throw Error(Blame::usage, fmt::format("--fault-options: '{}' names no option", name),
                  "FAULT.OPTION=VALUE, such as delay.jitter=5ms");
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end())
      throw Error(Blame::usage, fmt::format("--fault-options: no fault '{}' was asked for", kind),
                  fmt::format("one of: {}", fmt::join(kinds, ", ")));
    options[kind][name.substr(dot + 1)] = value;
  }
  return options;
}

void check_fault(const FaultKind& kind, const PlannedFault& planned) {
  if (kind.make) kind.make(planned);
}

}  // namespace tribunal
