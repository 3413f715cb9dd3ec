// An object as the list of its members, each a name and a JSON text: it can say what no JavaScript object can, such as
// a name twice (the last one counts) or a number that does not fit.

export type Members = readonly (readonly [name: string, json: string])[]

export function object(members: Members): string {
  return `{${members.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`
}
