import type { Shipment } from './shipment.js';

/** Shipments that wait for their next attempt, by time slot. */
export interface RetryQueue {
  /** Adds a shipment at its `retryAtMs`. */
  add(shipment: Shipment): void;
  /** Hands out what is due; the visitor takes each out of the state `waiting`. */
  release(nowMs: number, visit: (shipment: Shipment) => void): void;
}

const SLOT_MS = 20;

export function createRetryQueue(startMs: number): RetryQueue {
  const slots = new Map<number, Shipment[]>();
  let slotNumber = Math.floor(startMs / SLOT_MS);

  return {
    add: (shipment) => {
      // Rounded up, so that nothing is tried before its time.
      const slot = Math.max(Math.ceil(shipment.retryAtMs / SLOT_MS), slotNumber);
      const waiting = slots.get(slot);
      if (waiting === undefined) slots.set(slot, [shipment]);
      else waiting.push(shipment);
    },
    release: (nowMs, visit) => {
      const last = Math.floor(nowMs / SLOT_MS);
      for (; slotNumber <= last; slotNumber++) {
        for (const shipment of slots.get(slotNumber) ?? []) {
          // One that was tried early left its entry behind: it is no longer waiting, or waits for a later slot.
          if (shipment.state === 'waiting' && shipment.retryAtMs <= nowMs) visit(shipment);
        }
        slots.delete(slotNumber);
      }
    },
  };
}
