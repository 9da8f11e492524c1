import { Counter, Gauge, type Registry } from '@cpemon/service-kit';
import type { ReceiverState } from '@cpemon/store';
import type { EvaluatorObserver } from './evaluator.js';

export interface AlertMetrics {
  evaluator: EvaluatorObserver;
  failed(): void;
  sent(outcome: (typeof SEND_OUTCOMES)[number], count: number): void;
  settings(outcome: (typeof LOAD_OUTCOMES)[number]): void;
  receivers(states: readonly ReceiverState[]): void;
}

const SEND_OUTCOMES = ['sent', 'failed', 'dead'] as const;
const LOAD_OUTCOMES = ['ok', 'refused'] as const;

/** Declares the metrics of alerts: those of the writer that evaluates and sends move, the others stay. */
export function createAlertMetrics(registry: Registry): AlertMetrics {
  const registers = [registry];
  const notifications = new Counter({
    name: 'cpemon_alert_notifications_total',
    help: 'Alerts told by themselves, and those beyond the budget that wait for the digest',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of ['sent', 'digest']) notifications.inc({ outcome }, 0);
  const deliveries = new Counter({
    name: 'cpemon_alert_deliveries_total',
    help: 'Messages that receivers took, attempts that failed, and messages given up',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of SEND_OUTCOMES) deliveries.inc({ outcome }, 0);
  const loads = new Counter({
    name: 'cpemon_alert_settings_loads_total',
    help: 'Readings of the settings of alerts that changed; refused: those before stay in force',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of LOAD_OUTCOMES) loads.inc({ outcome }, 0);
  const counter = (name: string, help: string) =>
    new Counter({ name: `cpemon_alert_${name}`, help, registers });
  const failures = counter('evaluation_failures_total', 'Looks of the evaluator that failed');
  const dropped = counter('dropped_total', 'Alerts that found no room beside those that are open');
  const lost = counter(
    'lost_places_total',
    'Times that changes were gone before the evaluator had read them',
  );
  const open = new Gauge({
    name: 'cpemon_alerts_open',
    help: 'Alerts that are open, as the evaluator in this process sees them',
    labelNames: ['state'],
    registers,
  });
  for (const state of ['pending', 'firing']) open.set({ state }, 0);
  const gauge = (name: string, help: string) => new Gauge({ name: `cpemon_alert_${name}`, help, registers });
  const behind = gauge(
    'lanes_behind',
    'Lanes for whose devices nobody is told anything: they are not applied up to now',
  );
  const evaluatedAt = gauge(
    'last_evaluation_timestamp_seconds',
    'When alerts were last evaluated in this process',
  );
  const waiting = gauge('outbox_messages', 'Messages that wait to be sent');
  const failing = gauge('receivers_failing', 'Receivers whose last attempt failed');
  return {
    evaluator: {
      notified: (outcome) => notifications.inc({ outcome }),
      dropped: (alerts) => dropped.inc(alerts),
      lostPlace: () => lost.inc(),
      evaluated({ pending, firing, lanesBehind }) {
        open.set({ state: 'pending' }, pending);
        open.set({ state: 'firing' }, firing);
        behind.set(lanesBehind);
        evaluatedAt.setToCurrentTime();
      },
    },
    failed: () => failures.inc(),
    sent: (outcome, count) => deliveries.inc({ outcome }, count),
    settings: (outcome) => loads.inc({ outcome }),
    receivers(states) {
      waiting.set(states.reduce((sum, state) => sum + state.waiting, 0));
      failing.set(states.filter(({ failingSince }) => failingSince !== null).length);
    },
  };
}
