/**
 * A body, plain or inflated: 350 retained reports of 200 parameters, a day of them every five minutes. A sender whose
 * reports came to more would send them again for ever if it were refused for less.
 */
export const BULK_BODY_BYTES = 4 * 1024 * 1024;
/** Reports of one body; a day of them every minute is 1,440. Of more, the newest are taken. */
export const BULK_REPORTS = 2000;
/** Parameters of one report; the largest data models have 3,000. */
export const BULK_PARAMETERS = 10_000;
/** TR-069 Amendment 6, A.2.2.1: a name has at most 256 characters. */
export const BULK_NAME_CHARACTERS = 256;
/** Objects inside each other; the deepest path of TR-181 has twelve segments. */
export const BULK_LEVELS = 32;
/** Characters of a body that are looked at to find out how its CSV is written. */
export const CSV_SAMPLE_CHARACTERS = 64 * 1024;
