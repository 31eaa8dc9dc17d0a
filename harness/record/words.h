// Figures as people write them: 30s, 1.5m, 2GiB, a,b,c and a=1,b=2.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tribunal {

using Milliseconds = std::chrono::milliseconds;

// Each throws std::invalid_argument with what it wants instead.
std::uint64_t parse_count(const std::string& text, std::uint64_t least, std::uint64_t most);
double parse_figure(const std::string& text, double least, double most);
Milliseconds parse_time(const std::string& text, Milliseconds least,
                        Milliseconds most);                    // 500ms, 30s, 2m, 1h; bare: s
std::size_t parse_bytes(const std::string& text);              // 512MiB, 2GiB, 100MB
std::vector<std::string> parse_list(const std::string& text);  // "none" is empty
std::string parse_one_of(const std::string& text, const std::vector<std::string>& names);
std::map<std::string, std::string> parse_pairs(const std::string& text);

std::string show_time(Milliseconds time);
std::string show_bytes(std::size_t bytes);
std::string show_list(const std::vector<std::string>& items);
std::string show_pairs(const std::map<std::string, std::string>& pairs);

}  // namespace tribunal
