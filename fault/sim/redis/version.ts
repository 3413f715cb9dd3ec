// The Redis that is simulated: its answers, its words for errors and its Lua are this version's.

export const VERSION = '7.0.15'
