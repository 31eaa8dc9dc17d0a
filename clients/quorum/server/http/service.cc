#include "clients/quorum/server/http/service.h"

#include <httplib.h>
#include <sys/socket.h>

#include <atomic>

namespace tribunal::quorum {
namespace {

using nlohmann::json;

// One for each connection that is open: some clients, and a few from each other node.
constexpr std::size_t most_connections = 128;
constexpr std::size_t largest_body = std::size_t{64} << 20;

struct Function {
  const char* name;
  Kind kind;
  enum class Is { read, put, erasure } is;
};
constexpr Function functions[] = {
    {"read", Kind::reg, Function::Is::read},         {"write", Kind::reg, Function::Is::put},
    {"cas", Kind::reg, Function::Is::put},           {"delete", Kind::reg, Function::Is::erasure},
    {"read", Kind::set, Function::Is::read},         {"add", Kind::set, Function::Is::put},
    {"remove", Kind::set, Function::Is::erasure},    {"read", Kind::counter, Function::Is::read},
    {"increment", Kind::counter, Function::Is::put}, {"read", Kind::list, Function::Is::read},
    {"append", Kind::list, Function::Is::put},
};

const Function& function_from(const std::string& name, Kind kind) {
  for (const Function& function : functions)
    if (name == function.name && kind == function.kind) return function;
  throw std::invalid_argument("no such call");
}

void answer(httplib::Response& response, int status, const json& body) {
  response.status = status;
  response.set_content(body.dump(), "application/json");
}

// What was thrown while nothing had been done yet is the asker's fault.
template <class F>
void guarded(httplib::Response& response, const F& body) {
  try {
    body();
  } catch (const Refusal& refusal) {
    answer(response, refusal.status, {{"error", refusal.what()}});
  } catch (const json::exception& wrong) {
    answer(response, 400, {{"error", wrong.what()}});
  } catch (const std::invalid_argument& wrong) {
    answer(response, 400, {{"error", wrong.what()}});
  } catch (const std::exception& failed) {
    answer(response, 500, {{"error", failed.what()}});
  }
}

struct Call {
  Function function;
  Request request;
};

Call call_from(const json& message, Clock::time_point deadline) {
  const Kind kind = kind_from(message.at("kind").get<std::string>());
  Call call{function_from(message.at("f").get<std::string>(), kind), {}};
  call.request.object = {kind, message.at("key").get<std::int64_t>()};
  call.request.deadline = deadline;
  if (call.function.is == Function::Is::erasure) call.request.effect = Effect::erases;
  const bool deletes = call.function.is == Function::Is::erasure && kind == Kind::reg;
  if (call.function.is != Function::Is::read && !deletes)
    call.request.value = message.at("value").get<std::int64_t>();
  if (call.function.name == std::string_view("cas"))
    call.request.expected = message.at("expected").get<std::int64_t>();
  if (const auto token = message.find("token"); token != message.end()) call.request.token = *token;
  return call;
}

json carry_out(Level& level, const Call& call, Conflicts conflicts) {
  json result = json::object(), token;
  std::optional<std::uint64_t> version;
  if (call.function.is == Function::Is::read) {
    Reading reading = level.read(call.request);
    result = shown(reading.object, call.request.object.kind, conflicts);
    token = std::move(reading.token);
    version = reading.version;
  } else {
    Written written = level.write(call.request);
    token = std::move(written.token);
    version = written.version;
  }
  if (!token.is_null()) result["token"] = std::move(token);
  if (version) result["version"] = *version;
  return result;
}

// Ids that no other node and no other life of this one gives.
class Ids {
 public:
  explicit Ids(Origin origin) : last_(std::int64_t{origin} << 32) {}
  std::int64_t next() { return ++last_; }

 private:
  std::atomic<std::int64_t> last_;
};

void add_routes(httplib::Server& server, const Settings& settings, Level& level, Ids& ids) {
  server.Post("/call", [&](const httplib::Request& request, httplib::Response& response) {
    const auto deadline = Clock::now() + settings.call_deadline;
    guarded(response, [&] {
      const json message = json::parse(request.body);
      if (message.at("f") == "generate") return answer(response, 200, {{"value", ids.next()}});
      const Call call = call_from(message, deadline);
      answer(response, 200, carry_out(level, call, settings.conflicts));
    });
  });
  server.Post(R"(/peer/(\w+))", [&](const httplib::Request& request, httplib::Response& response) {
    guarded(response, [&] {
      answer(response, 200, level.receive(request.matches[1], json::parse(request.body)));
    });
  });
  const auto ask = [&](const char* path, httplib::Server::Handler handler) {
    server.Get(path, handler);
    server.Post(path, handler);
  };
  ask("/status", [&](const httplib::Request&, httplib::Response& response) {
    guarded(response, [&] {
      const bool ready = level.ready(Clock::now() + settings.call_deadline);
      answer(response, ready ? 200 : 503, {{"ready", ready}, {"role", level.role()}});
    });
  });
  ask("/role", [&](const httplib::Request&, httplib::Response& response) {
    answer(response, 200, {{"role", level.role()}});
  });
  ask("/applied", [&](const httplib::Request&, httplib::Response& response) {
    guarded(response, [&] { answer(response, 200, level.applied()); });
  });
}

// A node that was killed leaves connections behind which must not keep its port from it.
void reuse_address(socket_t socket) {
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

}  // namespace

void serve(const Settings& settings, std::uint64_t life, Level& level) {
  Ids ids(origin_of(settings.index, life));
  httplib::Server server;
  server.new_task_queue = [] { return new httplib::ThreadPool(most_connections); };
  server.set_tcp_nodelay(true);
  server.set_keep_alive_max_count(std::numeric_limits<std::size_t>::max());
  server.set_keep_alive_timeout(30);
  server.set_read_timeout(std::chrono::seconds(2));
  server.set_write_timeout(std::chrono::seconds(2));
  server.set_payload_max_length(largest_body);
  server.set_socket_options(reuse_address);
  add_routes(server, settings, level, ids);
  const std::string& address = settings.nodes.at(settings.index);
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos ||
      !server.listen(address.substr(0, colon), std::stoi(address.substr(colon + 1))))
    throw std::runtime_error("cannot listen on " + address);
}

}  // namespace tribunal::quorum
