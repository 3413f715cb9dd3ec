// A session's fields, and the slide of its deadline, in one step. Lua as a module: tsx, esbuild and tsdown each load
// another way from a .lua file, and a published package has to carry it along; a string works in all of them.

/** KEYS: session. ARGV: time to live in ms, or '' to leave the deadline; then fields. Returns the count, then each field. */
export const READ_LUA = `
local reply = { redis.call('HGET', KEYS[1], 'n') }
for i = 2, #ARGV do
  reply[i] = redis.call('HGET', KEYS[1], ARGV[i])
end
if ARGV[1] ~= '' and reply[1] and reply[1] ~= '0' then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
return reply
`
