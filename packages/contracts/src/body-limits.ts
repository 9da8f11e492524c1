/** A body with one event. A heartbeat has 400 bytes, a relayed Inform with every parameter of a big model 50 KB. */
export const SINGLE_BODY_BYTES = 64 * 1024;
/** One line of a newline-delimited body: one event. */
export const LINE_BYTES = SINGLE_BODY_BYTES;
/** A body with an array of events: 10,000 heartbeats. */
export const ARRAY_BODY_BYTES = 4 * 1024 * 1024;
/** Events of one array. */
export const ARRAY_EVENTS = 5_000;
/** A newline-delimited body is never held whole, so it may be longer. */
export const STREAM_BODY_BYTES = 256 * 1024 * 1024;
/** Objects and arrays inside each other. No message has more than four. */
export const NESTING_LEVELS = 32;

/** Scalars of a body that no field of ours names: kept up to these bounds. */
export const EXTRA_FIELDS = 64;
export const EXTRA_NAME_CHARACTERS = 64;
export const EXTRA_VALUE_CHARACTERS = 256;
/** All names and values together. */
export const EXTRA_CHARACTERS = 4096;

/** A body of an ACS: a device document with every parameter of a big model has 600 KB, a batch of the connector 1 MiB. */
export const WEBHOOK_BODY_BYTES = 2 * 1024 * 1024;
/** Parameters read of one event; the largest data models have 3,000. Fewer are kept. */
export const EVENT_PARAMETERS = 4000;
/** TR-069 Amendment 6, A.2.2.1: a name has at most 256 characters. */
export const PARAMETER_PATH_CHARACTERS = 256;
export const PARAMETER_VALUE_CHARACTERS = 1024;
/** All paths and values of one event together. */
export const EVENT_PARAMETER_CHARACTERS = 512 * 1024;
/** Known wrappers inside each other ("event" in "data" in …) that are looked into. */
export const WRAPPER_LEVELS = 5;
