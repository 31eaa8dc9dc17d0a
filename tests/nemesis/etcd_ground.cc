#include "tests/nemesis/etcd_ground.h"

#include <gtest/gtest.h>

#include "clients/etcd/deploy.h"
#include "harness/record/error.h"
#include "harness/run/hand_over.h"

namespace tribunal {

using namespace std::chrono_literals;

std::string EtcdGround::why_not() {
  try {
    etcd().find({});
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

EtcdGround::EtcdGround(Cluster& cluster)
    : cluster_(cluster), database_(etcd()), activity_(cluster.size()), ground_{cluster,
                                                                               activity_,
                                                                               [this] { return (std::chrono::steady_clock::now() - began_).count(); },
                                                                               {},
                                                                               {},
                                                                               {}} {
  std::tie(deployment_.binary, deployment_.version) = database_.find({});
  deployment_.hosts = cluster.names();
  for (std::size_t i = 0; i < cluster.size(); ++i)
    deployment_.addresses.push_back(cluster.host(i).address());
  for (const auto& option : database_.options)
    deployment_.options[option.name] = option.values.front();
  hand_over(database_, deployment_, cluster);
  for (std::size_t i = 0; i < cluster.size(); ++i) cluster.start_database(cluster.host(i));
  for (std::size_t i = 0; i < cluster.size(); ++i)
    EXPECT_TRUE(cluster.database_ready(cluster.host(i), 60s));
  worker_ = std::jthread([this](std::stop_token stop) { work(std::move(stop)); });
}

// Through one host after another, so that some are answered whatever is down.
void EtcdGround::work(std::stop_token stop) {
  Int value = 0;
  while (!stop.stop_requested()) {
    for (std::size_t i = 0; i < cluster_.size() && !stop.stop_requested(); ++i) {
      HostActivity& met = activity_.host(i);
      ++met.in_flight;
      try {
        database_.connect(deployment_.addresses[i], deployment_)->invoke(Write{1, ++value});
        ++met.ok;
      } catch (const Rejected&) {
        ++met.failed;
      } catch (const std::exception&) {
        ++met.unknown;
      }
      --met.in_flight;
    }
  }
}

bool EtcdGround::serves(const std::string& host) {
  const auto until = std::chrono::steady_clock::now() + 60s;
  const auto client = database_.connect(cluster_.host(host).address(), deployment_);
  while (std::chrono::steady_clock::now() < until) try {
      client->invoke(Write{2, 7});
      return std::get<Read>(client->invoke(Read{2})).value == 7;
    } catch (const std::exception&) {  // it may still be coming up
    }
  return false;
}

}  // namespace tribunal
