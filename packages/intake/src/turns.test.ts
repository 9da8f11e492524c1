import { createTurns } from './turns.js';

test('so many run at once, the others in the order in which they came, and a failure takes no turn away', async () => {
  const turns = createTurns(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const piece = (n: number) => async (): Promise<number> => {
    begun.push(n);
    await new Promise<void>((resolve) => ends.push(resolve));
    if (n === 1) throw new Error('failed');
    return n;
  };
  const all = Promise.allSettled([0, 1, 2, 3].map((n) => turns(piece(n))));
  const soon = () => new Promise((resolve) => setImmediate(resolve));
  await soon();
  expect(begun).toEqual([0, 1]);
  ends[1]!();
  await soon();
  expect(begun).toEqual([0, 1, 2]);
  ends[0]!();
  await soon();
  expect(begun).toEqual([0, 1, 2, 3]);
  for (const end of ends) end();
  const results = await all;
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
});
