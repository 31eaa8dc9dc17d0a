// Simulates a run: a register a key, ten workers, and now and then a node that is cut off.
#include "tests/reports/sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "harness/record/history.h"
#include "harness/record/history_file.h"
#include "harness/record/random.h"

namespace tribunal {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t second = 1'000'000'000, millisecond = 1'000'000;
constexpr std::size_t nodes = 3;

struct SimulatedCall {
  std::int64_t invoked = 0, acted = 0, completed = 0;
  std::uint32_t process = 0;
  std::size_t node = 0;
  std::int64_t key = 0;
  Function function = Function::read;
  std::int64_t value = 0, to = 0;
  bool has_value = false;  // of a read: something was written before
  Outcome outcome = Outcome::ok;
};

struct Simulation {
  const Sample& sample;
  std::vector<Receipt> receipts;
  std::vector<SimulatedCall> calls;
  std::vector<Exhibit> exhibits;  // of the planted stale read
  std::int64_t stale_key = 0;
  std::uint32_t impossible_at = 0;
};

std::string node_name(const Sample& sample, std::size_t node) {
  return fmt::format("{}{}", sample.node_prefix, node + 1);
}

std::int64_t run_length(const Sample& sample) {
  return static_cast<std::int64_t>(sample.operations) * second /
         static_cast<std::int64_t>(sample.calls_a_second);
}

Receipt receipt_of(const Sample& sample, int number) {
  const std::int64_t slot = run_length(sample) / static_cast<std::int64_t>(sample.faults + 1);
  Receipt receipt;
  receipt.planned.id = number;
  receipt.planned.fault = number % 3 == 1 ? "kill" : "partition";
  receipt.planned.shape = number % 3 == 1 ? "" : "one";
  receipt.planned.target = number % 3 == 1 ? "leader" : "";
  receipt.planned.at = slot / 2 + slot * number;
  receipt.planned.duration = slot * 4 / 5;
  const std::size_t hit = static_cast<std::size_t>(number) % nodes;
  receipt.targets = {node_name(sample, hit)};
  if (number % 3 != 1) {
    receipt.detail = node_name(sample, hit) + " |";
    for (std::size_t node = 0; node < nodes; ++node) {
      if (node != hit) receipt.detail += " " + node_name(sample, node);
    }
  }
  const std::int64_t at = receipt.planned.at;
  receipt.installed = at + 21 * millisecond;
  receipt.observed = at + 63 * millisecond;
  receipt.observed_by =
      fmt::format("probe {} -> {} lost, {} -> {} arrived", node_name(sample, hit),
                  node_name(sample, (hit + 1) % nodes), node_name(sample, (hit + 1) % nodes),
                  node_name(sample, (hit + 2) % nodes));
  receipt.exercised = at + 340 * millisecond;
  receipt.exercised_by = "312 packets of the database dropped";
  receipt.heal_requested = at + receipt.planned.duration;
  receipt.healed = *receipt.heal_requested + 18 * millisecond;
  receipt.heal_verified = *receipt.healed + 150 * millisecond;
  receipt.heal_verified_by = "every pair of hosts hears each other";
  receipt.counters = {{node_name(sample, hit) + " dropped", 312}};
  return receipt;
}

bool cut_off(const Simulation& simulation, std::size_t node, std::int64_t time) {
  return std::any_of(simulation.receipts.begin(), simulation.receipts.end(),
                     [&](const Receipt& receipt) {
                       return receipt.targets.front() == node_name(simulation.sample, node) &&
                              time >= *receipt.installed && time < *receipt.healed;
                     });
}

// Latency: a few milliseconds with a long tail; a call into a cut-off node is given up after a
// second.
void draw_call(const Simulation& simulation, SimulatedCall& call, Random& random) {
  const double spread = std::exp((random.unit() + random.unit() + random.unit() - 1.5) * 1.6);
  const auto latency = static_cast<std::int64_t>(2.2e6 * spread);
  call.key = random.between(0, simulation.sample.keys - 1);
  const auto draw = random.below(10);
  call.function = draw < 5 ? Function::read : draw < 8 ? Function::write : Function::cas;
  call.completed = call.invoked + latency;
  call.acted =
      call.invoked + static_cast<std::int64_t>(static_cast<double>(latency) * random.unit());
  if (cut_off(simulation, call.node, call.invoked)) {
    call.outcome = Outcome::unknown;
    call.completed = call.invoked + second;
  }
}

void draw_calls(Simulation& simulation) {
  const Sample& sample = simulation.sample;
  Random random(sample.seed);
  struct Worker {
    std::int64_t free = 0;
    std::uint32_t process = 0;
  };
  std::vector<Worker> workers(sample.workers);
  for (std::uint32_t i = 0; i < sample.workers; ++i) workers[i].process = i;
  const std::int64_t gap =
      second * sample.workers / static_cast<std::int64_t>(sample.calls_a_second);
  for (std::uint64_t drawn = 0; drawn < sample.operations; ++drawn) {
    Worker& worker =
        *std::min_element(workers.begin(), workers.end(),
                          [](const Worker& a, const Worker& b) { return a.free < b.free; });
    SimulatedCall call;
    call.invoked = worker.free + random.between(1000, gap);
    call.process = worker.process;
    call.node = static_cast<std::size_t>(&worker - workers.data()) % nodes;
    draw_call(simulation, call, random);
    worker.free = std::max(call.completed, call.invoked + gap / 2);
    if (call.outcome == Outcome::unknown) worker.process += sample.workers;
    simulation.calls.push_back(call);
  }
}

// Carries the calls out in the order in which they take effect.
void act(Simulation& simulation) {
  auto& calls = simulation.calls;
  std::sort(calls.begin(), calls.end(),
            [](const auto& a, const auto& b) { return a.acted < b.acted; });
  std::map<std::int64_t, std::int64_t> registers;
  std::int64_t next = 0;
  for (auto& call : calls) {
    const auto held = registers.find(call.key);
    if (call.function == Function::read) {
      call.has_value = held != registers.end();
      call.value = call.has_value ? held->second : 0;
    } else if (call.function == Function::write) {
      call.value = ++next;
      if (call.outcome == Outcome::ok) registers[call.key] = call.value;
    } else {
      call.value = held == registers.end() ? 0 : held->second;
      call.to = ++next;
      if (held == registers.end() && call.outcome == Outcome::ok) call.outcome = Outcome::failed;
      if (call.outcome == Outcome::ok) registers[call.key] = call.to;
    }
  }
}

// A read in the latter half that returns what an acknowledged write had replaced before the read
// began.
std::vector<std::size_t> plant_stale_read(Simulation& simulation) {
  auto& calls = simulation.calls;
  for (std::size_t read = calls.size() * 2 / 5; read < calls.size(); ++read) {
    if (calls[read].function != Function::read || calls[read].outcome != Outcome::ok) continue;
    std::vector<std::size_t> writes;  // of the same key, acknowledged, latest first
    for (std::size_t at = read; at-- > 0 && writes.size() < 2;) {
      const auto& call = calls[at];
      if (call.key != calls[read].key || call.outcome != Outcome::ok ||
          call.function == Function::read)
        continue;
      if (call.function != Function::write) break;
      const std::int64_t before =
          writes.empty() ? calls[read].invoked : calls[writes.back()].invoked;
      if (call.completed >= before) break;
      writes.push_back(at);
    }
    if (writes.size() < 2) continue;
    calls[read].value = calls[writes[1]].value;
    return {writes[1], writes[0], read};
  }
  return {};
}

struct Event {
  std::int64_t time;
  std::size_t call;
  bool completes;
};

Json value_json(const SimulatedCall& call, bool completes) {
  if (call.function == Function::write) return call.value;
  if (call.function == Function::cas) return {call.value, call.to};
  return completes && call.outcome == Outcome::ok && call.has_value ? Json(call.value) : Json();
}

std::string record_line(const Simulation& simulation, const Event& event, std::size_t index) {
  const SimulatedCall& call = simulation.calls[event.call];
  constexpr std::array<std::string_view, 3> types = {"ok", "fail", "info"};
  std::string line = fmt::format(
      R"({{"index":{},"time":{},"process":{},"type":"{}","f":"{}","key":{},"value":{},"node":{})",
      index, event.time, call.process,
      event.completes ? types.at(static_cast<std::size_t>(call.outcome)) : "invoke",
      name_of(call.function), call.key, value_json(call, event.completes).dump(),
      Json(node_name(simulation.sample, call.node)).dump());
  if (event.completes && call.outcome == Outcome::unknown)
    line += ",\"error\":" + Json(simulation.sample.error).dump();
  if (event.completes && call.outcome == Outcome::failed)
    line += ",\"error\":\"precondition failed\"";
  return line + "}\n";
}

// The lines of the history; fills in the exhibits' places in it.
std::string history_lines(Simulation& simulation, const std::vector<std::size_t>& planted) {
  std::vector<Event> events;
  for (std::size_t i = 0; i < simulation.calls.size(); ++i) {
    events.push_back({simulation.calls[i].invoked, i, false});
    events.push_back({simulation.calls[i].completed, i, true});
  }
  std::sort(events.begin(), events.end(),
            [](const Event& a, const Event& b) { return a.time < b.time; });
  simulation.exhibits.resize(planted.size());
  std::string lines;
  for (std::size_t index = 0; index < events.size(); ++index) {
    lines += record_line(simulation, events[index], index);
    for (std::size_t i = 0; i < planted.size(); ++i) {
      if (events[index].call != planted[i]) continue;
      (events[index].completes ? simulation.exhibits[i].ended : simulation.exhibits[i].began) =
          static_cast<std::uint32_t>(index);
    }
  }
  return lines;
}

void describe_exhibits(Simulation& simulation, const std::vector<std::size_t>& planted) {
  for (std::size_t i = 0; i < planted.size(); ++i) {
    const SimulatedCall& call = simulation.calls[planted[i]];
    Exhibit& exhibit = simulation.exhibits[i];
    exhibit.invoked_at = call.invoked;
    exhibit.completed_at = call.completed;
    exhibit.process = call.process;
    exhibit.node = node_name(simulation.sample, call.node);
    exhibit.text = fmt::format("{} {} {}{}", name_of(call.function), call.key,
                               call.function == Function::read ? "-> " : "", call.value);
    exhibit.outcome = "ok";
  }
  simulation.stale_key = simulation.calls[planted.back()].key;
  simulation.impossible_at = simulation.exhibits.back().ended;
}

Evidence evidence_of(const Simulation& simulation) {
  const auto& exhibits = simulation.exhibits;
  const std::string old_value = exhibits[0].text.substr(exhibits[0].text.rfind(' ') + 1);
  const std::string new_value = exhibits[1].text.substr(exhibits[1].text.rfind(' ') + 1);
  Evidence evidence;
  evidence.anomaly = "stale read";
  evidence.key = std::to_string(simulation.stale_key);
  evidence.sentence = fmt::format(
      "A read returned {} after {} had replaced it. The write of {} was acknowledged before the "
      "read began, so the read "
      "must come after it; but it returned the value before, which nothing wrote again.",
      old_value, new_value, new_value);
  evidence.exhibits = exhibits;
  evidence.arrows = {
      {0, 1, "real time",
       fmt::format("{} was acknowledged before {} was sent", old_value, new_value)},
      {1, 2, "real time", fmt::format("{} was acknowledged before the read began", new_value)},
      {0, 2, "reads from", fmt::format("the read returned {}", old_value)},
      {2, 1, "must precede", fmt::format("it did not see {}", new_value)}};
  evidence.impossible_at = simulation.impossible_at;
  return evidence;
}

std::vector<Verdict> verdicts_of(const Simulation& simulation) {
  const Sample& sample = simulation.sample;
  Verdict register_verdict;
  register_verdict.checker = "linearizable-register";
  register_verdict.judgement = sample.judgement;
  register_verdict.algorithm = "per-key search with memory";
  register_verdict.operations = sample.operations;
  register_verdict.keys = static_cast<std::uint64_t>(sample.keys);
  register_verdict.seconds = 0.42;
  register_verdict.figures = {{"acknowledged", "19,204"}, {"longest key", "231 operations"}};
  register_verdict.reason = "every key has an order of its operations that explains each answer";
  if (sample.judgement == Judgement::violated) {
    register_verdict.evidence = {evidence_of(simulation)};
    register_verdict.violations = 1;
    register_verdict.reason = "1 key of 100 has no order that explains its answers";
  } else if (sample.judgement != Judgement::satisfied) {
    register_verdict.reason = "only 3 reads were acknowledged, and at least 20 must be";
  }
  Verdict faults;
  faults.checker = "faults";
  faults.judgement = Judgement::satisfied;
  faults.algorithm = "receipts";
  faults.operations = sample.faults;
  faults.reason = fmt::format("{} of {} planned faults met the database, and every one healed",
                              sample.faults, sample.faults);
  return {register_verdict, faults};
}

RunFacts facts_of(const Sample& sample) {
  RunFacts facts;
  facts.database = "etcd";
  facts.database_version = "3.5.16";
  facts.workload = "register";
  facts.claim = sample.claim;
  facts.faults = "partition, kill";
  facts.command = fmt::format(
      "tribunal run --database etcd --workload register --faults partition,kill --seed {}",
      sample.seed);
  facts.seed = sample.seed;
  for (std::size_t node = 0; node < nodes; ++node) facts.hosts.push_back(node_name(sample, node));
  facts.started = "2026-11-21T12:00:00+01:00";
  facts.seconds = static_cast<double>(run_length(sample)) / 1e9;
  facts.environment = {{"kernel", "Linux 6.1"}, {"etcd sha256", "b3a1d0d4"}, {"processors", "8"}};
  return facts;
}

}  // namespace

