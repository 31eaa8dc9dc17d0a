#include "nemesis/clock/vdso_image.h"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace tribunal {
namespace {

constexpr std::size_t room_alignment = 64;

#if defined(__x86_64__)
constexpr Elf64_Half own_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half own_machine = EM_AARCH64;
#else
constexpr Elf64_Half own_machine = EM_NONE;
#endif

template <class Part>
Part part_at(std::span<const std::uint8_t> bytes, std::uint64_t at) {
  Part part;
  if (at > bytes.size() || bytes.size() - at < sizeof part)
    throw std::runtime_error("the vDSO's headers point outside of it");
  std::memcpy(&part, bytes.data() + at, sizeof part);
  return part;
}

std::string_view text_at(std::span<const std::uint8_t> bytes, std::uint64_t at) {
  if (at >= bytes.size()) return {};
  const auto* begin = reinterpret_cast<const char*>(bytes.data()) + at;
  return {begin, ::strnlen(begin, bytes.size() - at)};
}

struct DynamicTables {
  std::uint64_t symbols = 0, names = 0, hash = 0;
};

// Addresses in a vDSO are offsets into its image: it is linked at 0 and mapped as it is.
DynamicTables dynamic_tables(std::span<const std::uint8_t> bytes, const Elf64_Phdr& dynamic) {
  DynamicTables tables;
  for (std::uint64_t at = dynamic.p_offset; at < dynamic.p_offset + dynamic.p_filesz;
       at += sizeof(Elf64_Dyn)) {
    const auto entry = part_at<Elf64_Dyn>(bytes, at);
    if (entry.d_tag == DT_NULL) break;
    if (entry.d_tag == DT_SYMTAB) tables.symbols = entry.d_un.d_ptr;
    if (entry.d_tag == DT_STRTAB) tables.names = entry.d_un.d_ptr;
    if (entry.d_tag == DT_HASH) tables.hash = entry.d_un.d_ptr;
  }
  return tables;
}

std::vector<Elf64_Phdr> segments_of(std::span<const std::uint8_t> bytes) {
  const auto header = part_at<Elf64_Ehdr>(bytes, 0);
  std::vector<Elf64_Phdr> segments;
  for (std::size_t i = 0; i < header.e_phnum; ++i)
    segments.push_back(part_at<Elf64_Phdr>(bytes, header.e_phoff + i * header.e_phentsize));
  return segments;
}

std::size_t aligned_below(std::size_t at) { return at / room_alignment * room_alignment; }

}  // namespace

VdsoImage::VdsoImage(std::vector<std::uint8_t> bytes) : bytes_(std::move(bytes)) {
  const auto header = part_at<Elf64_Ehdr>(bytes_, 0);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64 ||
      header.e_machine != own_machine)
    throw std::runtime_error("its vDSO is not a 64-bit library of this machine");
  for (const auto& segment : segments_of(bytes_))
    if (segment.p_type == PT_LOAD)
      loaded_end_ = std::max(loaded_end_, segment.p_offset + segment.p_filesz);
}

std::optional<std::uint32_t> VdsoImage::function(std::string_view name) const {
  for (const auto& segment : segments_of(bytes_)) {
    if (segment.p_type != PT_DYNAMIC) continue;
    const auto tables = dynamic_tables(bytes_, segment);
    // The tables of names follow the symbols in every vDSO; without a DT_HASH that is their number.
    const std::uint64_t count =
        tables.hash ? part_at<std::uint32_t>(bytes_, tables.hash + 4)
                    : (tables.names > tables.symbols ? tables.names - tables.symbols : 0) /
                          sizeof(Elf64_Sym);
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto symbol = part_at<Elf64_Sym>(bytes_, tables.symbols + i * sizeof(Elf64_Sym));
      if (symbol.st_shndx != SHN_UNDEF && text_at(bytes_, tables.names + symbol.st_name) == name &&
          symbol.st_value < bytes_.size())
        return static_cast<std::uint32_t>(symbol.st_value);
    }
  }
  return {};
}

std::optional<std::uint32_t> VdsoImage::empty_room_for(std::size_t length) const {
  const auto last =
      std::find_if(bytes_.rbegin(), bytes_.rend(), [](auto byte) { return byte != 0; });
  const std::size_t empty_from = static_cast<std::size_t>(bytes_.rend() - last);
  if (length > bytes_.size()) return {};
  const std::size_t at = aligned_below(bytes_.size() - length);
  if (at < empty_from || at < loaded_end_) return {};
  return static_cast<std::uint32_t>(at);
}

std::optional<std::uint32_t> VdsoImage::room_for(std::size_t length) const {
  if (const auto empty = empty_room_for(length)) return empty;
  if (length > bytes_.size()) return {};
  const std::size_t at = aligned_below(bytes_.size() - length);
  if (at < loaded_end_) return {};
  return static_cast<std::uint32_t>(at);
}

}  // namespace tribunal
