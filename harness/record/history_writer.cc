#include "harness/record/history_writer.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <concepts>
#include <cstdio>
#include <cstring>
#include <iterator>

#include "harness/record/error.h"

namespace tribunal {
namespace {

// A crash loses what is younger than this; an idle writer sleeps without it.
constexpr std::chrono::milliseconds write_every{2};
constexpr std::chrono::seconds idle_for{1};
// Beyond this many bytes waiting, those who add wait for the disk.
constexpr std::size_t buffer_limit = std::size_t{4} << 20;
constexpr std::chrono::seconds disk_deadline{60};
constexpr const char* fix = "make room on its disk, and make its folder writable";

template <std::integral T>
void append(std::string& text, std::string_view name, T number) {
  char digits[24];
  text.append(name).append(digits, std::to_chars(digits, std::end(digits), number).ptr);
}

}  // namespace

HistoryWriter::HistoryWriter(const std::filesystem::path& file)
    : path_(file.string()),
      descriptor_(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)),
      began_(Clock::now()) {
  if (descriptor_ < 0) throw Error(Blame::environment, complaint(strerror(errno)), fix);
  filling_.reserve(buffer_limit + buffer_limit / 8);
  writing_.reserve(buffer_limit + buffer_limit / 8);
  thread_ = std::jthread([this] { write_until_closed(); });
}

HistoryWriter::~HistoryWriter() {
  end();
  if (!failure_.empty() && !told_) fmt::print(stderr, "{}\n", failure_);
}

std::int64_t HistoryWriter::now() const {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - began_).count();
}

std::uint64_t HistoryWriter::records() const {
  const std::lock_guard lock(mutex_);
  return records_;
}

std::int64_t HistoryWriter::add(std::string_view rest, std::int64_t intended) {
  std::unique_lock lock(mutex_);
  if (filling_.size() >= buffer_limit) wait_for_room(lock);
  if (closing_ && failure_.empty()) failure_ = complaint("a record came after it was closed");
  const std::int64_t time = now();  // under the lock, so that it never runs backwards
  const std::uint64_t index = records_++;
  if (!failure_.empty()) return time;  // a hole in a history is worse than its early end

  append(filling_, "{\"index\":", index);
  append(filling_, ",\"time\":", time);
  if (intended >= 0 && intended != time) append(filling_, ",\"intended\":", intended);
  filling_.append(rest);
  const bool wake = idle_ || filling_.size() >= buffer_limit / 2;
  idle_ = false;
  lock.unlock();
  if (wake) work_.notify_one();
  return time;
}

void HistoryWriter::wait_for_room(std::unique_lock<std::mutex>& lock) {
  const auto room = [this] { return filling_.size() < buffer_limit || !failure_.empty(); };
  if (!written_.wait_for(lock, disk_deadline, room)) {
    failure_ = complaint(fmt::format("the disk took nothing for {} s", disk_deadline.count()));
  }
}

void HistoryWriter::flush() {
  std::unique_lock lock(mutex_);
  const std::uint64_t upto = records_;
  // Each round of the writer's is a wait of its own: a slow disk is no dead one.
  while (handled_records_ < upto && failure_.empty()) {
    urgent_ = true;
    work_.notify_one();
    const std::uint64_t before = handled_records_;
    const auto moved = [&] { return handled_records_ != before || !failure_.empty(); };
    if (!written_.wait_for(lock, disk_deadline, moved)) {
      failure_ = complaint(fmt::format("the disk took nothing for {} s", disk_deadline.count()));
    }
  }
  throw_failure();
}

void HistoryWriter::close() {
  end();
  const std::lock_guard lock(mutex_);
  throw_failure();
}

void HistoryWriter::throw_failure() {
  if (failure_.empty()) return;
  told_ = true;
  throw Error(Blame::environment, failure_, fix);
}

void HistoryWriter::end() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  work_.notify_one();
  if (thread_.joinable()) thread_.join();
  const std::lock_guard lock(mutex_);
  if (descriptor_ < 0) return;
  if (::close(descriptor_) != 0 && failure_.empty()) failure_ = complaint(strerror(errno));
  descriptor_ = -1;
}

void HistoryWriter::write_until_closed() {
  int broken = 0;  // errno of the write after which nothing is written any more
  std::unique_lock lock(mutex_);
  for (bool last = false; !last;) {
    if (filling_.empty() && !closing_ && !urgent_) {
      idle_ = true;
      work_.wait_for(lock, idle_for, [this] { return !idle_ || urgent_ || closing_; });
      idle_ = false;
    }
    const auto due = [this] { return urgent_ || closing_ || filling_.size() >= buffer_limit / 2; };
    if (!filling_.empty()) work_.wait_for(lock, write_every, due);
    urgent_ = false;
    last = closing_;
    std::swap(filling_, writing_);
    const std::uint64_t upto = records_;
    lock.unlock();
    if (broken == 0) broken = write_all(writing_);
    writing_.clear();
    lock.lock();
    if (broken != 0 && failure_.empty()) failure_ = complaint(strerror(broken));
    handled_records_ = upto;
    written_.notify_all();
  }
}

// 0, or the errno of the write that failed.
int HistoryWriter::write_all(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor_, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return 0;
}

std::string HistoryWriter::complaint(std::string_view why) const {
  return fmt::format("cannot write the history {}: {}", path_, why);
}

}  // namespace tribunal
