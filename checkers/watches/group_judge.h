// Judges one group: attributes what was shown to who wrote it, lays out what took effect at which
// version, and holds each watch against that.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "checkers/classic/judging.h"
#include "checkers/flat_index.h"
#include "checkers/watches/group.h"

namespace tribunal {

enum class WatchFigure : std::uint8_t {
  watches,
  resumed,
  bookmarked,
  shown,
  writes,
  recovered,
  nowhere,
  failed_shown,
  misdated,
  clashes,
  disordered,
  repeated,
  again,
  lost,
  torn,
  backward,
};

class GroupJudge {
 public:
  // Fills in of the group which changes are credible, and where its writes took effect.
  GroupJudge(const History& history, WatchedGroup& group, KeyFinding& finding)
      : history_(history), group_(group), finding_(finding) {}

  bool judge(Watch& watch);  // false: the budget was spent

 private:
  // A change that certainly took effect: sorted by version and register, one for each of these.
  struct Fact {
    std::int64_t version = 0;
    Value which{};
    std::uint32_t write = 0;
    friend bool operator<(const Fact& a, const Fact& b) {
      return a.version != b.version ? a.version < b.version : a.which < b.which;
    }
    bool same_place(const Fact& other) const {
      return version == other.version && which == other.which;
    }
  };
  using Range = std::pair<std::vector<Fact>::const_iterator, std::vector<Fact>::const_iterator>;

  const Operation& at(std::uint32_t place) const { return history_.operations[place]; }
  void attribute(ShownChange& change);
  void lay_out();
  void judge_watch(const GroupWatch& watch);
  void judge_order(const GroupWatch& watch);
  void judge_completeness(const GroupWatch& watch);
  void judge_bookmarks();
  Range between(std::int64_t from, std::int64_t to) const;  // after `from`, up to `to`

  // In watch_evidence.cc: each counts, and explains as long as evidence is wanted.
  void convict_source(WatchFigure figure, const ShownChange& change);
  void convict_date(const ShownChange& change);
  void convict_clash(const Fact& first, const Fact& second);
  void convict_order(const GroupWatch& watch, const ShownChange& newer, const ShownChange& older);
  void convict_repeated(const GroupWatch& watch, const Fact& change);
  void convict_again(const GroupWatch& watch, const ShownChange& change);
  void convict_torn(const GroupWatch& watch, const Fact& has);
  void convict_lost(const GroupWatch& watch, std::uint64_t changes);
  void convict_bookmark(const GroupWatch& watch, const GroupWatch& former);
  bool counted(WatchFigure figure, std::uint64_t count = 1);
  struct Case;
  void keep(Case shown);
  std::string shown_watch(const GroupWatch& watch, std::int64_t around) const;
  std::string describe(const Fact& fact) const;
  std::string source_of(const Fact& fact, std::vector<std::uint32_t>& places) const;
  const Fact* first_not_held(Range facts) const;
  std::uint32_t foreign_write(Value value) const;

  const History& history_;
  WatchedGroup& group_;
  KeyFinding& finding_;
  std::vector<Fact> facts_;
  std::vector<Fact> held_;  // of the watch that is judged: what it showed, sorted
};

}  // namespace tribunal
