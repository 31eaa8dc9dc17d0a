#include "harness/record/verdict.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace tribunal {
namespace {

constexpr std::array<std::string_view, 5> names = {"satisfied", "vacuous", "inconclusive",
                                                   "harness error", "violated"};
constexpr std::array<int, 5> codes = {0, 2, 2, 3, 1};

}  // namespace

std::string_view name_of(Judgement judgement) {
  return names.at(static_cast<std::size_t>(judgement));
}

Judgement judgement_from(std::string_view name) {
  const auto it = std::find(names.begin(), names.end(), name);
  if (it == names.end()) throw std::invalid_argument("no judgement called " + std::string(name));
  return static_cast<Judgement>(it - names.begin());
}

int exit_code(Judgement judgement) { return codes.at(static_cast<std::size_t>(judgement)); }

Judgement worst(const std::vector<Verdict>& verdicts) {
  if (verdicts.empty()) return Judgement::inconclusive;
  Judgement result = Judgement::satisfied;
  for (const auto& verdict : verdicts) result = std::max(result, verdict.judgement);
  return result;
}

}  // namespace tribunal
