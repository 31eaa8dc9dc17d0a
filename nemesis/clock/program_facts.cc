#include "nemesis/clock/program_facts.h"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <span>
#include <stdexcept>
#include <string_view>

namespace tribunal {
namespace {

constexpr std::string_view section_of_go = ".go.buildinfo";
constexpr std::string_view section_of_loader = ".interp";  // who loads its libraries

class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat facts {};
    if (descriptor >= 0 && ::fstat(descriptor, &facts) == 0 && facts.st_size > 0) {
      length_ = static_cast<std::size_t>(facts.st_size);
      bytes_ = ::mmap(nullptr, length_, PROT_READ, MAP_PRIVATE, descriptor, 0);
    }
    if (descriptor >= 0) ::close(descriptor);
    if (bytes_ == MAP_FAILED)
      throw std::runtime_error(fmt::format("cannot read {}", file.string()));
  }
  ~MappedFile() { ::munmap(bytes_, length_); }
  MappedFile(const MappedFile&) = delete;

  std::span<const char> bytes() const { return {static_cast<const char*>(bytes_), length_}; }

 private:
  void* bytes_ = MAP_FAILED;
  std::size_t length_ = 0;
};

// The i-th of equal records that begin at `at`; false beyond the end of the file.
template <class Record>
bool copy_record(std::span<const char> file, std::uint64_t at, std::uint64_t i, Record& record) {
  if (at > file.size() || i >= (file.size() - at) / sizeof record) return false;
  std::memcpy(&record, file.data() + at + i * sizeof record, sizeof record);
  return true;
}

std::string_view text_at(std::span<const char> file, std::uint64_t at) {
  if (at >= file.size()) return {};
  return {file.data() + at, ::strnlen(file.data() + at, file.size() - at)};
}

std::set<std::string> undefined_symbols(std::span<const char> file, const Elf64_Shdr& symbols,
                                        const Elf64_Shdr& names) {
  std::set<std::string> imports;
  Elf64_Sym symbol;
  for (std::uint64_t i = 0; i < symbols.sh_size / sizeof symbol; ++i) {
    if (!copy_record(file, symbols.sh_offset, i, symbol)) break;
    if (symbol.st_shndx == SHN_UNDEF && symbol.st_name != 0)
      imports.emplace(text_at(file, names.sh_offset + symbol.st_name));
  }
  return imports;
}

}  // namespace

ProgramFacts facts_of_program(const std::filesystem::path& file) {
  const MappedFile mapped(file);
  const auto bytes = mapped.bytes();
  ProgramFacts facts;
  Elf64_Ehdr head;
  if (!copy_record(bytes, 0, 0, head) || std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 ||
      head.e_ident[EI_CLASS] != ELFCLASS64)
    return facts;
  facts.kind = ProgramKind::without_libraries;
  Elf64_Shdr section, names, texts;
  const bool named = copy_record(bytes, head.e_shoff, head.e_shstrndx, texts);
  for (std::uint64_t i = 0; i < head.e_shnum; ++i) {
    if (!copy_record(bytes, head.e_shoff, i, section)) break;
    const auto name = named ? text_at(bytes, texts.sh_offset + section.sh_name) : "";
    if (name == section_of_go) return {ProgramKind::go, {}};
    if (name == section_of_loader) facts.kind = ProgramKind::with_libraries;
    if (section.sh_type == SHT_DYNSYM && copy_record(bytes, head.e_shoff, section.sh_link, names))
      facts.imports = undefined_symbols(bytes, section, names);
  }
  return facts;
}

}  // namespace tribunal
