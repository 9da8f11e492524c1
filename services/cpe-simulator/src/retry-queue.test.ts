import { createRetryQueue } from './retry-queue.js';
import { createShipment, type Shipment } from './shipment.js';

const waitingUntil = (retryAtMs: number): Shipment => ({
  ...createShipment('heartbeat'),
  state: 'waiting',
  retryAtMs,
});

/** Advances in steps of 10 ms and notes when each shipment came out. */
function releaseAll(queue: ReturnType<typeof createRetryQueue>, untilMs: number): Map<Shipment, number> {
  const releasedAt = new Map<Shipment, number>();
  for (let nowMs = 0; nowMs <= untilMs; nowMs += 10) {
    queue.release(nowMs, (shipment) => {
      shipment.state = 'queued';
      releasedAt.set(shipment, nowMs);
    });
  }
  return releasedAt;
}

describe('the retry queue', () => {
  it('hands out each shipment when its time has come, not before', () => {
    const queue = createRetryQueue(0);
    const shipments = [5, 20, 21, 333, 5000].map(waitingUntil);
    shipments.forEach((shipment) => queue.add(shipment));
    const releasedAt = releaseAll(queue, 6000);
    for (const shipment of shipments) {
      const late = (releasedAt.get(shipment) ?? Infinity) - shipment.retryAtMs;
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThanOrEqual(30);
    }
  });

  it('lets one that was tried early and waits again come out at its new time only', () => {
    const queue = createRetryQueue(0);
    const shipment = waitingUntil(100);
    queue.add(shipment);
    shipment.retryAtMs = 400;
    queue.add(shipment);
    expect(releaseAll(queue, 1000).get(shipment)).toBe(400);
  });

  it('leaves out what ended meanwhile', () => {
    const queue = createRetryQueue(0);
    const shipment = waitingUntil(100);
    queue.add(shipment);
    shipment.state = 'ended';
    expect(releaseAll(queue, 1000).size).toBe(0);
  });
});
