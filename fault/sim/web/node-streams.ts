// Node's own messages make their bodies of the global stream, and from Node 24 on they refuse one that is not Node's own:
// while one of them is made, the global stream is that.

/** Real, whatever the globals become. */
export const NodeStream = globalThis.ReadableStream

export function byNodeStreams<Made>(make: () => Made): Made {
  const now = globalThis.ReadableStream
  if (now === NodeStream) return make()
  globalThis.ReadableStream = NodeStream
  try {
    return make()
  } finally {
    globalThis.ReadableStream = now
  }
}

/** Node's own requests, whatever the global stream becomes. */
export const NodeRequest = new Proxy(globalThis.Request, {
  construct: (own, args, made) => byNodeStreams(() => Reflect.construct(own, args, made)),
})
