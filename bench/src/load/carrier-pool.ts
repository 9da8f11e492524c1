import type { FleetSchedule } from './fleet-plan.js';
import { openLoadConnection, type LoadConnection } from './load-connection.js';
import type { OpenLoad } from './load-job.js';
import { createRequestTemplate, type RequestTemplate } from './request-template.js';

/** A request on its way: exactly one of the two is called, once. */
export interface Delivery {
  request: number;
  /** `body` is valid during the call only. */
  answered(status: number, body: Buffer, head: string): void;
  unanswered(): void;
}

/** Connections that carry one request each at a time. */
export interface CarrierPool {
  /** Sends the request on a free connection, or as soon as there is one. */
  carry(delivery: Delivery): void;
  /** Waits until every request has its answer, and closes the connections. */
  drain(): Promise<void>;
}

/** A connection with its own request buffer and the request it carries. */
interface Carrier {
  connection: LoadConnection;
  template: RequestTemplate;
  inHand: Delivery | null;
}

const OPEN_AGAIN_AFTER_MS = 100;
const CLOSES = /\r\nconnection: *close/i;

/** @throws Error (rejects) when the server cannot be reached */
export async function createCarrierPool(
  job: Pick<OpenLoad, 'target' | 'connections' | 'mostConnections'>,
  schedule: FleetSchedule,
): Promise<CarrierPool> {
  const { target, connections: atStart, mostConnections = atStart } = job;
  const free: Carrier[] = [];
  const waiting: Delivery[] = [];
  let opening = 0;
  let open = 0;
  let outstanding = 0;
  let allAnswered: () => void = () => undefined;

  const send = (carrier: Carrier, delivery: Delivery): void => {
    carrier.inHand = delivery;
    carrier.template.fill(delivery.request * target.batch, schedule);
    carrier.connection.send(carrier.template.bytes);
  };
  const giveWork = (carrier: Carrier): void => {
    const next = waiting.shift();
    if (next === undefined) free.push(carrier);
    else send(carrier, next);
  };
  const settled = (): void => {
    outstanding--;
    if (outstanding === 0) allAnswered();
  };
  const openCarrier = async (): Promise<void> => {
    opening++;
    try {
      const template = createRequestTemplate(target);
      const connection = await openLoadConnection(target, {
        answered(status, body, head) {
          carrier.inHand!.answered(status, body, head);
          carrier.inHand = null;
          if (status === 202 || !CLOSES.test(head)) giveWork(carrier);
          else {
            connection.close();
            open--;
            openIfWanted();
          }
          settled();
        },
        lost() {
          open--;
          const at = free.indexOf(carrier);
          if (at !== -1) free.splice(at, 1);
          if (carrier.inHand !== null) {
            carrier.inHand.unanswered();
            settled();
          }
          openIfWanted();
        },
      });
      const carrier: Carrier = { connection, template, inHand: null };
      open++;
      giveWork(carrier);
    } finally {
      opening--;
    }
  };
  const openIfWanted = (): void => {
    if (waiting.length <= opening || open + opening >= mostConnections) return;
    openCarrier().catch(() => setTimeout(openIfWanted, OPEN_AGAIN_AFTER_MS));
  };

  await Promise.all(Array.from({ length: atStart }, openCarrier));
  return {
    carry(delivery) {
      outstanding++;
      // The one that has rested longest: a server closes a connection that never sends a request.
      const carrier = free.shift();
      if (carrier !== undefined) return send(carrier, delivery);
      waiting.push(delivery);
      openIfWanted();
    },
    async drain() {
      if (outstanding > 0) await new Promise<void>((resolve) => (allAnswered = resolve));
      for (const { connection } of free) connection.close();
    },
  };
}
