import type { Operations } from '@cpemon/api-client';
import { api } from '../../data/api.js';
import { isSupport } from '../../data/session.js';
import { useAnswer, type Answered } from '../../data/use-answer.js';
import { useReloadOn } from './use-changes-of.js';

/** By what a device is judged. */
export type Judgement = Operations['getDevicesByIdJudgement']['answer'];

/** Rules change seldom, and what they find is told by the stream. */
const REFRESH_MS = 60_000;

export function useJudgement(deviceId: number, version: number): Answered<Judgement> {
  const asked = useAnswer(
    `judgement ${deviceId}`,
    () => api.call('getDevicesByIdJudgement', { path: { id: String(deviceId) } }),
    { everyMs: isSupport.value ? null : REFRESH_MS },
  );
  useReloadOn(version, asked.reload);
  return asked;
}
