#include "checkers/convergence/causal_path.h"

#include <algorithm>

namespace tribunal {
namespace {

constexpr std::uint32_t none = Versions::none;

// Goes back from the moment, one session further with each read: breadth first, so that the first
// path found crosses the fewest sessions.
class Search {
 public:
  Search(const Versions& versions, std::uint32_t version)
      : versions_(versions),
        goal_(versions.steps[versions.writers[version]]),
        version_(version),
        looked_(versions.sessions(), 0) {}

  std::vector<CausalLink> from(const SessionMoment& moment) {
    visits_.push_back({moment.session, moment.steps, moment.operation, none, none});
    for (std::uint32_t i = 0; i < visits_.size(); ++i) {
      if (look_at(i)) return links();
    }
    return {};
  }

 private:
  // The steps of a session before an operation of its, whose write `reader` saw before it went on
  // to what the visit `next` ends with.
  struct Visit {
    std::uint32_t session, steps, operation, reader, next;
  };

  bool look_at(std::uint32_t index) {
    const Visit visit = visits_[index];
    end_ = index;
    end_reader_ = none;
    if (visit.session == goal_.session && visit.steps > goal_.place) return true;
    const std::uint32_t first = versions_.session_starts[visit.session];
    for (std::uint32_t place = looked_[visit.session]; place < visit.steps; ++place) {
      const std::uint32_t reader = versions_.steps[first + place].operation;
      for (const std::uint32_t seen : versions_.reads_from(first + place)) {
        if (seen == version_) {
          end_reader_ = reader;
          return true;
        }
        const Step& writer = versions_.steps[versions_.writers[seen]];
        if (writer.session != visit.session && writer.place >= looked_[writer.session])
          visits_.push_back({writer.session, writer.place + 1, writer.operation, reader, index});
      }
    }
    looked_[visit.session] = std::max(looked_[visit.session], visit.steps);
    return false;
  }

  std::vector<CausalLink> links() const {
    std::vector<CausalLink> links;
    const auto add = [&links](std::uint32_t from, std::uint32_t to, const char* why) {
      if (from != to) links.push_back({from, to, why});
    };
    if (end_reader_ != none) add(goal_.operation, end_reader_, "reads from");
    add(end_reader_ != none ? end_reader_ : goal_.operation, visits_[end_].operation,
        "session order");
    for (std::uint32_t at = end_; visits_[at].next != none; at = visits_[at].next) {
      add(visits_[at].operation, visits_[at].reader, "reads from");
      add(visits_[at].reader, visits_[visits_[at].next].operation, "session order");
    }
    return links;
  }

  const Versions& versions_;
  const Step goal_;
  const std::uint32_t version_;
  std::vector<std::uint32_t> looked_;  // by session: how many of its steps were looked at
  std::vector<Visit> visits_;
  std::uint32_t end_ = none, end_reader_ = none;
};

}  // namespace

std::vector<CausalLink> causal_path(const Versions& versions, std::uint32_t version,
                                    const SessionMoment& moment) {
  return Search(versions, version).from(moment);
}

}  // namespace tribunal
