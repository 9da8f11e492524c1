import { makeInput } from '../fuzz/fuzz-input';
import { fuzzRun } from '../fuzz/fuzz-run';

test('there is a documented answer to whatever is sent to acs-ingest, and as CloudEvents and bulk data to cpemon-api', async () => {
  const result = await fuzzRun({ seed: 20_261_121, inputs: 1200, durationMs: 60_000, say: () => undefined });
  expect(result.violations).toEqual([]);
  // Inputs are near enough to right ones to be accepted, and far enough to be refused in many ways.
  expect(result.answers.size).toBeGreaterThan(15);
  expect(result.answers.get('/cwmp 200 InformResponse')).toBeGreaterThan(0);
  expect(result.answers.get('/acs/webhook 202 queued')).toBeGreaterThan(0);
  expect(result.answers.get('/v1/events 202 queued')).toBeGreaterThan(0);
  expect(result.answers.get('/v1/bulkdata 200 queued')).toBeGreaterThan(0);
}, 90_000);

test('an input is the same for the same seed and number', () => {
  const [one, again, other] = [makeInput(1, 77), makeInput(1, 77), makeInput(2, 77)];
  expect(again).toEqual(one);
  expect(other).not.toEqual(one);
});
