import type { Shipment } from './shipment.js';

/** Shipments of one target in the order in which they were queued, at most `limit` of them in flight. */
export interface SendQueue {
  add(shipment: Shipment): void;
  /** Shipments that wait for a free connection. */
  readonly length: number;
  readonly inFlight: number;
}

/** @param send starts a shipment; the promise settles when its connection is free again, and never rejects */
export function createSendQueue(
  limit: number,
  send: (shipment: Shipment) => Promise<void> | undefined,
): SendQueue {
  // A growing array with a moving head: `shift` of a long array would copy it each time.
  let items: Shipment[] = [];
  let head = 0;
  let inFlight = 0;

  const pump = (): void => {
    while (inFlight < limit && head < items.length) {
      const shipment = items[head++] as Shipment;
      const sent = send(shipment);
      if (sent === undefined) continue;
      inFlight += 1;
      void sent.then(() => {
        inFlight -= 1;
        pump();
      });
    }
    if (head > 1024 && head * 2 > items.length) {
      items = items.slice(head);
      head = 0;
    }
  };

  return {
    add: (shipment) => {
      items.push(shipment);
      pump();
    },
    get length() {
      return items.length - head;
    },
    get inFlight() {
      return inFlight;
    },
  };
}
