// Which acknowledged write or delete of a register follows the value that every replica ended with.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "checkers/convergence/findings.h"
#include "checkers/versions/causal_order.h"

namespace tribunal {

// A delete that did not fail. It is no version: nobody can say which one a null read saw.
struct Deletion {
  std::uint32_t operation, key;
  std::uint32_t session;  // none: its process did nothing else that counts
  std::uint32_t steps;    // of its session before it
  bool follows_last = false;
};

struct CausalLink {
  std::uint32_t from, to;  // places in History::operations
  const char* why;         // "session order" or "reads from"
};

class VersionEnds {
 public:
  static constexpr std::uint32_t none = Versions::none;

  VersionEnds(const Settled& settled, Value initial) : settled_(settled), initial_(initial) {}

  // Returns whether the watch let it come to its end. With versions().repeated it stops there.
  bool find(Watch& watch);

  const Versions& versions() const { return versions_; }
  bool cyclic() const { return order_->cyclic(); }
  std::uint32_t last(std::uint32_t key) const { return last_[key]; }  // version; none: no version
  std::span<const std::uint32_t> writes_of(std::uint32_t key) const {
    return std::span(writes_).subspan(write_starts_[key],
                                      write_starts_[key + 1] - write_starts_[key]);
  }
  // A read that returned the version; none: nobody did.
  std::uint32_t reader_of(std::uint32_t version) const { return reader_of_[version]; }
  bool acknowledged(std::uint32_t version) const;
  std::span<const Deletion> deletions_of(std::uint32_t key) const;

  bool ranked_before(std::uint32_t v, std::uint32_t w) const;
  bool causally_before(std::uint32_t v, std::uint32_t w) const;
  bool before(const Deletion& deletion, std::uint32_t w) const;

  // The acknowledged write that follows version v, one that was seen if there is any; or none.
  std::uint32_t follower_of(std::uint32_t v) const;
  // The acknowledged delete that follows the last value and was over first; or null.
  const Deletion* deletion_after_last(std::uint32_t key) const;
  // Acknowledged writes that no other write of their key follows in any order, real time included,
  // and that are not what it ends with: what a conflict policy dropped.
  std::uint64_t dropped(std::uint32_t key) const;
  // How the last value of a key comes to be before a call of a session, in causal order: before
  // its step `to`, or if `call` is no step, before that, which came right after it.
  std::vector<CausalLink> path_to(std::uint32_t version, std::uint32_t to,
                                  std::uint32_t call) const;

 private:
  void sort_writes();
  void place_deletions();
  bool sweep(Watch& watch);
  bool overtaken(std::uint32_t v, std::uint32_t latest_begin) const;

  const Settled& settled_;
  Value initial_;
  Versions versions_;
  std::unique_ptr<CausalOrder> order_;
  std::vector<std::uint32_t> last_, reader_of_, writes_, write_starts_;
  std::vector<Deletion> deletions_;  // once found, by key
};

}  // namespace tribunal
