/** 32 bits of a serial number. @param seed unknown to senders, who could else choose serial numbers that collide */
export function serialHash(serialNumber: string, seed: number): number {
  let hash = seed;
  for (let at = 0; at < serialNumber.length; at += 1) {
    hash = Math.imul(hash ^ serialNumber.charCodeAt(at), 0x5bd1e995);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 13), 0x85ebca6b);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** 32 bits of a device's key, another for each: numbers that follow each other are spread. */
export const deviceIdHash = (deviceId: number): number => {
  const mixed = Math.imul(deviceId, 0x9e3779b1);
  return (mixed ^ (mixed >>> 16)) >>> 0;
};
