// Any JSON value: what session state, replies and arguments are made of.
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
