import type { Random } from '../chaos/random';
import { chance, indexBelow, pick } from './pick';

const PIECES: readonly Buffer[] = [
  Buffer.from([0]),
  Buffer.from([0xff]),
  Buffer.from([0xef, 0xbb, 0xbf]),
  Buffer.from([0xff, 0xfe]),
  Buffer.from([0xc3, 0x28]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0xf4, 0x90, 0x80, 0x80]),
  Buffer.from([0x80, 0x9f]),
  Buffer.from('\r\n'),
  Buffer.from('<'),
  Buffer.from('>'),
  Buffer.from('"'),
];

/** What a bad line does to bytes: flips, cuts, repeats, strange ones in between. */
export function mutateBytes(random: Random, body: Buffer): Buffer {
  const at = indexBelow(random, body.length + 1);
  const length = chance(random, 0.8) ? indexBelow(random, 16) : indexBelow(random, body.length + 1);
  switch (indexBelow(random, 6)) {
    case 0: {
      const flipped = Buffer.from(body);
      if (at < flipped.length) flipped[at] = flipped[at]! ^ (1 << indexBelow(random, 8));
      return flipped;
    }
    case 1:
      return body.subarray(0, at);
    case 2:
      return body.subarray(at);
    case 3:
      return Buffer.concat([body.subarray(0, at), body.subarray(at + length)]);
    case 4:
      return Buffer.concat([body.subarray(0, at + length), body.subarray(at)]);
    default:
      return Buffer.concat([body.subarray(0, at), pick(random, PIECES), body.subarray(at)]);
  }
}
