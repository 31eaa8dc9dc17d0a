#include "tests/nemesis/process_ground.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "nemesis/process/live_processes.h"
#include "tests/nemesis/peer.h"

namespace tribunal {

using namespace std::chrono_literals;

ProcessGround::ProcessGround(Cluster& cluster, std::vector<std::string> command)
    : cluster_(cluster),
      command_(std::move(command)),
      activity_(cluster.size()),
      ground_{cluster,
              activity_,
              [this] { return (std::chrono::steady_clock::now() - began_).count(); },
              {},
              {},
              {}} {
  cluster.start_database = [this](Host& host) { start(host); };
  cluster.database_ready = [this](Host& host, Milliseconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < until)
      if (answers(host.name())) return true;
    return false;
  };
  cluster.database_role = [](Host& host) { return host.name() == "n2" ? "leader" : "follower"; };
  for (std::size_t i = 0; i < cluster.size(); ++i) start(cluster.host(i));
  for (std::size_t i = 0; i < cluster.size(); ++i)
    EXPECT_TRUE(cluster.database_ready(cluster.host(i), 10s));
}

void ProcessGround::start(Host& host) {
  if (!command_.empty()) {
    host.start({command_, {}, false});
    return;
  }
  std::vector<std::string> command{std::filesystem::read_symlink("/proc/self/exe"), peer_verb,
                                   host.address()};
  for (std::size_t i = 0; i < cluster_.size(); ++i)
    if (i != host.index()) command.push_back(cluster_.host(i).address());
  host.start({command, {}, false});
}

HostActivity& ProcessGround::activity(const std::string& host) {
  return activity_.host(cluster_.host(host).index());
}

int ProcessGround::pid(const std::string& host) {
  const auto numbers = live_numbers(cluster_.host(host));
  return numbers.empty() ? 0 : *numbers.begin();
}

bool ProcessGround::answers(const std::string& host) {
  if (command_.empty()) return ask_peer(cluster_.host(host).address()).has_value();
  return pid(host) != 0;
}

double ProcessGround::seconds_used(const std::string& host) {
  double ticks = 0;
  for (const int pid : cluster_.host(host).local_processes()) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    std::getline(file, text);
    std::istringstream rest(text.substr(text.rfind(')') + 1));
    std::string word;
    for (int field = 3; field < 14 && rest >> word; ++field) {
    }
    double user = 0, system = 0;
    rest >> user >> system;
    ticks += user + system;
  }
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

PlannedFault process_plan(const std::string& fault, const std::string& target,
                          std::vector<std::string> order,
                          const std::map<std::string, std::string>& options) {
  PlannedFault plan;
  plan.fault = fault;
  plan.target = target;
  plan.order = std::move(order);
  plan.options = options;
  for (const auto& option : find(faults(), "fault", fault).options)
    plan.options.emplace(option.name, option.values.front());
  return plan;
}

ProcessTrial::ProcessTrial(ProcessGround& ground, const PlannedFault& plan)
    : ground_(ground), fault_(find(faults(), "fault", plan.fault).make(plan)) {
  receipt.planned = plan;
}

void ProcessTrial::inject() {
  fault_->inject(ground_.ground(), receipt);
  EXPECT_EQ(receipt.failure, "");
  EXPECT_TRUE(receipt.installed);
  EXPECT_TRUE(receipt.observed);
  EXPECT_FALSE(receipt.healed);
}

void ProcessTrial::inject_in_vain(const std::string& words) {
  fault_->inject(ground_.ground(), receipt);
  EXPECT_NE(receipt.failure.find(words), std::string::npos) << receipt.failure;
  EXPECT_FALSE(receipt.observed);
  EXPECT_FALSE(exercised());
}

bool ProcessTrial::exercised() {
  fault_->exercise(ground_.ground(), receipt);
  return receipt.exercised.has_value();
}

bool ProcessTrial::exercised_within(std::chrono::seconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!exercised() && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(20ms);
  return receipt.exercised.has_value();
}

void ProcessTrial::heal() {
  fault_->heal(ground_.ground(), receipt);
  EXPECT_EQ(receipt.failure, "");
  EXPECT_TRUE(receipt.healed);
  EXPECT_TRUE(receipt.heal_verified);
  const auto verified = receipt.heal_verified;
  fault_->heal(ground_.ground(), receipt);  // safe twice over
  EXPECT_EQ(receipt.heal_verified, verified);
}

void ProcessTrial::heal_in_vain(const std::string& words) {
  fault_->heal(ground_.ground(), receipt);
  EXPECT_NE(receipt.failure.find(words), std::string::npos) << receipt.failure;
  EXPECT_FALSE(receipt.heal_verified);
}

}  // namespace tribunal
