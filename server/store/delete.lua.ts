// Deletes one value. The records of executed calls outlive the last value: a call repeated later must still be known.

/** KEYS: session. ARGV: field, time to live in ms or ''. Returns how many values are left, as a string. */
export const DELETE_LUA = `
local before = redis.call('HGET', KEYS[1], 'n') or '0'
if before == '0' then
  return '0'
end
if ARGV[2] ~= '' then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
if redis.call('HDEL', KEYS[1], ARGV[1]) == 1 then
  redis.call('HINCRBY', KEYS[1], 'r', 1)
  redis.call('HINCRBY', KEYS[1], 'n', -1)
end
local left = redis.call('HGET', KEYS[1], 'n') or '0'
if left == '0' and redis.call('HLEN', KEYS[1]) == 2 then
  redis.call('DEL', KEYS[1])
end
return left
`
