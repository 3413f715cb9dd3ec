// The parts of fengari, in the one order in which they can be loaded: its modules need one another.
import 'fengari'
import definitions from 'fengari/src/defs.js'
import auxiliary from 'fengari/src/lauxlib.js'
import objects from 'fengari/src/lobject.js'
import strings from 'fengari/src/lstring.js'
import tables from 'fengari/src/ltable.js'
import lua from 'fengari/src/lua.js'
import library from 'fengari/src/lualib.js'

export { auxiliary, definitions, library, lua, objects, strings, tables }
