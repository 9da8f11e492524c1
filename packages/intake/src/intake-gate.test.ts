import { createIntakeGate } from './intake-gate.js';

const GIB = 1024 ** 3;

test('the gate closes at the backlog that may wait, and opens again when a tenth of it is gone', () => {
  const gate = createIntakeGate({ maxBacklogBytes: 10 * GIB, minFreeDiskPercent: 10 });
  const at = (gib: number) => {
    gate.read({ backlogBytes: gib * GIB, freeDiskRatio: null }, 0);
    return gate.closedBy(0);
  };
  expect([9.9, 10, 9.5, 9.01, 8.9, 9.5].map(at)).toEqual([[], ['backlog'], ['backlog'], ['backlog'], [], []]);
});

test('the gate closes before the disk is full, and opens again two percent above the floor', () => {
  const gate = createIntakeGate({ maxBacklogBytes: 0, minFreeDiskPercent: 10 });
  const at = (freeDiskRatio: number) => {
    gate.read({ backlogBytes: Number.MAX_SAFE_INTEGER, freeDiskRatio }, 0);
    return gate.closedBy(0);
  };
  expect([0.1, 0.099, 0.11, 0.12, 0.11].map(at)).toEqual([[], ['disk'], ['disk'], [], []]);
});

test('a verdict holds for some seconds without readings, and is forgotten then', () => {
  const gate = createIntakeGate({ maxBacklogBytes: 10, minFreeDiskPercent: 10 });
  gate.read({ backlogBytes: 10, freeDiskRatio: 0.01 }, 0);
  gate.read({ backlogBytes: null, freeDiskRatio: null }, 5000);
  expect(gate.closedBy(9000)).toEqual(['backlog', 'disk']);
  expect(gate.closedBy(10_001)).toEqual([]);
});

test('limits of zero close nothing', () => {
  const gate = createIntakeGate({ maxBacklogBytes: 0, minFreeDiskPercent: 0 });
  gate.read({ backlogBytes: 1e15, freeDiskRatio: 0 }, 0);
  expect(gate.closedBy(0)).toEqual([]);
});
