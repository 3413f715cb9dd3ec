// Deletes one value. The records of executed calls outlive the last value: a call repeated later must still be known.
import { STEP } from './step.lua.ts'

/** KEYS: session. ARGV: field, time to live in ms or ''. Returns how many values are left, as a string. */
export const DELETE_LUA = `${STEP}
local before = look('HGET', KEYS[1], 'n') or '0'
if before == '0' then
  return '0'
end
if ARGV[2] ~= '' then
  write('PEXPIRE', KEYS[1], ARGV[2])
end
if write('HDEL', KEYS[1], ARGV[1]) == 1 then
  write('HINCRBY', KEYS[1], 'r', 1)
  write('HINCRBY', KEYS[1], 'n', -1)
end
local left = look('HGET', KEYS[1], 'n') or '0'
if left == '0' and look('HLEN', KEYS[1]) == 2 then
  write('DEL', KEYS[1])
end
return left
`
