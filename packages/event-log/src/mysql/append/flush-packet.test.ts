import { laneOf, type CpeEvent } from '@cpemon/domain';
import type { EncodedEvents } from '../../event-log.js';
import { encodeEvents, packFlush, relaneEvents } from './flush-packet.js';

const event = (subject: string, id: string, model: string): CpeEvent => ({
  ...{ id, source: '/telemetry', type: 'cpemon.heartbeat.v1', subject },
  data: { attributes: { model } },
});
const encoded = (lane: number, ...values: string[]): EncodedEvents => {
  const json = JSON.stringify(values);
  return { lane, eventCount: values.length, json, bytes: Buffer.byteLength(json) };
};

test('events of a lane keep their order, and the index says where each lane lies', () => {
  const packet = packFlush([[encoded(5, 'a'), encoded(3, 'é')], [encoded(5, 'b')]]);
  expect(packet).toMatchObject({ firstLane: 3, lastLane: 5, eventCount: 3 });
  expect(packet.index.match(/.{24}/g)).toEqual([
    '000001' + '000000001' + '000000006',
    '0'.repeat(24),
    '000002' + '000000007' + '000000009',
  ]);
  expect(packet.events.toString()).toBe('["é"]["a","b"]');
});

test('a flush holds what was appended, text that is not ASCII and half a surrogate pair included', () => {
  const calls = [
    ['A', 'B', 'A', 'C'],
    ['B', 'A'],
    ['C', 'D'],
  ].map((devices, call) =>
    devices.map((device, n) => event(device, `${call}-${n}`, '"\\ \n é 路由器 \u{1F600} \ud800'.slice(n))),
  );
  const { firstLane, lastLane, index, events, eventCount } = packFlush(
    calls.map((call) => encodeEvents(call, 4)),
  );
  expect(eventCount).toBe(8);
  expect(index).toHaveLength(24 * (lastLane - firstLane + 1));
  for (let lane = firstLane; lane <= lastLane; lane += 1) {
    const [, count, start, length] = /^(\d{6})(\d{9})(\d{9})$/.exec(
      index.substr((lane - firstLane) * 24, 24),
    )!;
    const appended = calls.flat().filter(({ subject }) => laneOf(subject, 4) === lane);
    expect(Number(count)).toBe(appended.length);
    const json = events.toString('utf8', Number(start) - 1, Number(start) - 1 + Number(length));
    expect(json === '' ? [] : JSON.parse(json)).toEqual(appended);
  }
});

test('a flush without events is a mistake of ours', () => {
  expect(() => packFlush([[]])).toThrow('at least one event');
});

test("events go into other lanes as if they had been encoded for them at first, each device's in their order", () => {
  const events = Array.from({ length: 60 }, (_, n) => event(`D${n % 7}`, String(n), 'é \ud800'));
  const relaned = relaneEvents(encodeEvents(events, 16), 5);
  const byLane = (a: EncodedEvents, b: EncodedEvents) => a.lane - b.lane;
  const idsOf = (parts: EncodedEvents[], device: string) =>
    parts
      .flatMap(({ json }) => JSON.parse(String(json)) as CpeEvent[])
      .filter(({ subject }) => subject === device)
      .map(({ id }) => id);
  const wanted = encodeEvents(events, 5);
  const facts = ({ lane, eventCount, bytes }: EncodedEvents) => ({ lane, eventCount, bytes });
  expect(relaned.sort(byLane).map(facts)).toEqual(wanted.sort(byLane).map(facts));
  for (let n = 0; n < 7; n += 1) expect(idsOf(relaned, `D${n}`)).toEqual(idsOf(wanted, `D${n}`));
});

test('events that come as bytes are packed and put into other lanes as those that come as text', () => {
  const events = Array.from({ length: 20 }, (_, n) => event(`D${n % 3}`, String(n), 'é'));
  const asText = encodeEvents(events, 4);
  const asBytes = asText.map((part) => ({ ...part, json: Buffer.from(part.json as string) }));
  expect(packFlush([asBytes, asText])).toEqual(packFlush([asText, asBytes]));
  expect(packFlush([asBytes])).toEqual(packFlush([asText]));
  expect(relaneEvents(asBytes, 7)).toEqual(relaneEvents(asText, 7));
});
