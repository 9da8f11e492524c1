/**
 * Flags of Node for every service. A batch of events lives for some milliseconds: with V8's default young generation
 * (16 MB) much of it is copied into the old one before it dies, and the collector takes a third of the writer's time.
 * What lives long (devices at rest) lies outside the heap, so that marking it is short; with room to grow to twice its
 * size that is also seldom.
 */
export const SERVICE_NODE_FLAGS: readonly string[] = [
  '--max-semi-space-size=64',
  '--heap-growing-percent=100',
];
