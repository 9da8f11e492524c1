/** The fields of one message of Protocol Buffers by number, in order: numbers, or the bytes of what has a length. */
export type ProtobufFields = Map<number, (bigint | Buffer)[]>;

/** @throws RangeError when the bytes end within a field */
export function protobufFields(bytes: Buffer): ProtobufFields {
  const fields: ProtobufFields = new Map();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(at);
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const value = valueOf(tag & 7);
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), value]);
  }
  return fields;

  function valueOf(wireType: number): bigint | Buffer {
    if (wireType === 0) return varint();
    if (wireType === 1) return bytes.readBigUInt64LE((at += 8) - 8);
    if (wireType === 5) return BigInt(bytes.readUInt32LE((at += 4) - 4));
    if (wireType !== 2) throw new RangeError(`wire type ${wireType}`);
    const length = Number(varint());
    if (at + length > bytes.length) throw new RangeError('a field ends behind its message');
    return bytes.subarray(at, (at += length));
  }
}

export const messagesIn = (fields: ProtobufFields, number: number): ProtobufFields[] =>
  (fields.get(number) ?? []).map((bytes) => protobufFields(bytes as Buffer));
export const bytesIn = (fields: ProtobufFields, number: number): Buffer =>
  (fields.get(number)?.[0] as Buffer | undefined) ?? Buffer.alloc(0);
export const numberIn = (fields: ProtobufFields, number: number): bigint =>
  (fields.get(number)?.[0] as bigint | undefined) ?? 0n;
