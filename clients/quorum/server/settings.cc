#include "clients/quorum/server/settings.h"

#include <charconv>
#include <functional>
#include <map>
#include <sstream>
#include <stdexcept>

namespace tribunal::quorum {
namespace {

template <class T>
T one_of(const std::string& text, const std::map<std::string, T>& known) {
  const auto at = known.find(text);
  if (at == known.end()) throw std::invalid_argument("it cannot be '" + text + "'");
  return at->second;
}

Switch switch_from(const std::string& text) {
  return one_of<Switch>(text, {{"on", Switch::on}, {"off", Switch::off}});
}

std::size_t count(const std::string& text) {
  std::size_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stopped != end || value > 1'000'000)
    throw std::invalid_argument("'" + text + "' is no count");
  return value;
}

// "majority" and "all" depend on others, which may come later; 0 stands for the default.
std::size_t quorum(const std::string& text) {
  return text == "majority" || text == "all" ? 0 : count(text);
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
}

const std::map<std::string, LevelName> levels = {
    {"linearizable", LevelName::linearizable},
    {"sequential", LevelName::sequential},
    {"causal", LevelName::causal},
    {"session", LevelName::session},
    {"eventual", LevelName::eventual},
    {"weak", LevelName::weak},
};

const std::map<std::string, Bug> bugs = {
    {"none", Bug::none},
    {"stale-read", Bug::stale_read},
    {"lost-update", Bug::lost_update},
    {"lost-on-crash", Bug::lost_on_crash},
    {"dirty-read", Bug::dirty_read},
    {"resurrected-delete", Bug::resurrected_delete},
    {"reordered-write", Bug::reordered_write},
    {"non-monotonic-session", Bug::non_monotonic_session},
    {"never-repaired", Bug::never_repaired},
    {"duplicate-on-retry", Bug::duplicate_on_retry},
    {"wall-clock-lww", Bug::wall_clock_lww},
};

void set_conflicts(Settings& settings, const std::string& text) {
  settings.conflicts = one_of<Conflicts>(text, {{"newest", Conflicts::newest},
                                                {"wall-clock", Conflicts::newest},
                                                {"siblings", Conflicts::siblings},
                                                {"merge", Conflicts::merge}});
  if (text == "wall-clock") settings.stamps = StampSource::wall_clock;
}

using Setter = std::function<void(Settings&, const std::string&)>;
using Text = std::string;

const std::map<std::string, Setter> setters = {
    {"index", [](Settings& s, const Text& t) { s.index = count(t); }},
    {"nodes", [](Settings& s, const Text& t) { s.nodes = split(t); }},
    {"data", [](Settings& s, const Text& t) { s.data = t; }},
    {"level", [](Settings& s, const Text& t) { s.level = one_of(t, levels); }},
    {"bug", [](Settings& s, const Text& t) { s.bug = one_of(t, bugs); }},
    {"n", [](Settings& s, const Text& t) { s.replicas = quorum(t); }},
    {"r", [](Settings& s, const Text& t) { s.read_quorum = quorum(t); }},
    {"w", [](Settings& s, const Text& t) { s.write_quorum = quorum(t); }},
    {"write-back", [](Settings& s, const Text& t) { s.write_back = switch_from(t); }},
    {"read-repair", [](Settings& s, const Text& t) { s.read_repair = switch_from(t); }},
    {"hand-off", [](Settings& s, const Text& t) { s.hand_off = switch_from(t); }},
    {"conflicts", set_conflicts},
    {"skew", [](Settings& s, const Text& t) { s.skew = Milliseconds(count(t)); }},
    {"gossip",
     [](Settings& s, const Text& t) { s.gossip = Milliseconds(t == "off" ? 0 : count(t)); }},
    {"fsync",
     [](Settings& s, const Text& t) {
       s.durability = switch_from(t) == Switch::on ? Durability::synced : Durability::written;
     }},
    {"read-your-writes", [](Settings& s, const Text& t) { s.read_your_writes = switch_from(t); }},
    {"monotonic-reads", [](Settings& s, const Text& t) { s.monotonic_reads = switch_from(t); }},
    {"monotonic-writes", [](Settings& s, const Text& t) { s.monotonic_writes = switch_from(t); }},
    {"writes-follow-reads",
     [](Settings& s, const Text& t) { s.writes_follow_reads = switch_from(t); }},
    {"sessions",
     [](Settings& s, const Text& t) {
       s.sessions =
           one_of<Sessions>(t, {{"tokens", Sessions::tokens}, {"sticky", Sessions::sticky}});
     }},
    {"call-deadline", [](Settings& s, const Text& t) { s.call_deadline = Milliseconds(count(t)); }},
};

// What the level and the bug leave no choice in, and what depends on the number of nodes.
void complete(Settings& settings) {
  if (settings.nodes.empty() || settings.nodes.size() > 64)
    throw std::invalid_argument("--nodes: from 1 to 64 of them");
  if (settings.index >= settings.nodes.size())
    throw std::invalid_argument("--index: there are not so many nodes");
  if (settings.data.empty()) throw std::invalid_argument("--data: no folder was named");
  const std::size_t all = settings.nodes.size();
  if (settings.replicas == 0 || settings.replicas > all) settings.replicas = all;
  const std::size_t majority = settings.replicas / 2 + 1;
  for (std::size_t* quorum : {&settings.read_quorum, &settings.write_quorum}) {
    if (*quorum == 0) *quorum = majority;
    if (*quorum > settings.replicas)
      throw std::invalid_argument("--r and --w: at most as many as there are replicas");
  }
  if (settings.level == LevelName::linearizable || settings.level == LevelName::sequential) {
    settings.conflicts = Conflicts::newest;  // there are no writes that do not see each other
    settings.stamps = StampSource::logical;
  }
  if (settings.level == LevelName::eventual || settings.level == LevelName::weak) {
    for (Switch* guarantee : {&settings.read_your_writes, &settings.monotonic_reads,
                              &settings.monotonic_writes, &settings.writes_follow_reads})
      *guarantee = Switch::off;
  }
  if (settings.has(Bug::lost_on_crash)) settings.durability = Durability::deferred;
  if (settings.has(Bug::wall_clock_lww)) {
    settings.stamps = StampSource::wall_clock;
    if (settings.skew.count() == 0) settings.skew = Milliseconds(300);
  }
  settings.skew *= static_cast<int>(settings.index);
}

}  // namespace

Settings settings_from(const std::vector<std::string>& arguments) {
  Settings settings;
  for (const std::string& argument : arguments) {
    const std::size_t equals = argument.find('=');
    const auto setter = argument.starts_with("--") && equals != std::string::npos
                            ? setters.find(argument.substr(2, equals - 2))
                            : setters.end();
    if (setter == setters.end()) throw std::invalid_argument(argument + ": no such setting");
    try {
      setter->second(settings, argument.substr(equals + 1));
    } catch (const std::invalid_argument& wrong) {
      throw std::invalid_argument(argument + ": " + wrong.what());
    }
  }
  complete(settings);
  return settings;
}

}  // namespace tribunal::quorum
