/** How often `read` gets through bodies in a second, all of them in turn, after a while to warm up. */
export function bodiesPerSecond(
  read: (body: Buffer) => unknown,
  bodies: readonly Buffer[],
  warmUpMs: number,
  measureMs: number,
): number {
  const round = (): void => {
    for (const body of bodies) read(body);
  };
  for (const until = performance.now() + warmUpMs; performance.now() < until;) round();
  const startedAt = performance.now();
  let count = 0;
  while (performance.now() < startedAt + measureMs) {
    round();
    count += bodies.length;
  }
  return (count / (performance.now() - startedAt)) * 1000;
}
