// Strings of bytes to Lua and back. Outside Lua they are JavaScript strings of one character a byte, which serve as keys
// of a Map; inside fengari they are Uint8Arrays.

/** Below this length a loop is faster than Buffer. */
const SHORT = 24

export function toBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  if (text.length > SHORT) Buffer.from(bytes.buffer).write(text, 'latin1')
  else for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at)
  return bytes
}

export function fromBytes(bytes: Uint8Array): string {
  if (bytes.length > SHORT) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}
