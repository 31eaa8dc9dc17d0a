// What every level of consistency offers to the server's door.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>

#include "clients/quorum/server/replication/peers.h"
#include "clients/quorum/server/store/store.h"

namespace tribunal::quorum {

// Why a call was not carried out, as an HTTP status: 409 it never will be, 503 certainly nothing
// was done anywhere, 504 nobody knows.
struct Refusal : std::runtime_error {
  Refusal(int number, const std::string& why) : std::runtime_error(why), status(number) {}
  int status;
};

enum class Reach { promised, local };  // local: the replica at hand, whatever the level promises

struct Request {
  ObjectId object;
  Effect effect = Effect::puts;            // of a write
  std::int64_t value = 0;                  // of a write
  std::optional<std::int64_t> expected{};  // compare-and-set
  nlohmann::json token = nullptr;          // what the session has seen; null: nothing yet
  Clock::time_point deadline{};
  Reach reach = Reach::promised;
};

struct Reading {
  Object object;
  nlohmann::json token = nullptr;
  std::optional<std::uint64_t> version{};
};
struct Written {
  nlohmann::json token = nullptr;
  std::optional<std::uint64_t> version{};
};

// For any thread.
class Level {
 public:
  virtual ~Level() = default;

  // Each throws Refusal, and is back soon after the request's deadline.
  virtual Reading read(const Request& request) = 0;
  virtual Written write(const Request& request) = 0;

  // What another node sent to /peer/<name>; throws nlohmann's exceptions on what is no message.
  virtual nlohmann::json receive(const std::string& name, const nlohmann::json& message) = 0;

  // Whether an operation would succeed that needs a quorum, by carrying one out.
  virtual bool ready(Clock::time_point deadline) = 0;
  // {"applied": which updates, where this node knows them by name, "digest": of the state that they
  // made, "unmerged": how many registers hold several versions}
  virtual nlohmann::json applied() = 0;
  virtual std::string role() const { return "replica"; }

  // As Store::previous.
  virtual Store::Previous previous(const ObjectId& id) = 0;
};

// `life` counts the starts of this node. The data folder is there.
std::unique_ptr<Level> make_level(const Settings& settings, std::uint64_t life, Peers& peers);

}  // namespace tribunal::quorum
