import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { isSameText } from './same-text.js';

/** Nonces that carry their own proof: any replica, and any connection, can tell a right one. */
export interface Nonces {
  /** @param nowMs epoch. @param random base64url, new each time; 6 characters of it are used */
  make(nowMs: number, random: string): string;
  /** Whether it is one of ours and still lives. */
  isLive(nonce: string, nowMs: number): boolean;
}

/** Long enough for a session on a bad line, short enough that one that was overheard is soon worth nothing. */
export const NONCE_LIVES_MS = 5 * 60_000;
/** Replicas' clocks may differ so much. */
const CLOCK_DIFFERENCE_MS = 60_000;
/**
 * Time, random and proof of a nonce: 32 characters together. netcwmp, which many CPEs are built on, keeps no more of it
 * and would answer with a part that is no nonce of ours.
 */
const LENGTHS = { time: 8, random: 6, proof: 18 };
const NONCE = /^([0-9a-z]{8}[\w-]{6})([\w-]{18})$/;

/** @param secrets of all replicas: the first makes nonces, those of all of them are right, so that they can be changed */
export function createNonces(secrets: readonly string[]): Nonces {
  const keys = secrets.map((secret) => createSecretKey(Buffer.from(`cwmp-nonce:${secret}`)));
  return {
    make(nowMs, random) {
      const [key] = keys;
      if (key === undefined) throw new Error('Nonces need a secret');
      const time = nowMs.toString(36).padStart(LENGTHS.time, '0');
      const text = time + random.slice(0, LENGTHS.random).padEnd(LENGTHS.random, '0');
      return text + proofOf(key, text);
    },
    isLive(nonce, nowMs) {
      const [, text, proof] = NONCE.exec(nonce) ?? [];
      if (text === undefined || proof === undefined) return false;
      if (!keys.some((key) => isSameText(proof, proofOf(key, text)))) return false;
      const ageMs = nowMs - parseInt(text.slice(0, LENGTHS.time), 36);
      return ageMs <= NONCE_LIVES_MS && ageMs >= -CLOCK_DIFFERENCE_MS;
    },
  };
}

/** 108 bits of the HMAC. */
const proofOf = (key: KeyObject, text: string): string =>
  createHmac('sha256', key).update(text).digest('base64url').slice(0, LENGTHS.proof);
