// Evidence about versions: the operations, and an arrow for each order with where it comes from.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "checkers/exhibits.h"
#include "checkers/versions/versions.h"

namespace tribunal {

// Collects places and arrows, then makes the evidence of them.
class Witness {
 public:
  Witness(const History& history, const Versions& versions)
      : history_(history), versions_(versions) {}

  void show(std::uint32_t step) { places_.push_back(operation(step)); }
  void show_operation(std::uint32_t place) { places_.push_back(place); }
  // Two steps, both shown thereby.
  void arrow(std::uint32_t from, std::uint32_t to, std::string why, std::string label = {});
  // The causal path from one step to another, shown by its fewest hops.
  void causal(std::uint32_t from, std::uint32_t to);
  void reads_from(std::uint32_t version, std::uint32_t step);
  std::size_t size() const;

  // "process 3 on n1".
  std::string who(std::uint32_t step) const;
  std::string call(std::uint32_t step) const;  // "write 3 17", long lists shortened
  std::string value(std::uint32_t version) const;

  Evidence make(std::string anomaly, std::uint32_t key, std::string sentence,
                std::uint32_t at_step) const;

 private:
  struct Drawn {
    std::uint32_t from, to;
    std::string why, label;
  };
  std::uint32_t operation(std::uint32_t step) const { return versions_.steps[step].operation; }

  const History& history_;
  const Versions& versions_;
  std::vector<std::uint32_t> places_;
  std::vector<Drawn> arrows_;
};

// The evidence of a read that no order of versions explains; nothing for a dispute.
std::vector<Evidence> flaw_evidence(const History& history, const Versions& versions,
                                    std::size_t most);
std::string repeated_reason(const History& history, const Versions& versions);

}  // namespace tribunal
