import { describeAppending } from './append-contract.js';
import { describeApplying } from './apply-contract.js';
import { contractBench } from './contract-bench.js';
import type { EventLogAdapter } from './event-log-adapter.js';
import { describeMembership } from './membership-contract.js';
import { describeParking } from './parking-contract.js';

/** What every event log must do, whatever it is made of; an adapter's own test file calls this. */
export function describeEventLog(name: string, adapter: EventLogAdapter): void {
  describe(name, () => {
    const bench = contractBench(adapter);
    describe('appending', () => describeAppending(bench));
    describe('applying', () => describeApplying(bench));
    describe('members of a group', () => describeMembership(bench));
    describe('events that cannot be applied', () => describeParking(bench));
  });
}
