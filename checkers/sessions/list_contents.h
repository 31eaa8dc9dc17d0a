// Which versions a read list held, for keys whose lists contradict each other.
#pragma once

#include <vector>

#include "checkers/versions/pair_index.h"
#include "checkers/versions/versions.h"

namespace tribunal {

class ListContents {
 public:
  ListContents(const History& history, const Versions& versions)
      : history_(history), versions_(versions), index_(appended(versions)) {
    for (std::uint32_t version = 0; version < versions.writes.size(); ++version) {
      if (versions.initial(version) || !versions.listed[versions.key_of[version]]) continue;
      index_.add(versions.key_of[version], history.operations[versions.writes[version]].value,
                 version);
    }
  }

  // Of a step that read a list, in the list's order; good until the next call.
  const std::vector<std::uint32_t>& of(const SessionStep& step) {
    list_.clear();
    const Value value = history_.operations[step.operation].value;
    if (step.read == Versions::none || value.is_nil()) return list_;
    for (const Value element : history_.values.elements(value))
      list_.push_back(index_.find(step.key, element));
    return list_;
  }

 private:
  static std::size_t appended(const Versions& versions) {
    std::size_t count = 0;
    for (std::size_t version = versions.keys.size(); version < versions.writes.size(); ++version)
      count += versions.listed[versions.key_of[version]];
    return count;
  }

  const History& history_;
  const Versions& versions_;
  PairIndex index_;
  std::vector<std::uint32_t> list_;
};

}  // namespace tribunal
