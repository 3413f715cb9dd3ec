// The public face: the methods of the SDK's Client, each of which survives the loss of any server instance.
import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import type {
  CallToolRequest,
  CallToolResultSchema,
  CompatibilityCallToolResultSchema,
  CompleteRequest,
  GetPromptRequest,
  ListPromptsRequest,
  ListResourcesRequest,
  ListResourceTemplatesRequest,
  ListToolsRequest,
  LoggingLevel,
  ReadResourceRequest,
} from '@modelcontextprotocol/sdk/types.js'
import { CALL_KEY_META } from '../wire/call-key.ts'
import { Caller } from './caller.ts'
import type { Listener } from './emitter.ts'
import type { ClientEventName } from './events.ts'
import { type CallOptions, type ResilientClientOptions, settingsOf } from './options.ts'

/** Params, or a function that makes them anew for each try, for the session that the try goes to. */
export type ParamsFor<P> = P | ((sessionId: string) => P)

type Reply<Method extends keyof Client> = Client[Method] extends (...args: never[]) => infer R ? R : never

/**
 * An MCP client that keeps one session's state over the loss of connections and instances. It opens a new session where
 * it must, resumes the state into it, and repeats what was in flight; the caller sees one result or one
 * {@link CallError}. Tool calls are executed exactly once on servers that know their idempotency key.
 */
export class ResilientClient {
  readonly #caller: Caller

  constructor(url: string | URL, options: ResilientClientOptions) {
    this.#caller = new Caller(new URL(url), settingsOf(options))
  }

  /** Opens the first session. Calls made before or without it do so themselves. @throws {CallError} */
  connect(options?: CallOptions): Promise<void> {
    return this.#caller.connect(options)
  }

  /** Ends every running call, DELETEs the session and lets go of everything. Its state stays resumable. Never rejects. */
  close(): Promise<void> {
    return this.#caller.close()
  }

  /** The last session that was confirmed to hold the state; undefined before the first and after `close()`. */
  get sessionId(): string | undefined {
    return this.#caller.holding.confirmed?.id
  }

  on<E extends ClientEventName>(event: E, listener: Listener<E>): this {
    this.#caller.events.on(event, listener)
    return this
  }

  off<E extends ClientEventName>(event: E, listener: Listener<E>): this {
    this.#caller.events.off(event, listener)
    return this
  }

  /** Calls a tool. A tool's own error is a result, as with the SDK. @throws {CallError} */
  callTool(
    params: ParamsFor<CallToolRequest['params']>,
    resultSchema?: typeof CallToolResultSchema | typeof CompatibilityCallToolResultSchema,
    options?: CallOptions,
  ): Reply<'callTool'> {
    return this.#caller.callKeyed(options, (client, { session, key }, more) => {
      const made = typeof params === 'function' ? params(session) : params
      const keyed = key ? { ...made, _meta: { ...made._meta, [CALL_KEY_META]: key } } : made
      return client.callTool(keyed, resultSchema, more)
    })
  }

  readResource(params: ParamsFor<ReadResourceRequest['params']>, options?: CallOptions): Reply<'readResource'> {
    return this.#caller.callHarmless(options, (client, { session }, more) =>
      client.readResource(typeof params === 'function' ? params(session) : params, more),
    )
  }

  listTools(params?: ListToolsRequest['params'], options?: CallOptions): Reply<'listTools'> {
    return this.#caller.callHarmless(options, (client, _, more) => client.listTools(params, more))
  }

  listResources(params?: ListResourcesRequest['params'], options?: CallOptions): Reply<'listResources'> {
    return this.#caller.callHarmless(options, (client, _, more) => client.listResources(params, more))
  }

  listResourceTemplates(
    params?: ListResourceTemplatesRequest['params'],
    options?: CallOptions,
  ): Reply<'listResourceTemplates'> {
    return this.#caller.callHarmless(options, (client, _, more) => client.listResourceTemplates(params, more))
  }

  listPrompts(params?: ListPromptsRequest['params'], options?: CallOptions): Reply<'listPrompts'> {
    return this.#caller.callHarmless(options, (client, _, more) => client.listPrompts(params, more))
  }

  getPrompt(params: GetPromptRequest['params'], options?: CallOptions): Reply<'getPrompt'> {
    return this.#caller.callHarmless(options, (client, _, more) => client.getPrompt(params, more))
  }

  complete(params: CompleteRequest['params'], options?: CallOptions): Reply<'complete'> {
    return this.#caller.callHarmless(options, (client, _, more) => client.complete(params, more))
  }

  ping(options?: CallOptions): Reply<'ping'> {
    return this.#caller.callHarmless(options, (client, _, more) => client.ping(more))
  }

  /** Sets the log level of this session, and of each that takes over from it. */
  async setLoggingLevel(level: LoggingLevel, options?: CallOptions): Promise<Awaited<Reply<'setLoggingLevel'>>> {
    const result = await this.#caller.callHarmless(options, (client, _, more) => client.setLoggingLevel(level, more))
    this.#caller.lineage.logLevel = level
    return result
  }

  /** As the SDK's: the handler stays over every reconnection. */
  get setNotificationHandler(): Client['setNotificationHandler'] {
    return this.#caller.link.client.setNotificationHandler.bind(this.#caller.link.client)
  }

  get removeNotificationHandler(): Client['removeNotificationHandler'] {
    return this.#caller.link.client.removeNotificationHandler.bind(this.#caller.link.client)
  }

  /** As the SDK's: answers requests of the server, on whichever session they come. */
  get setRequestHandler(): Client['setRequestHandler'] {
    return this.#caller.link.client.setRequestHandler.bind(this.#caller.link.client)
  }

  /** What the session's server said of itself. */
  getServerCapabilities(): ReturnType<Client['getServerCapabilities']> {
    return this.#caller.holding.confirmed?.server.capabilities
  }

  getServerVersion(): ReturnType<Client['getServerVersion']> {
    return this.#caller.holding.confirmed?.server.serverInfo
  }

  getInstructions(): ReturnType<Client['getInstructions']> {
    return this.#caller.holding.confirmed?.server.instructions
  }
}
