// Lines of the balancer's own file that rows of facts name, and what they write in their place.

export const RETRY_ON = 'retry-on conn-failure'
export const REDISPATCH = 'option redispatch 1'
export const OBSERVE = 'default-server observe layer7 error-limit 2 on-error fastinter'
export const STICK_TABLE = `stick-table type binary len 32 size 100k expire "\${STICK_EXPIRE-2130s}" peers balancers`
export const MATCH = 'stick match req.fhdr(mcp-session-id),sha2(256)'
export const STORE = 'stick store-response res.fhdr(mcp-session-id),sha2(256)'
export const DEGRADED = 'use_backend mcp_degraded if { nbsrv(mcp_servers) eq 0 }'

const CHECKS = `default-server check inter "\${CHECK_INTER-5s}" fastinter "\${CHECK_FASTINTER-200ms}" downinter "\${CHECK_DOWNINTER-500ms}" fall "\${CHECK_FALL-3}" rise "\${CHECK_RISE-2}"`

/** Asked as seldom when it is in doubt as when it is well, and heard out for as long. */
export const WITHOUT_FASTINTER = {
  'timeout check "${CHECK_TIMEOUT-1s}"': '# no timeout check',
  [CHECKS]: 'default-server check inter 1100ms downinter 100ms fall 3 rise 1',
}
/** Down for a while after it is well again. */
export const SLOWLY_UP = {
  'timeout check "${CHECK_TIMEOUT-1s}"': 'timeout check 10s',
  [CHECKS]: 'default-server check inter 200ms fastinter 200ms downinter 1500ms fall 3 rise 2',
}

const checkedEvery = (fastinter: string) => ({
  'timeout check "${CHECK_TIMEOUT-1s}"': 'timeout check 10s',
  [CHECKS]: `default-server check inter 300s fastinter ${fastinter} downinter 100ms fall 3 rise 1`,
})

/** After its first check an instance is asked again in so long that calls alone tell of it, until it is down. */
export const RARELY_CHECKED = checkedEvery('300s')
/** The same, and one in doubt is asked after all that a script does to it. */
export const CHECKED_AFTERWARDS = checkedEvery('1s')
