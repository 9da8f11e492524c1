import { shareAnswer } from './shared-answer.js';

test('who asks while an answer is on its way, or fresh, gets the same one', async () => {
  let asked = 0;
  let now = 0;
  const answer = shareAnswer(
    () => Promise.resolve((asked += 1)),
    100,
    () => now,
  );
  expect(await Promise.all([answer(), answer()])).toEqual([1, 1]);
  now = 99;
  expect(await answer()).toBe(1);
  now = 100;
  expect(await answer()).toBe(2);
});

test('a failure is not kept', async () => {
  let asked = 0;
  const answer = shareAnswer(
    () => ((asked += 1) === 1 ? Promise.reject(new Error('away')) : Promise.resolve(asked)),
    1000,
  );
  await expect(answer()).rejects.toThrow('away');
  expect(await answer()).toBe(2);
});
