// Numbers, moments and faults in words.
#include "reports/words.h"

#include <fmt/format.h>

#include <cmath>

namespace tribunal {

std::string counted(std::uint64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", grouped(number), noun, number == 1 ? "" : "s");
}

std::string seconds_text(std::int64_t nanoseconds) {
  return fmt::format("{:.1f} s", static_cast<double>(nanoseconds) / 1e9);
}

std::string duration_text(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return "?";
  if (seconds < 0.1) return fmt::format("{:.1f} ms", seconds * 1e3);
  if (seconds < 120) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  return fmt::format("{} min {} s", whole / 60, whole % 60);
}

std::string_view state_of(const Receipt& receipt) {
  if (!receipt.installed) return "planned";
  if (!receipt.observed) return "installed";
  if (!receipt.exercised) return "observed";
  if (!receipt.healed) return "exercised";
  return receipt.heal_verified ? "verified" : "healed";
}

std::string described(const Receipt& receipt) {
  std::string where = receipt.detail;
  if (where.empty()) {
    for (const auto& target : receipt.targets) where += (where.empty() ? "" : " ") + target;
  }
  const std::string name = receipt.planned.name();
  return where.empty() ? name : name + ": " + where;
}

FaultCounts count_faults(const std::vector<Receipt>& receipts, std::size_t never_begun) {
  FaultCounts counts;
  counts.planned = receipts.size() + never_begun;
  for (const auto& receipt : receipts) {
    counts.exercised += receipt.exercised ? 1 : 0;
    counts.verified += receipt.heal_verified ? 1 : 0;
    counts.failed += receipt.failure.empty() ? 0 : 1;
  }
  return counts;
}

std::string faults_line(const FaultCounts& counts) {
  if (counts.planned == 0) return "none planned";
  std::string line = fmt::format("{} planned, {} exercised, {} healed and verified", counts.planned,
                                 counts.exercised, counts.verified);
  if (counts.failed > 0) line += fmt::format(", {} failed", counts.failed);
  return line;
}

}  // namespace tribunal
