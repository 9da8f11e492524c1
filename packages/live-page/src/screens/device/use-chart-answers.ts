import { api } from '../../data/api.js';
import { databaseNow } from '../../data/live.js';
import { useAnswer, type Answered } from '../../data/use-answer.js';
import { isSupport } from '../../data/session.js';
import type { ChartPlan, PlannedLine } from '../../charts/chart-plans.js';
import { POINTS, refreshMs, spanOf, type Range } from '../../charts/chart-ranges.js';
import type { HistoryAnswer } from '../../charts/chart-view.js';
import type { DeviceAnswer, TimelineItem } from './device-answer.js';

/** What charts of a device are drawn from, of one moment. */
export interface ChartAnswers {
  /** Epoch ms. */
  span: { from: number; to: number };
  /** By `keyOfLine`. */
  lines: ReadonlyMap<string, HistoryAnswer>;
  /** Changes of its axes, restarts and new firmware in the span. */
  events: readonly TimelineItem[];
  /** Whether those are all of them. */
  areAllEvents: boolean;
}

export const keyOfLine = ({ metric, as }: PlannedLine): string => `${metric} ${as}`;

const EVENT_KINDS = 'reachability,health,boot,firmware';
/** As many as the API gives at once: a device with more of them in a month is a band of colour anyway. */
const MOST_EVENTS = 500;

/** Asks for all lines of all charts, and what happened meanwhile; again as often as there may be something new. */
export function useChartAnswers(
  device: DeviceAnswer,
  plans: readonly ChartPlan[],
  range: Range,
): Answered<ChartAnswers> {
  const lines = plans.flatMap((plan) => plan.lines);
  const path = { id: String(device.id) };
  const key = `charts ${device.id} ${range} ${lines.map(keyOfLine).join()}`;
  const ask = async (): Promise<ChartAnswers> => {
    const span = spanOf(range, databaseNow.peek());
    const [from, to] = [new Date(span.from).toISOString(), new Date(span.to).toISOString()];
    const [events, ...answers] = await Promise.all([
      api.call('getDevicesByIdEvents', {
        path,
        query: { kind: EVENT_KINDS, from, limit: String(MOST_EVENTS) },
      }),
      ...lines.map((line) =>
        api.call('getDevicesByIdHistory', {
          path,
          query: { metric: line.metric, as: line.as, from, to, points: String(POINTS) },
        }),
      ),
    ]);
    return {
      span,
      lines: new Map(lines.map((line, index) => [keyOfLine(line), answers[index]!])),
      events: events.items,
      areAllEvents: events.next_cursor === null,
    };
  };
  return useAnswer(key, ask, { everyMs: isSupport.value ? null : refreshMs(range) });
}
