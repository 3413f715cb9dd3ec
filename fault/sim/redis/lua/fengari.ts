// The parts of fengari, in the one order in which they can be loaded: its modules need one another.
import 'fengari'
import definitions from 'fengari/src/defs.js'
import auxiliary from 'fengari/src/lauxlib.js'
import errors from 'fengari/src/ldebug.js'
import calls from 'fengari/src/ldo.js'
import functions from 'fengari/src/lfunc.js'
import objects from 'fengari/src/lobject.js'
import states from 'fengari/src/lstate.js'
import strings from 'fengari/src/lstring.js'
import tables from 'fengari/src/ltable.js'
import lua from 'fengari/src/lua.js'
import library from 'fengari/src/lualib.js'

export { auxiliary, calls, definitions, errors, functions, library, lua, objects, states, strings, tables }
