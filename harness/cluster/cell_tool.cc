#include "harness/cluster/cell_tool.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include "harness/record/error.h"

namespace tribunal {
namespace {

using Clock = std::chrono::steady_clock;

int milliseconds_until(Clock::time_point until) {
  const auto left = std::chrono::duration_cast<Milliseconds>(until - Clock::now());
  return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

}  // namespace

CellTool::CellTool(std::string name, Descriptor socket, std::function<void()> end)
    : name_(std::move(name)), end_(std::move(end)), socket_(std::move(socket)) {}

CellTool::~CellTool() { end_(); }

void CellTool::complain(const std::string& what) const {
  throw Error(Blame::environment, fmt::format("the tool {} {}", name_, what),
              "its log is beside those of the database");
}

std::string CellTool::ask(const std::string& line, Milliseconds deadline) {
  const std::scoped_lock lock(mutex_);
  if (!socket_) complain("was silent before and is not asked again");
  const auto until = Clock::now() + deadline;
  const std::string message = line + "\n";
  if (::send(socket_.number(), message.data(), message.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(message.size()))
    complain("has ended");
  while (true) {
    if (const auto end = received_.find('\n'); end != std::string::npos) {
      std::string answer = received_.substr(0, end);
      received_.erase(0, end + 1);
      return answer;
    }
    pollfd ready{socket_.number(), POLLIN, 0};
    if (::poll(&ready, 1, milliseconds_until(until)) <= 0) {
      socket_.close();
      complain(fmt::format("did not answer within {} ms", deadline.count()));
    }
    char buffer[4096];
    const ssize_t got = ::recv(socket_.number(), buffer, sizeof buffer, 0);
    if (got <= 0) complain("has ended");
    received_.append(buffer, static_cast<std::size_t>(got));
  }
}

}  // namespace tribunal
