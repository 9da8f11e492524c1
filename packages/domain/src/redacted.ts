/** What stands in the log in place of a secret. */
export const REDACTED = '[redacted]';
