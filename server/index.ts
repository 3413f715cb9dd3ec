// What `mcp-failproof/server` gives.
export { type App, type AppOptions, createApp } from './app.ts'
export {
  type Change,
  type Once,
  type OpenStore,
  type SessionStore,
  type Slide,
  StoreError,
  type StoreSettings,
  type Write,
} from './store/contract.ts'
export { MemorySessionStore } from './store/memory.ts'
export { RedisSessionStore, type RedisSessionStoreOptions } from './store/redis-store.ts'
