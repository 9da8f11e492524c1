import { bookedBeforeSent, newIdEachAttempt } from './alert-plants.js';
import { acknowledgeBeforeCommit, autoIncrementOrder } from './append-plants.js';
import { epochByPlainSelect, noEpochCheck, offsetElsewhere } from './fence-plants.js';
import { replayCountsTwice, retentionTooFar } from './log-plants.js';
import { parkedDeviceForgotten, rejectedEventSwallowed, requeueAppliesTwice } from './parking-plants.js';
import type { Plant } from './plant.js';

export const PLANTS: readonly Plant[] = [
  acknowledgeBeforeCommit,
  noEpochCheck,
  epochByPlainSelect,
  offsetElsewhere,
  autoIncrementOrder,
  rejectedEventSwallowed,
  requeueAppliesTwice,
  replayCountsTwice,
  parkedDeviceForgotten,
  retentionTooFar,
  bookedBeforeSent,
  newIdEachAttempt,
];
