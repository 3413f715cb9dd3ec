// The sorted set of deadlines, from which live sessions are counted without walking the key space. Scores are the last
// millisecond in which a session can be read, by Redis' own time; the set itself ends with its last entry.

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`

/** KEYS: deadlines. ARGV: session, time to live in ms, 'always' or 'known'. Returns 1, or 0 where 'known' found no entry. */
export const NOTE_DEADLINE_LUA = `${NOW}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. string.format('%.0f', now))
if ARGV[3] == 'known' and not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  return 0
end
redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[2]), ARGV[1])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 1
`

/** KEYS: deadlines. Returns how many deadlines are ahead. */
export const COUNT_DEADLINES_LUA = `${NOW}
return redis.call('ZCOUNT', KEYS[1], string.format('%.0f', now), '+inf')
`
