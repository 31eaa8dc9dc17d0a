// Convergence of registers and append lists.
#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "checkers/convergence/findings.h"
#include "checkers/convergence/version_ends.h"
#include "checkers/exhibits.h"
#include "checkers/flat_index.h"
#include "checkers/none.h"
#include "checkers/versions/witness.h"

namespace tribunal {
namespace {

constexpr std::size_t most_shown = 6;  // operations of a counterexample

class Judge {
 public:
  Judge(const Settled& settled, Value initial, Watch& watch)
      : settled_(settled), history_(settled.history), watch_(watch), ends_(settled, initial) {}

  Findings judge();

 private:
  void judge_flaws();
  void judge_key(std::uint32_t key);
  void judge_list(std::uint32_t key);
  void judge_absent(std::uint32_t key);
  void follow_write(std::uint32_t key, std::uint32_t follower);
  void follow_deletion(std::uint32_t key, const Deletion& deletion);
  std::uint32_t absence_after(const Operation& deletion, std::uint32_t key) const;
  void show_path(EvidenceMaker& maker, std::uint32_t from, std::uint32_t to,
                 const std::vector<CausalLink>& path) const;
  std::string path_in_words(const std::vector<CausalLink>& path, const Operation& last) const;
  void add(EvidenceMaker& maker, const char* anomaly, std::uint32_t key, std::string sentence);
  std::uint32_t read_at(std::uint32_t key) const { return settled_.look.any(key).read; }
  const Operation& at(std::uint32_t place) const { return history_.operations[place]; }

