/**
 * Flags of Node for every service. A batch of events lives for some milliseconds: with V8's default young generation
 * (16 MB) much of it is copied into the old one before it dies, and the collector takes a third of the writer's time.
 * With the default growth of the old generation the whole heap is marked about every 8 s while a hundred thousand
 * devices report; each time is a stall of 100 to 300 ms in accepted→visible. Twice the live heap makes it a minute.
 */
export const SERVICE_NODE_FLAGS: readonly string[] = [
  '--max-semi-space-size=64',
  '--heap-growing-percent=100',
];
