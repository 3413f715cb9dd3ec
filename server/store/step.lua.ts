// The commands of a script that writes more than once. Redis undoes nothing of a script that fails half-way (a user may
// have the right to HSET and none to PEXPIRE), and its error alone does not say whether that was before the first write.

/** Stands in the error of a script that has written something and did not come to its end. */
export const UNFINISHED = 'UNFINISHED'

/** `look` for commands that only read, `write` for those that write: redis.call until the first write was done. */
export const STEP = `
local begun = false
local function look(...)
  if not begun then
    return redis.call(...)
  end
  local reply = redis.pcall(...)
  if type(reply) == 'table' and reply.err then
    error('${UNFINISHED}: ' .. reply.err, 0)
  end
  return reply
end
local function write(...)
  local reply = look(...)
  begun = true
  return reply
end
`
