/** For a limiter under test: what a busy machine answers late is no outage. Where time-outs are meant they are given. */
export const PATIENTLY = { timeoutMs: 10_000 };
