#include "checkers/versions/smaller_evidence.h"

#include <algorithm>
#include <numeric>

#include "checkers/exhibits.h"
#include "checkers/versions/leaving_out.h"
#include "checkers/versions/part.h"
#include "harness/record/random.h"

namespace tribunal {
namespace {

constexpr std::size_t most_steps = 1000;    // of a history of which all is tried
constexpr std::size_t most_judged = 1'000;  // parts
constexpr int attempts = 12;

using Steps = std::vector<std::uint32_t>;

class Looking {
 public:
  Looking(const History& history, const Versions& versions, Value initial, const JudgePart& judge)
      : history_(history), versions_(versions), initial_(initial), judge_(judge) {}

  // The evidence of the smallest part found; none: what `evidence` shows is no violation by itself.
  std::vector<Evidence> look(const std::vector<Evidence>& evidence) {
    const Steps shown = rest_of(shown_by(evidence));
    Steps best = shown;
    Random random(1);  // which of the small parts is met depends on what goes first
    for (int attempt = 0; attempt < attempts && judged_ < most_judged; ++attempt) {
      Steps from = shown;
      if (from.empty() || (attempt % 2 == 1 && versions_.steps.size() <= most_steps)) from = all();
      if (from.empty()) break;
      Steps order = from;
      if (attempt > 1) random.shuffle(order);
      Steps rest = leave_out(
          from, order, [](std::uint32_t step) { return step; },
          [this](Steps steps) { return rest_of(std::move(steps)); },
          [this] { return judged_ >= most_judged; });
      if (best.empty() || rest.size() < best.size()) best = std::move(rest);
      if (best.size() <= small_enough) break;
    }
    return best.empty() ? std::vector<Evidence>{} : evidence_of(best);
  }

 private:
  Steps all() const {
    Steps steps(versions_.steps.size() <= most_steps ? versions_.steps.size() : 0);
    std::iota(steps.begin(), steps.end(), 0U);
    return steps;
  }

  Steps shown_by(const std::vector<Evidence>& evidence) const {
    Steps begins;
    for (const Evidence& one : evidence) {
      for (const Exhibit& exhibit : one.exhibits) begins.push_back(exhibit.began);
    }
    std::sort(begins.begin(), begins.end());
    Steps steps;
    for (std::uint32_t i = 0; i < versions_.steps.size(); ++i) {
      const std::uint32_t began = history_.operations[versions_.steps[i].operation].began;
      if (std::binary_search(begins.begin(), begins.end(), began)) steps.push_back(i);
    }
    return steps;
  }

  // Those that a part keeps, if they violate the claim.
  Steps rest_of(Steps steps) {
    ++judged_;
    Part part(history_, versions_, initial_, steps);
    return judge_(part.history, part.initial).empty() ? Steps{} : std::move(part.kept);
  }

  std::vector<Evidence> evidence_of(const Steps& steps) const {
    const Part part(history_, versions_, initial_, steps);
    std::vector<Evidence> evidence = judge_(part.history, part.initial);
    for (Evidence& one : evidence) {
      for (Exhibit& exhibit : one.exhibits) exhibit.text = text_of(exhibit.began);
    }
    return evidence;
  }

  // As the whole history has it, where lists have all of their elements.
  std::string text_of(std::uint32_t began) const {
    const auto operation =
        std::partition_point(history_.operations.begin(), history_.operations.end(),
                             [began](const Operation& one) { return one.began < began; });
    return shortened(history_.show(*operation));
  }

  const History& history_;
  const Versions& versions_;
  Value initial_;
  const JudgePart& judge_;
  std::size_t judged_ = 0;
};

}  // namespace

void look_for_smaller(const History& history, const Versions& versions, Value initial,
                      const JudgePart& judge, std::vector<Evidence>& evidence) {
  const auto smaller = [](const Evidence& a, const Evidence& b) {
    return a.exhibits.size() < b.exhibits.size();
  };
  const auto smallest = std::min_element(evidence.begin(), evidence.end(), smaller);
  if (smallest == evidence.end() || smallest->exhibits.size() <= small_enough) return;
  const std::vector<Evidence> found = Looking(history, versions, initial, judge).look(evidence);
  const auto better = std::min_element(found.begin(), found.end(), smaller);
  if (better == found.end() || better->exhibits.size() >= smallest->exhibits.size()) return;
  evidence.insert(evidence.begin(), *better);
}

void show_smallest(std::vector<Evidence>& evidence) {
  std::stable_sort(evidence.begin(), evidence.end(), [](const Evidence& a, const Evidence& b) {
    return a.exhibits.size() < b.exhibits.size();
  });
  if (evidence.empty() || evidence.front().exhibits.size() > small_enough) return;
  std::erase_if(evidence, [](const Evidence& one) { return one.exhibits.size() > small_enough; });
}

}  // namespace tribunal
