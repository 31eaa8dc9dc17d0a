#include "bench/table/cases.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <numeric>

#include "bench/histories/container_history.h"
#include "bench/histories/register_history.h"
#include "checkers/linearizability/linearizable.h"
#include "checkers/linearizability/linearizable_register.h"
#include "checkers/linearizability/monitors/monitor.h"
#include "harness/record/history_file.h"

namespace tribunal {
namespace {

namespace fs = std::filesystem;

enum class Read { honest, stale };
constexpr std::uint64_t seed = 7;

std::string judge_register(const History& history, const Budget& budget) {
  return std::string(name_of(check_linearizable_register(history, {}, budget).judgement));
}

BenchCase register_case(const std::string& name, const RegisterHistoryShape& shape, Read read,
                        std::string aim) {
  BenchCase one;
  one.name =
      fmt::format("{}, {} operations, {} at a time", name, shape.operations, shape.concurrency);
  if (shape.unknown_percent > 0) one.name += fmt::format(", {} % unknown", shape.unknown_percent);
  if (read == Read::stale) one.name += ", a stale read";
  one.verdict = read == Read::stale ? "violated" : "satisfied";
  one.aim = std::move(aim);
  one.histories = [shape, read] {
    std::vector<History> histories;
    histories.push_back(register_history(shape, seed));
    if (read == Read::stale && shape.unique) make_stale(histories[0]);
    if (read == Read::stale && !shape.unique) insert_stale_read(histories[0]);
    return histories;
  };
  one.judge = judge_register;
  return one;
}

using Cases = std::vector<BenchCase>;

void add_unique(Cases& cases) {
  const std::string name = "register, unique values";
  for (const std::size_t concurrency : {25, 50}) {
    for (const Read read : {Read::honest, Read::stale})
      cases.push_back(register_case(name, {1'000, concurrency, 0, 1, true}, read, "1 ms"));
  }
  for (const Read read : {Read::honest, Read::stale})
    cases.push_back(register_case(name, {10'000, 5, 10, 1, true}, read, "1 ms"));
  for (const std::size_t concurrency : {5, 10}) {
    for (const Read read : {Read::honest, Read::stale})
      cases.push_back(
          register_case(name, {100'000, concurrency, 0, 1, true}, read, "10 ms, 12 MB"));
  }
  for (const std::size_t concurrency : {5, 10, 25, 100}) {
    for (const unsigned unknown : {0u, 10u})
      cases.push_back(register_case(name, {1'000'000, concurrency, unknown, 1, true}, Read::honest,
                                    "0.1 s, 90 MB"));
  }
  cases.push_back(register_case(name, {1'000'000, 10, 10, 1, true}, Read::stale, "0.1 s, 90 MB"));
  for (const std::size_t concurrency : {5, 10, 100}) {
    for (const unsigned unknown : {0u, 10u})
      cases.push_back(register_case("key-value, 100 keys, unique values",
                                    {1'000'000, concurrency, unknown, 100, true}, Read::honest,
                                    "0.12 s, 100 MB"));
  }
  cases.push_back(register_case("key-value, 100 keys, unique values",
                                {1'000'000, 10, 10, 100, true}, Read::stale, "0.12 s, 100 MB"));
}

void add_repeated(Cases& cases) {
  for (const Read read : {Read::honest, Read::stale}) {
    cases.push_back(
        register_case("key-value, 10 keys, 5 values", {4'000, 50, 0, 10, false}, read, "5 ms"));
    cases.push_back(
        register_case("key-value, 1 key, 5 values", {4'000, 10, 0, 1, false}, read, "0.1 s"));
  }
  for (const bool unique : {true, false}) {
    const std::string name = unique ? "cas-register, unique values" : "cas-register, 5 values";
    for (const Read read : {Read::honest, Read::stale}) {
      cases.push_back(
          register_case(name, {1'000, 10, 1, 1, unique, 33}, read, unique ? "1 ms" : "20 ms"));
      cases.push_back(
          register_case(name, {1'000, 20, 0, 1, unique, 33}, read, unique ? "1 ms" : "1 s"));
      cases.push_back(
          register_case(name, {10'000, 20, 0, 1, unique, 33}, read, unique ? "1 ms" : "0.1 s"));
      cases.push_back(
          register_case(name, {10'000, 20, 1, 1, unique, 33}, read, unique ? "1 ms" : "2 s"));
    }
  }
  for (const Read read : {Read::honest, Read::stale}) {
    cases.push_back(
        register_case("register, 5 values", {10'000, 25, 0, 1, false}, read, "1 s, 100 MB"));
    cases.push_back(
        register_case("register, 5 values", {1'000, 50, 0, 1, false}, read, "1 s, 100 MB"));
  }
}

using Monitor = MonitorFinding (*)(const History&, std::span<const std::uint32_t>, Watch&);

std::string judge_by(Monitor monitor, const History& history, const Budget& budget) {
  std::vector<std::uint32_t> places(history.operations.size());
  std::iota(places.begin(), places.end(), 0u);
  Watch watch(budget, 1);
  constexpr const char* results[] = {"satisfied", "violated", "not applicable", "inconclusive"};
  return results[monitor(history, places, watch).result];
}

void add_containers(Cases& cases) {
  struct Subject {
    const char* name;
    ContainerKind kind;
    Monitor monitor;
    const char* aim;
  };
  for (const Subject& subject :
       {Subject{"set", ContainerKind::set, monitor_set, "0.03 s, 40 MB"},
        Subject{"queue", ContainerKind::queue, monitor_queue, "0.1 s, 64 MB"},
        Subject{"priority queue", ContainerKind::priority_queue, monitor_priority_queue,
                "0.3 s, 80 MB"},
        Subject{"stack", ContainerKind::stack, monitor_stack, "0.4 s, 120 MB"}}) {
    for (const unsigned lost : {0u, 5u}) {
      BenchCase one;
      one.name = fmt::format("{}, 1000000 operations, 8 at a time", subject.name);
      if (lost > 0) one.name += fmt::format(", {} % unknown", lost);
      one.verdict = "satisfied";
      one.aim = subject.aim;
      one.histories = [kind = subject.kind, lost] {
        std::vector<History> histories;
        histories.push_back(container_history({kind, 1'000'000, 8, lost}, seed));
        return histories;
      };
      one.judge = [monitor = subject.monitor](const History& history, const Budget& budget) {
        return judge_by(monitor, history, budget);
      };
      cases.push_back(std::move(one));
    }
  }
}

std::string judge_model(const char* model, const History& history, const Budget& budget) {
  const CheckOptions options{Value::nil(), {{"model", model}}};
  return std::string(name_of(check_linearizable(history, options, budget).judgement));
}

void add_files(Cases& cases) {
  const char* named = std::getenv("TRIBUNAL_HISTORIES");
  if (named == nullptr) return;
  const fs::path folder = fs::path(named) / "porcupine";
  BenchCase logs;
  logs.name = "etcd logs of Porcupine's tests, all";
  logs.verdict = "";  // some are, some are not
  logs.aim = "25 ms";
  logs.histories = [folder] {
    std::vector<History> histories;
    for (const fs::directory_entry& file : fs::directory_iterator(folder / "jepsen"))
      histories.push_back(read_history(file.path()));
    return histories;
  };
  logs.judge = [](const History& history, const Budget& budget) {
    return judge_model("cas-register", history, budget);
  };
  cases.push_back(std::move(logs));
  for (const char* file : {"c01-ok.txt", "c01-bad.txt", "c50-ok.txt", "c50-bad.txt"}) {
    BenchCase one;
    one.name = fmt::format("key-value text of Porcupine's tests, {}", file);
    one.verdict = one.name.find("bad") == std::string::npos ? "satisfied" : "violated";
    one.aim = "5 ms";
    one.histories = [path = folder / "kv" / file] {
      std::vector<History> histories;
      histories.push_back(read_history(path));
      return histories;
    };
    one.judge = [](const History& history, const Budget& budget) {
      return judge_model("key-value", history, budget);
    };
    cases.push_back(std::move(one));
  }
}

}  // namespace

std::vector<BenchCase> bench_cases() {
  Cases cases;
  add_unique(cases);
  add_repeated(cases);
  add_containers(cases);
  add_files(cases);
  return cases;
}

}  // namespace tribunal
