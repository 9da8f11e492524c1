import type { FailedRequest } from '../load/failed-request.js';
import { createExpectedState } from './expected-state.js';

const fleet = { devices: 10, order: 'by-number', startMs: 1_795_000_000_000, eventsPerMs: 1 } as const;
const failed = (request: number, outcome: FailedRequest['outcome']): FailedRequest => ({
  request,
  outcome,
  answer: '',
});

describe('the expected state', () => {
  it('expects every event of a load that was accepted whole', () => {
    const expected = createExpectedState(10);
    expected.add(fleet, 30);
    expect([expected.total(), expected.doubtful()]).toEqual([30, 0]);
  });

  it('expects nothing of a refused request and leaves open what became of a doubtful one', () => {
    const expected = createExpectedState(10);
    expected.add(fleet, 30, { batch: 5, failed: [failed(1, 'refused'), failed(4, 'doubtful')] });
    expect([expected.total(), expected.doubtful()]).toEqual([20, 5]);
  });
});