RunFolder make_sample(const std::filesystem::path& parent, const Sample& sample) {
  Simulation simulation{sample, {}, {}, {}, 0, 0};
  for (std::size_t i = 0; i < sample.faults; ++i)
    simulation.receipts.push_back(receipt_of(sample, static_cast<int>(i)));
  draw_calls(simulation);
  act(simulation);
  std::vector<std::size_t> planted;
  if (sample.judgement == Judgement::violated) planted = plant_stale_read(simulation);
  const RunFolder folder = RunFolder::create(parent, "etcd-register");
  write_file(folder.history(), history_lines(simulation, planted));
  if (!planted.empty()) describe_exhibits(simulation, planted);
  std::vector<PlannedFault> schedule;
  for (const auto& receipt : simulation.receipts) {
    schedule.push_back(receipt.planned);
    folder.append_receipt(receipt);
  }
  folder.write_schedule(schedule);
  folder.write_spec(fmt::format(
      "database: etcd\nworkload: register\nfaults: [partition, kill]\nseed: {}\n", sample.seed));
  folder.write_verdicts(verdicts_of(simulation));
  folder.write_facts(facts_of(sample));
  return folder;
}

RunFolder make_hostile(const std::filesystem::path& parent, const std::string& text) {
  const RunFolder folder = RunFolder::create(parent, "hostile");
  const std::string quoted = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
  const auto line = [&](int index, std::string_view type, const std::string& more) {
    return fmt::format(
               R"({{"index":{},"time":{},"process":0,"type":"{}","f":{},"key":{},"value":{},"node":{}{}}})",
               index, index * 1'000'000, type, quoted, quoted, quoted, quoted, more) +
           "\n";
  };
  write_file(folder.history(), line(0, "invoke", "") + line(1, "ok", "") + line(2, "invoke", "") +
                                   line(3, "info", ",\"error\":" + quoted));
  Receipt receipt;
  receipt.planned.fault = receipt.planned.shape = receipt.planned.target = text;
  receipt.planned.order = receipt.targets = {text};
  receipt.detail = receipt.observed_by = receipt.exercised_by = receipt.heal_verified_by =
      receipt.failure = text;
  receipt.installed = receipt.observed = receipt.exercised = receipt.healed =
      receipt.heal_verified = 500'000;
  receipt.counters = {{text, 1}};
  folder.append_receipt(receipt);
  folder.write_spec(text);
  Evidence evidence{text, quoted, text, {}, {{0, 1, text, text}}, 1};
  evidence.exhibits = {{0, 1, 0, 1'000'000, 0, text, text, text},
                       {2, Operation::never, 2'000'000, Operation::no_time, 0, text, text, text}};
  Verdict verdict;
  verdict.checker = verdict.reason = verdict.algorithm = text;
  verdict.judgement = Judgement::violated;
  verdict.evidence = {evidence};
  verdict.violations = 1;
  verdict.figures = {{text, text}};
  folder.write_verdicts({verdict});
  RunFacts facts;
  facts.database = facts.database_version = facts.workload = facts.claim = facts.faults =
      facts.command = facts.started = facts.interrupted = text;
  facts.hosts = facts.notes = {text};
  facts.environment = {{text, text}};
  folder.write_facts(facts);
  return folder;
}

RunFolder make_empty(const std::filesystem::path& parent) {
  const RunFolder folder = RunFolder::create(parent, "empty");
  write_file(folder.history(), "");
  return folder;
}

}  // namespace tribunal
