import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { ARRAY_BODY_BYTES, SINGLE_BODY_BYTES } from '@cpemon/contracts';
import { createBodyBudget } from './body-budget.js';
import { receiveBody } from './request-body.js';

const MIB = 1024 * 1024;
const budget = createBodyBudget(10 * MIB);

function receive(limitBytes: number) {
  const request = Object.assign(new EventEmitter(), { headers: {} });
  const ends: (string | number)[] = [];
  receiveBody(
    request as unknown as IncomingMessage,
    limitBytes,
    {
      complete: (body) => ends.push(body.length),
      tooLarge: () => ends.push('too large'),
      noRoom: () => ends.push('no room'),
      aborted: () => ends.push('aborted'),
    },
    budget,
  );
  return { ends, send: (bytes: number) => request.emit('data', Buffer.alloc(bytes)), request };
}

test('a thousand large bodies that never end hold no more than their share, and small ones still get in', () => {
  const large = Array.from({ length: 1000 }, () => receive(ARRAY_BODY_BYTES));
  for (let round = 0; round < 50; round += 1) for (const body of large) body.send(65_536);
  expect(budget.held()).toBeLessThanOrEqual(7 * MIB);
  expect(large.filter(({ ends }) => ends[0] === 'no room').length).toBeGreaterThan(990);

  const small = receive(SINGLE_BODY_BYTES);
  small.send(1000);
  small.request.emit('end');
  expect(small.ends).toEqual([1000]);

  for (const { request } of large) request.emit('close');
  expect(budget.held()).toBe(0);
});

test('a body gives back what it held however it ends, once', () => {
  const whole = receive(SINGLE_BODY_BYTES);
  whole.send(10);
  whole.send(20);
  expect(budget.held()).toBe(30);
  whole.request.emit('end');
  whole.request.emit('close');
  const long = receive(SINGLE_BODY_BYTES);
  long.send(SINGLE_BODY_BYTES);
  long.send(1);
  long.send(1);
  const broken = receive(SINGLE_BODY_BYTES);
  broken.send(5);
  broken.request.emit('error', new Error('reset'));
  broken.request.emit('close');
  expect([whole.ends, long.ends, broken.ends]).toEqual([[30], ['too large'], ['aborted']]);
  expect(budget.held()).toBe(0);
});

test('a mistake made with a whole body is told, not thrown out of the connection', () => {
  const request = Object.assign(new EventEmitter(), { headers: {} });
  const failures: unknown[] = [];
  const never = (): never => {
    throw new Error('must not be called');
  };
  receiveBody(
    request as unknown as IncomingMessage,
    SINGLE_BODY_BYTES,
    {
      complete: () => {
        throw new TypeError('of ours');
      },
      failed: (error) => failures.push(error),
      ...{ tooLarge: never, noRoom: never, aborted: never },
    },
    budget,
  );
  request.emit('end');
  request.emit('close');
  expect(failures).toEqual([new TypeError('of ours')]);
  expect(budget.held()).toBe(0);
});
