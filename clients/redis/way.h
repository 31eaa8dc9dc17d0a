// Which server a command goes to: the node itself, the primary that Sentinels name, or the owner of
// the key's slot. Finding it sends nothing of the call, so that to find nobody is a refusal.
#pragma once

#include <memory>
#include <string>

#include "clients/finding.h"
#include "clients/redis/connection.h"
#include "harness/parts/database.h"

namespace tribunal {

class RedisWay {
 public:
  virtual ~RedisWay() = default;

  // A connection on which a command about `key` can be sent now; good until the next call. Throws
  // Rejected when none was to be had by the deadline.
  virtual RedisConnection& to(const std::string& key, Effect effect, RedisDeadline until) = 0;

  // Learns from an error, after which the command was certainly not carried out. True: the server
  // said who is to be asked instead, and to() now leads there.
  virtual bool redirected(const std::string& key, const RedisReply& error) = 0;

  // Learns that no whole answer came.
  virtual void lost(const std::string&) {}
};

// `address` is the node that the client is bound to.
std::unique_ptr<RedisWay> make_way(const std::string& address, const Deployment& deployment);

// The ways there are, for commands that want a primary.
std::unique_ptr<RedisWay> one_server_way(const std::string& server, const Deployment& deployment);
enum class PrimaryWitness : std::uint8_t { sentinel, server };
std::unique_ptr<RedisWay> local_way(const std::string& node, const Deployment& deployment,
                                    PrimaryWitness witness);
std::unique_ptr<RedisWay> sentinels_way(const std::string& node, const Deployment& deployment);
enum class ReadsFrom : std::uint8_t { primary, replica };
std::unique_ptr<RedisWay> cluster_way(const std::string& node, const Deployment& deployment,
                                      ReadsFrom reads);

}  // namespace tribunal
