import { createIntakeGate } from './intake-gate.js';

const GIB = 1024 ** 3;

test('the gate closes at the backlog that may wait, and opens again when a tenth of it is gone', () => {
  const gate = createIntakeGate({
    maxBacklogBytes: 10 * GIB,
    minFreeDiskPercent: 10,
    requireSemiSync: false,
  });
  const at = (gib: number) => {
    gate.read({ backlogBytes: gib * GIB, freeDiskRatio: null, semiSync: null }, 0);
    return gate.closedBy(0);
  };
  expect([9.9, 10, 9.5, 9.01, 8.9, 9.5].map(at)).toEqual([[], ['backlog'], ['backlog'], ['backlog'], [], []]);
});

test('the gate closes before the disk is full, and opens again two percent above the floor', () => {
  const gate = createIntakeGate({ maxBacklogBytes: 0, minFreeDiskPercent: 10, requireSemiSync: false });
  const at = (freeDiskRatio: number) => {
    gate.read({ backlogBytes: Number.MAX_SAFE_INTEGER, freeDiskRatio, semiSync: null }, 0);
    return gate.closedBy(0);
  };
  expect([0.1, 0.099, 0.11, 0.12, 0.11].map(at)).toEqual([[], ['disk'], ['disk'], [], []]);
});

test('a verdict holds for some seconds without readings, and is forgotten then', () => {
  const gate = createIntakeGate({ maxBacklogBytes: 10, minFreeDiskPercent: 10, requireSemiSync: false });
  gate.read({ backlogBytes: 10, freeDiskRatio: 0.01, semiSync: null }, 0);
  gate.read({ backlogBytes: null, freeDiskRatio: null, semiSync: null }, 5000);
  expect(gate.closedBy(9000)).toEqual(['backlog', 'disk']);
  expect(gate.closedBy(10_001)).toEqual([]);
});

test('limits of zero close nothing', () => {
  const gate = createIntakeGate({ maxBacklogBytes: 0, minFreeDiskPercent: 0, requireSemiSync: false });
  gate.read({ backlogBytes: 1e15, freeDiskRatio: 0, semiSync: 'off' }, 0);
  expect(gate.closedBy(0)).toEqual([]);
});

test.each([
  [false, { held: [], lost: ['replication'], off: [] }],
  [true, { held: [], lost: ['replication'], off: ['replication'] }],
])('with REQUIRE_SEMI_SYNC=%p the gate is closed while commits wait for no replica', (required, expected) => {
  const limits = { maxBacklogBytes: 0, minFreeDiskPercent: 0, requireSemiSync: required };
  for (const [semiSync, reasons] of Object.entries(expected)) {
    const gate = createIntakeGate(limits);
    gate.read({ backlogBytes: 0, freeDiskRatio: 1, semiSync: semiSync as keyof typeof expected }, 0);
    expect([semiSync, gate.closedBy(0)]).toEqual([semiSync, reasons]);
    gate.read({ backlogBytes: 0, freeDiskRatio: 1, semiSync: 'held' }, 0);
    expect(gate.closedBy(0)).toEqual([]);
  }
});