  const Settled& settled_;
  const History& history_;
  Watch& watch_;
  VersionEnds ends_;
  Findings findings_;
  std::uint64_t dropped_ = 0, keys_with_dropped_ = 0;
};

Findings Judge::judge() {
  if (!ends_.find(watch_)) {
    findings_.undecided = "the budget was spent before any key was judged";
    return std::move(findings_);
  }
  if (ends_.versions().repeated) {
    findings_.undecided = repeated_reason(history_, ends_.versions());
    return std::move(findings_);
  }
  judge_flaws();
  for (const std::uint32_t key : settled_.keys) {
    if (watch_.spent()) {
      findings_.undecided = fmt::format("{} of {} keys judged before the budget was spent",
                                        findings_.keys, settled_.keys.size());
      break;
    }
    judge_key(key);
    ++findings_.keys;
  }
  if (ends_.cyclic() && findings_.undecided.empty())
    findings_.undecided = "the causal order goes round in a circle, so it orders only some writes";
  findings_.figures.emplace_back(
      "dropped by the conflict policy",
      fmt::format("{} acknowledged writes of {} keys, each followed by none and gone",
                  grouped(dropped_), grouped(keys_with_dropped_)));
  return std::move(findings_);
}

// Last answers that no write explains.
void Judge::judge_flaws() {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ends;  // last read, key
  for (const std::uint32_t key : settled_.keys) ends.emplace_back(read_at(key), key);
  std::sort(ends.begin(), ends.end());
  for (const ReadFlaw& flaw : ends_.versions().flaws) {
    if (flaw.kind != ReadFlaw::thin_air && flaw.kind != ReadFlaw::aborted) continue;
    const auto end = std::lower_bound(ends.begin(), ends.end(), std::pair(flaw.operation, 0U));
    if (end == ends.end() || end->first != flaw.operation) continue;
    ++findings_.nowhere;
    if (!findings_.wants_evidence()) continue;
    std::vector<std::uint32_t> places = {flaw.operation};
    const bool aborted = flaw.kind == ReadFlaw::aborted;
    if (aborted) places.push_back(flaw.other);
    EvidenceMaker maker(history_, places);
    if (aborted) maker.arrow(flaw.other, flaw.operation, "reads from");
    const std::string value = history_.values.show(flaw.value);
    add(maker, aborted ? "aborted read" : "thin-air read", end->second,
        aborted ? fmt::format("In the end {} is there {}, but its write by {} certainly failed.",
                              value, settled_.everywhere(), who(history_, at(flaw.other)))
                : fmt::format("In the end {} is there {}, which nobody ever wrote.", value,
                              settled_.everywhere()));
  }
}

void Judge::judge_key(std::uint32_t key) {
  if (ends_.versions().listed[key]) return judge_list(key);
  const std::uint64_t dropped = ends_.dropped(key);
  dropped_ += dropped;
  keys_with_dropped_ += dropped != 0;
  if (ends_.last(key) == none) {
    if (settled_.last(key).value.is_nil()) judge_absent(key);
    return;
  }
  const std::uint32_t follower = ends_.follower_of(ends_.last(key));
  if (follower != none) return follow_write(key, follower);
  if (const Deletion* deletion = ends_.deletion_after_last(key)) follow_deletion(key, *deletion);
}

void Judge::follow_write(std::uint32_t key, std::uint32_t follower) {
  const std::uint32_t last = ends_.last(key), reader = ends_.reader_of(follower);
  const bool first = ends_.versions().initial(last);
  ++(reader != none ? findings_.resurrected : findings_.lost);
  if (!findings_.wants_evidence()) return;
  const std::uint32_t write = ends_.versions().writes[follower];
  std::vector<std::uint32_t> places = {write, read_at(key)};
  if (!first) places.push_back(ends_.versions().writes[last]);
  if (reader != none) places.push_back(reader);
  const bool causal = ends_.causally_before(last, follower);
  std::vector<CausalLink> path;
  if (causal && !first) path = ends_.path_to(last, ends_.versions().writers[follower], write);
  if (places.size() + (path.empty() ? 0 : path.size() - 1) <= most_shown) {
    for (const CausalLink& link : path) places.push_back(link.to);
  }
  EvidenceMaker maker(history_, places);
  if (!first) {
    const std::uint32_t origin = ends_.versions().writes[last];
    if (causal) show_path(maker, origin, write, path);
    if (!causal) maker.arrow(origin, write, "version", "as the database numbers them");
    maker.arrow(origin, read_at(key), "reads from");
  }
  maker.arrow(write, reader == none ? write : reader, "reads from");
  std::string sentence = fmt::format(
      "{} ends as {} {}, but {}'s {} was acknowledged, and ",
      at(write).key.is_nil() ? "The register" : "Key " + history_.values.show(at(write).key),
      history_.values.show(settled_.last(key).value), settled_.everywhere(),
      who(history_, at(write)), history_.show(at(write)));
  sentence += first     ? "every write follows what was there at first"
              : !causal ? "the database itself numbers it as the newer version"
                        : path_in_words(path, at(write));
  if (reader != none)
    sentence +=
        fmt::format("; {} read it, so the older value came back", who(history_, at(reader)));
  add(maker, reader != none ? "resurrected value" : "lost acknowledged write", key, sentence + ".");
}

// "process 4 wrote 12 itself before".
std::string Judge::path_in_words(const std::vector<CausalLink>& path, const Operation& last) const {
  const Operation& first = at(path.front().from);
  const std::string value =
      history_.values.show(first.function == Function::cas ? first.to : first.value);
  if (path.size() == 1 && at(path[0].from).process == last.process)
    return fmt::format("the same session had written {} before (session order)", value);
  if (path.size() <= 2 && path[0].why == std::string_view("reads from"))
    return fmt::format("{} had read {} when it made that call (reads from, session order)",
                       who(history_, last), value);
  return fmt::format(
      "it follows {} through {} operations in between (reads from, session "
      "order)",
      value, path.size() - 1);
}

void Judge::show_path(EvidenceMaker& maker, std::uint32_t from, std::uint32_t to,
                      const std::vector<CausalLink>& path) const {
  const bool whole = std::all_of(path.begin(), path.end(), [&maker](const CausalLink& link) {
    return maker.shows(link.from) && maker.shows(link.to);
  });
  if (!whole) {
    maker.arrow(from, to, "causal order",
                fmt::format("through {} operations in between", path.size() - 1));
    return;
  }
  for (const CausalLink& link : path) maker.arrow(link.from, link.to, link.why);
}

// The first read that found nothing after the delete was acknowledged.
std::uint32_t Judge::absence_after(const Operation& deletion, std::uint32_t key) const {
  for (const std::uint32_t place : settled_.look.keys.of(key)) {
    const Operation& read = at(place);
    if (read.function == Function::read && read.ok() && read.value.is_nil() &&
        read.began > deletion.ended)
      return place;
  }
  return none;
}

void Judge::follow_deletion(std::uint32_t key, const Deletion& deletion) {
  const std::uint32_t last = ends_.last(key);
  const std::uint32_t absence = absence_after(at(deletion.operation), key);
  ++(absence != none ? findings_.resurrected : findings_.lost);
  if (!findings_.wants_evidence()) return;
  std::vector<std::uint32_t> places = {deletion.operation, read_at(key)};
  if (absence != none) places.push_back(absence);
  const bool first = ends_.versions().initial(last);
  std::vector<CausalLink> path;
  if (!first) {
    places.push_back(ends_.versions().writes[last]);
    const std::uint32_t before =
        ends_.versions().session_starts[deletion.session] + deletion.steps - 1;
    path = ends_.path_to(last, before, deletion.operation);
    if (places.size() + path.size() - 1 <= most_shown) {
      for (const CausalLink& link : path) places.push_back(link.to);
    }
  }
  EvidenceMaker maker(history_, places);
  if (!first) {
    show_path(maker, ends_.versions().writes[last], deletion.operation, path);
    maker.arrow(ends_.versions().writes[last], read_at(key), "reads from");
  }
  if (absence != none) maker.real_time(deletion.operation, absence);
  std::string sentence =
      fmt::format("{} is there in the end, {}, but {} had deleted it with acknowledgement, and ",
                  history_.values.show(settled_.last(key).value), settled_.everywhere(),
                  who(history_, at(deletion.operation)));
  sentence += first ? "it was there at first" : path_in_words(path, at(deletion.operation));
  if (absence != none)
    sentence +=
        fmt::format("; {} then found nothing there, so it came back", who(history_, at(absence)));
  add(maker, absence != none ? "resurrected value" : "lost acknowledged write", key,
      sentence + ".");
}

// Nothing is there in the end: right if some delete that may have happened is followed by no
// acknowledged write.
void Judge::judge_absent(std::uint32_t key) {
  std::vector<std::pair<const Deletion*, std::uint32_t>> answered;
  for (const Deletion& deletion : ends_.deletions_of(key)) {
    const auto writes = ends_.writes_of(key);
    const auto after = std::find_if(writes.begin(), writes.end(), [&](std::uint32_t w) {
      return ends_.acknowledged(w) && ends_.before(deletion, w);
    });
    if (after == writes.end()) return;
    answered.emplace_back(&deletion, *after);
  }
  if (answered.empty()) return;
  ++findings_.lost;
  if (!findings_.wants_evidence()) return;
  std::vector<std::uint32_t> places = {read_at(key)};
  for (std::size_t i = 0; i < std::min<std::size_t>(2, answered.size()); ++i) {
    const auto& [deletion, write] = answered[answered.size() - 1 - i];
    places.push_back(deletion->operation);
    places.push_back(ends_.versions().writes[write]);
  }
  EvidenceMaker maker(history_, places);
  for (std::size_t i = 0; i < std::min<std::size_t>(2, answered.size()); ++i) {
    const auto& [deletion, write] = answered[answered.size() - 1 - i];
    const std::uint32_t to = ends_.versions().writes[write];
    const bool same = at(deletion->operation).process == at(to).process;
    maker.arrow(deletion->operation, to, same ? "session order" : "causal order");
  }
  add(maker, "lost acknowledged write", key,
      fmt::format("Nothing is there in the end, {}; but each of the {} deletes that may have "
                  "happened is followed in causal order by an acknowledged write, and none of "
                  "those writes is left.",
                  settled_.everywhere(), answered.size()));
}

void Judge::judge_list(std::uint32_t key) {
  FlatIndex there;
  const auto elements = elements_of(history_, settled_.last(key).value);
  there.reset(elements.size());
  for (const Value element : elements) there.number(element);
  for (const std::uint32_t version : ends_.writes_of(key)) {
    const std::uint32_t append = ends_.versions().writes[version];
    if (!ends_.acknowledged(version) || there.find(at(append).value) != FlatIndex::none) continue;
    ++findings_.lost;
    if (!findings_.wants_evidence()) continue;
    const std::uint32_t reader = ends_.reader_of(version);
    std::vector<std::uint32_t> places = {append, read_at(key)};
    if (reader != none) places.push_back(reader);
    EvidenceMaker maker(history_, places);
    maker.real_time(append, read_at(key));
    if (reader != none) maker.arrow(append, reader, "reads from");
    shorten_lists(history_, maker.places(), at(append).value, maker.evidence);
    const std::string value = history_.values.show(at(append).value);
    add(maker, "lost acknowledged write", key,
        fmt::format("{}'s append of {} was acknowledged{}, and {} is missing from the list {}.",
                    who(history_, at(append)), value,
                    reader == none ? "" : fmt::format(", {} read it", who(history_, at(reader))),
                    value, settled_.everywhere()));
  }
}

void Judge::add(EvidenceMaker& maker, const char* anomaly, std::uint32_t key,
                std::string sentence) {
  findings_.evidence.push_back(end_evidence(settled_, maker, key, anomaly, std::move(sentence)));
}

}  // namespace

Findings judge_versioned(const Settled& settled, Value initial, Watch& watch) {
  return Judge(settled, initial, watch).judge();
}

}  // namespace tribunal
