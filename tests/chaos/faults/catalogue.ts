import { DATABASE_FAULTS } from './database-faults.js';
import type { FaultKind } from './fault.js';
import { LINK_FAULTS } from './link-faults.js';
import { MACHINE_FAULTS } from './machine-faults.js';
import { OPERATOR_FAULTS } from './operator-faults.js';
import { PARTITION_FAULTS } from './partition-faults.js';
import { PROCESS_FAULTS } from './process-faults.js';

export const FAULT_KINDS: readonly FaultKind[] = [
  ...PROCESS_FAULTS,
  ...LINK_FAULTS,
  ...DATABASE_FAULTS,
  ...PARTITION_FAULTS,
  ...MACHINE_FAULTS,
  ...OPERATOR_FAULTS,
];
