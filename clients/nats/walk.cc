#include "clients/nats/walk.h"

#include <algorithm>
#include <thread>

namespace tribunal {
namespace {

constexpr std::size_t at_once = 256;  // requests

}  // namespace

std::vector<NatsStored> NatsWalk::read(NatsDialogue& nats, const std::string& subject,
                                       NatsSource source, Int until) {
  std::vector<Int>& found = found_[subject];
  std::vector<NatsStored> all;
  while (true) {
    // After each message that is expected comes the next; after the last nobody knows yet.
    std::vector<Int> from = {all.empty() ? 1 : all.back().sequence + 1};
    for (std::size_t i = all.size(); i < found.size() && from.size() < at_once; ++i)
      from.push_back(found[i] + 1);
    const auto answers = nats.following(subject, from, source);
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (!answers[i]) {
        found.resize(std::min(found.size(), all.size()));
        if (until == 0) return all;
        std::this_thread::sleep_for(Milliseconds(2));  // whoever answers is behind the log
        break;
      }
      const NatsStored& next = *answers[i];
      if (next.sequence < from[i]) throw Rejected("the answer is not the next message");
      const bool expected = all.size() < found.size() && found[all.size()] == next.sequence;
      if (!expected) {
        found.resize(std::min(found.size(), all.size()));
        found.push_back(next.sequence);
      }
      all.push_back(next);
      if (until > 0 && next.sequence >= until) {
        if (next.sequence > until) throw Rejected("a message of the log is not there");
        return all;
      }
      if (!expected) break;
    }
  }
}

}  // namespace tribunal
