// The tools in the order in which clients list them.
import { analyzeData } from './analyze.ts'
import { getCounter, incrementCounter } from './counter.ts'
import { addNote, listNotes } from './notes.ts'
import { resumeSession } from './resume.ts'
import { getServerInfo, getStatus } from './server-info.ts'
import type { Tool } from './tool.ts'
import { watchCounter } from './watch.ts'

export const TOOLS: ReadonlyMap<string, Tool> = new Map(
  [
    incrementCounter,
    getCounter,
    addNote,
    listNotes,
    getServerInfo,
    getStatus,
    analyzeData,
    watchCounter,
    resumeSession,
  ].map((tool) => [tool.name, tool]),
)
