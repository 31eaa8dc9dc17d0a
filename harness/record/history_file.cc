// Reading from files: lines are parsed where the file is mapped; only what comes after the last few
// of them is copied, since the parser reads a little beyond a line's end.
#include "harness/record/history_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "harness/record/error.h"
#include "harness/record/history_builder.h"
#include "harness/record/record_line.h"

namespace tribunal {
namespace {

// No record is shorter: {"process":0,"type":"ok","f":"x"}
constexpr std::size_t shortest_record = 33;

[[noreturn]] void fail_to_read(const std::string& path, const std::string& why) {
  throw Error(Blame::usage, fmt::format("cannot read the history {}: {}", path, why),
              "give the file history.jsonl of a run, or '-' for standard input");
}

// "-" is standard input, which stays open.
class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& path)
      : owned_(path != "-"),
        descriptor_(owned_ ? ::open(path.c_str(), O_RDONLY | O_CLOEXEC) : STDIN_FILENO) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (owned_ && is_open()) ::close(descriptor_);
  }
  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }

 private:
  bool owned_;
  int descriptor_;
};

// A file's bytes: mapped where that can be done, else read.
class Bytes {
 public:
  Bytes(int descriptor, const std::string& path) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) fail_to_read(path, strerror(errno));
    if (S_ISDIR(status.st_mode)) fail_to_read(path, "it is a directory");
    if (S_ISREG(status.st_mode) && status.st_size > 0)
      map(descriptor, static_cast<std::size_t>(status.st_size));
    if (mapped_ == nullptr) read_all(descriptor, path);
  }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;
  ~Bytes() {
    if (mapped_ != nullptr) ::munmap(mapped_, size_);
  }

  std::string_view text() const {
    return mapped_ != nullptr ? std::string_view(static_cast<const char*>(mapped_), size_) : held_;
  }

 private:
  void map(int descriptor, std::size_t size) {
    void* mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (mapped == MAP_FAILED) return;
    ::madvise(mapped, size, MADV_SEQUENTIAL);
    mapped_ = mapped;
    size_ = size;
  }

  void read_all(int descriptor, const std::string& path) {
    std::size_t got = 0;
    for (;;) {
      held_.resize(std::max<std::size_t>(got + got / 2, got + (1 << 16)));
      const ssize_t count = ::read(descriptor, held_.data() + got, held_.size() - got);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail_to_read(path, strerror(errno));
      if (count == 0) break;
      got += static_cast<std::size_t>(count);
    }
    held_.resize(got);
  }

  void* mapped_ = nullptr;
  std::size_t size_ = 0;
  std::string held_;
};

// How many operations a history may hold, guessed from its first lines: two records each, and a
// little over, since memory that is never touched costs nothing while a larger array must be moved.
std::size_t operations_expected(std::string_view text) {
  const std::string_view sample = text.substr(0, std::size_t{1} << 20);
  const auto lines = static_cast<double>(std::count(sample.begin(), sample.end(), '\n') + 1);
  const double a_line =
      std::max(static_cast<double>(sample.size()) / lines, double{shortest_record});
  return static_cast<std::size_t>(static_cast<double>(text.size()) / a_line * 0.55) + 1;
}

// A crash may cut the last line off. What is left of it begins like a record and is not one.
bool is_cut_off(std::string_view line) { return line.starts_with('{') && !is_complete_json(line); }

}  // namespace

History parse_history(std::string_view text, const std::string& name) {
  HistoryBuilder builder(operations_expected(text));
  RecordReader reader(builder.values());
  const char* const end = text.data() + text.size();
  std::string padded;
  std::uint64_t number = 0;
  bool truncated = false;
  for (const char* at = text.data(); at != end;) {
    const void* found = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
    const char* stop = found != nullptr ? static_cast<const char*>(found) : end;
    std::string_view content(at, static_cast<std::size_t>(stop - at));
    if (found == nullptr && is_cut_off(content)) {
      truncated = true;
      break;
    }
    if (static_cast<std::size_t>(end - stop) < Line::padding) {
      padded.assign(content).append(Line::padding, ' ');
      content = std::string_view(padded).substr(0, content.size());
    }
    const Line line{name, ++number, content};
    builder.add(reader.read(line), line);
    at = found != nullptr ? stop + 1 : end;
  }
  History history = builder.take();
  history.truncated = truncated;
  return history;
}

History read_history(const std::filesystem::path& path) {
  const std::string name = path == "-" ? "standard input" : path.string();
  const OpenFile file(path);
  if (!file.is_open()) fail_to_read(name, strerror(errno));
  const Bytes bytes(file.descriptor(), name);
  return parse_history(bytes.text(), name);
}

}  // namespace tribunal
