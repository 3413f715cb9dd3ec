// Every change of a session's hash but a deletion: compares the revision, writes fields, slides the deadline.
// A revision starts at the time of its hash's birth, so that a session that expired and came back never shows an old one.
import { STEP } from './step.lua.ts'

/** KEYS: session. ARGV: revision expected ('' none, '*' any), time to live in ms, then pairs of field and text. Returns 1, or 0 where the revision differs. */
export const WRITE_LUA = `${STEP}
local revision = look('HGET', KEYS[1], 'r') or ''
if ARGV[1] ~= '*' and ARGV[1] ~= revision then
  return 0
end
local added = 0
for i = 3, #ARGV, 2 do
  local new = write('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
  if string.sub(ARGV[i], 1, 1) == 'v' then
    added = added + new
  end
end
if #ARGV > 2 then
  if revision == '' then
    local time = look('TIME')
    write('HSET', KEYS[1], 'r', time[1] .. string.format('%06d', time[2]))
  end
  write('HINCRBY', KEYS[1], 'r', 1)
  write('HINCRBY', KEYS[1], 'n', added)
end
if (look('HGET', KEYS[1], 'n') or '0') ~= '0' then
  write('PEXPIRE', KEYS[1], ARGV[2])
end
return 1
`
