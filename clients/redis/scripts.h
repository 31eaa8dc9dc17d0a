// What Redis runs as one: the calls that look before they write.
#pragma once

namespace tribunal {

// KEYS[1] becomes ARGV[2] if it is ARGV[1]; 1 if it did.
inline constexpr const char* swap_script = R"(
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1)";

// KEYS[1] is deleted if it is ARGV[1]; 1 if it was.
inline constexpr const char* release_script = R"(
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
return 1)";

// Of the accounts in the hash KEYS[1], each of which begins with ARGV[4]: ARGV[1] gives ARGV[3] to
// ARGV[2]; 1 if it had that much.
inline constexpr const char* transfer_script = R"(
local from = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or ARGV[4])
local to = tonumber(redis.call('HGET', KEYS[1], ARGV[2]) or ARGV[4])
local amount = tonumber(ARGV[3])
if from < amount then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], from - amount, ARGV[2], to + amount)
return 1)";

}  // namespace tribunal
