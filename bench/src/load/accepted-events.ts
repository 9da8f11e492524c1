/**
 * Events that an answer says are durable: one for a 202 to a single event, what the body says for a batch.
 * @throws Error when a batch's 202 does not say it
 */
export function acceptedEvents(status: number, body: Buffer, batch: number): number {
  if (status !== 202) return 0;
  if (batch === 1) return 1;
  const match = /"accepted": *(\d+)/.exec(body.toString('latin1'));
  if (match === null)
    throw new Error(`a 202 to a batch without "accepted": ${body.toString().slice(0, 200)}`);
  return Number(match[1]);
}
