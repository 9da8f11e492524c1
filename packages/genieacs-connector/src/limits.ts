/** Devices or faults of one request to the NBI. */
export const USUAL_PAGE_SIZE = 200;
export const LARGEST_PAGE_SIZE = 2000;
/** An answer is held whole while it is read; one that is larger is asked for again in smaller pages. */
export const LARGEST_ANSWER_BYTES = 32 * 1024 * 1024;
/** Request line and headers of a Node.js server together may have 16 KiB. */
export const LONGEST_ADDRESS_CHARACTERS = 14_000;
/** GenieACS goes through the whole collection for a page that no index helps with. */
export const NBI_TIMEOUT_MS = 60_000;
export const USUAL_REQUESTS_PER_SECOND = 5;

/** acs-ingest refuses an event above 64 KiB; some space is left for its frame. */
export const LARGEST_MESSAGE_BYTES = 60 * 1024;
/** Of one device, which is what a session of a CPE yields at most. */
export const MOST_PARAMETERS = 512;
/** Objects inside each other in a device document; data models have eight. */
export const DEEPEST_OBJECT = 32;
/** Well below what acs-ingest takes in one body (5,000 events, 4 MiB). */
export const BATCH_EVENTS = 500;
export const BATCH_BYTES = 1024 * 1024;
/** Above the 8 s that acs-ingest may wait for its log. */
export const WEBHOOK_TIMEOUT_MS = 15_000;

export const FIRST_WAIT_MS = 1000;
export const LONGEST_WAIT_MS = 60_000;
/** A run with --once gives up then. */
export const TRIES_OF_ONE_RUN = 5;

/**
 * GenieACS stamps a device with the time at which its session began and stores that when it ends. A round begins so much
 * earlier than the one before ended, for sessions that were open then.
 */
export const USUAL_OVERLAP_SECONDS = 120;
/** What was sent within the overlap, so that it is not sent again; above it, it is, and counts once all the same. */
export const REMEMBERED = 250_000;
/** Pages of devices until faults get their turn. */
export const PAGES_OF_A_TURN = 100;
