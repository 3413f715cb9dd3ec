// How many random cases are compared, and which: the same in every run, others on request.
const environment: { readonly WEB_CASES?: string; readonly WEB_SEED?: string } = process.env

export const CASES = { numRuns: Number(environment.WEB_CASES ?? 2_000), seed: Number(environment.WEB_SEED ?? 20261124) }
