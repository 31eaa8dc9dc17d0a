#include "checkers/convergence/accounts.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <sstream>

namespace tribunal {
namespace {

// "n1 updates=3f2a state=9c01 unmerged=3"; the order of the parts is free.
bool read_account(const History& history, const std::string& text, Account& account) {
  std::istringstream words(text);
  std::string word;
  words >> word;
  const auto node = std::find(history.nodes.begin() + 1, history.nodes.end(), word);
  if (word.empty() || node == history.nodes.end()) return false;
  account.node = static_cast<std::uint16_t>(node - history.nodes.begin());
  while (words >> word) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) return false;
    const std::string name = word.substr(0, equals), value = word.substr(equals + 1);
    if (name == "updates") account.updates = value;
    if (name == "state") account.state = value;
    if (name != "unmerged") continue;
    const char* end = value.data() + value.size();
    const auto [stopped, error] = std::from_chars(value.data(), end, account.unmerged);
    if (error != std::errc{} || stopped != end) return false;
  }
  return !account.state.empty();
}

class Judge {
 public:
  Judge(const Settled& settled, Objects objects)
      : look_(settled.look),
        history_(settled.history),
        objects_(objects),
        accounts_(accounts_of(history_, look_.begins)) {}

  AccountFindings judge();

 private:
  void judge_pair(const Account& first, const Account& second);
  std::uint32_t read_by(std::uint16_t node, std::uint32_t key) const;
  void convict(const Account& first, const Account& second, std::uint32_t key);
  void add_figures();

  const LastLook& look_;
  const History& history_;
  Objects objects_;
  std::vector<Account> accounts_;
  AccountFindings findings_;
};

AccountFindings Judge::judge() {
  for (std::size_t i = 0; i < accounts_.size(); ++i) {
    for (std::size_t j = i + 1; j < accounts_.size(); ++j) {
      if (!accounts_[i].updates.empty() && accounts_[i].updates == accounts_[j].updates)
        judge_pair(accounts_[i], accounts_[j]);
    }
  }
  if (!accounts_.empty()) add_figures();
  return std::move(findings_);
}

void Judge::judge_pair(const Account& first, const Account& second) {
  if (first.state == second.state) {
    ++findings_.alike;
    return;
  }
  for (std::uint32_t key = 0; key < look_.keys.size(); ++key) {
    const std::uint32_t one = read_by(first.node, key), other = read_by(second.node, key);
    if (one == Holding::none || other == Holding::none ||
        same_answer(history_, objects_, history_.operations[one].value,
                    history_.operations[other].value))
      continue;
    constexpr std::size_t most_shown = 4;
    if (++findings_.unlike <= most_shown) convict(first, second, key);
    return;
  }
  ++findings_.covert;
}

std::uint32_t Judge::read_by(std::uint16_t node, std::uint32_t key) const {
  const auto replica = std::find(look_.replicas.begin(), look_.replicas.end(), node);
  if (replica == look_.replicas.end()) return Holding::none;
  return look_.of(key)[static_cast<std::size_t>(replica - look_.replicas.begin())].read;
}

void Judge::convict(const Account& first, const Account& second, std::uint32_t key) {
  const std::uint32_t places[] = {read_by(first.node, key), read_by(second.node, key)};
  const Operation& one = history_.operations[places[0]];
  const Operation& other = history_.operations[places[1]];
  EvidenceMaker maker(history_, {places[0], places[1]});
  Evidence& evidence = maker.evidence;
  evidence.anomaly = "two states of the same updates";
  evidence.key = one.key.is_nil() ? "" : history_.values.show(one.key);
  evidence.sentence = fmt::format(
      "{} and {} say that they have applied the same updates ({}), and nothing was written any "
      "more, yet {} answered {} and {} {}{}.",
      history_.nodes[first.node], history_.nodes[second.node], shortened(first.updates),
      history_.nodes[first.node], shortened(history_.values.show(one.value)),
      history_.nodes[second.node], shortened(history_.values.show(other.value)),
      evidence.key.empty() ? "" : " for key " + evidence.key);
  evidence.impossible_at = std::max(one.ended, other.ended);
  findings_.evidence.push_back(std::move(evidence));
}

void Judge::add_figures() {
  findings_.figures.emplace_back(
      "same updates, same state",
      fmt::format("{} replicas told what they had applied; {} pairs of them the same updates, of "
                  "which {} hold the same state",
                  accounts_.size(), findings_.alike + findings_.unlike + findings_.covert,
                  findings_.alike));
  std::string unmerged;
  for (const Account& account : accounts_) {
    if (account.unmerged != 0)
      unmerged += fmt::format("{}{} at {}", unmerged.empty() ? "" : ", ", grouped(account.unmerged),
                              history_.nodes[account.node]);
  }
  findings_.figures.emplace_back(
      "left unmerged by the conflict policy",
      unmerged.empty() ? "no keys" : "keys of several versions: " + unmerged);
}

}  // namespace

std::vector<Account> accounts_of(const History& history, std::uint32_t begins) {
  std::map<std::uint16_t, Account> latest;
  for (const FaultEvent& event : history.faults) {
    Account account;
    if (event.index < begins || event.name != "applied" || event.starts || event.stops ||
        !read_account(history, event.detail, account))
      continue;
    latest[account.node] = account;
  }
  std::vector<Account> all;
  for (auto& [node, account] : latest) all.push_back(std::move(account));
  return all;
}

AccountFindings judge_accounts(const Settled& settled, Objects objects) {
  return Judge(settled, objects).judge();
}

}  // namespace tribunal
