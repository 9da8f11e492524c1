import type { Sighting } from '../observers.js';
import type { Stage } from './action.js';
import { draw, type Range } from './action.js';

/** What an OLT or DSLAM notices, seconds after it happened. */
const ALARM_SECONDS: Range = [0, 2];
/** How long a BNG waits for answers to its LCP echoes before it ends a session. */
const ECHO_SECONDS: Range = [30, 90];
/** RADIUS Accounting-Off ends all sessions of a BNG at once. RFC 2866, 4.1. */
const ACCOUNTING_OFF_SECONDS: Range = [0, 5];

/** What RADIUS gives as the reason of a stop. RFC 2866, 5.10. */
type TerminateCause = 'Lost Carrier' | 'NAS Reboot' | 'User Request' | 'Service Unavailable';

/** Tells later what a system sees, if it is still so. */
function seeLater(
  { simulation, observers }: Stage,
  sighting: Sighting,
  afterMs: number,
  isSo: () => boolean = () => true,
): void {
  simulation.later(afterMs, () => {
    if (isSo()) observers.sees(sighting);
  });
}

/** The system at the other end of a device's line; undefined where the line says nothing to anybody. */
function lineObserver({ fleet }: Stage, device: number): 'olt' | 'dslam' | undefined {
  const { access } = fleet.modelOf(device);
  return access === 'fibre' ? 'olt' : access === 'dsl' ? 'dslam' : undefined;
}

const LINE_ALARM = { olt: 'los', dslam: 'link_down' } as const;

/**
 * A box loses its power: its last words, where they are heard, else a lost line; later the BNG misses it.
 * @param gaspShare how many get their last words out, 0 to 1
 * @returns the alarm of the line, for `lineIsBack`
 */
export function powerIsLost(stage: Stage, device: number, gaspShare: number): string {
  const observer = lineObserver(stage, device);
  if (observer === undefined) return '';
  const observed = stage.random() < gaspShare ? 'dying_gasp' : LINE_ALARM[observer];
  seeLater(stage, { device, observer, observed, state: 'raised' }, draw(stage, ALARM_SECONDS));
  sessionEnds(stage, device, 'Lost Carrier', draw(stage, ECHO_SECONDS));
  return observed;
}

/** The light or the carrier of a line is gone. */
export function lineIsLost(stage: Stage, device: number): string {
  return powerIsLost(stage, device, 0);
}

export function lineIsBack(stage: Stage, device: number, alarm: string, afterMs: number): void {
  const observer = lineObserver(stage, device);
  if (observer === undefined || alarm === '') return;
  seeLater(stage, { device, observer, observed: alarm, state: 'cleared' }, afterMs);
  sessionBegins(stage, device, afterMs);
}

/** Nothing but RADIUS knows: each session ends when its BNG misses it … */
export const bngMisses = (stage: Stage, device: number): void =>
  sessionEnds(stage, device, 'Lost Carrier', draw(stage, ECHO_SECONDS));

/** … or all at once, when the BNG itself went. */
export const bngWent = (stage: Stage, device: number): void =>
  sessionEnds(stage, device, 'NAS Reboot', draw(stage, ACCOUNTING_OFF_SECONDS));

function sessionEnds(stage: Stage, device: number, cause: TerminateCause, afterMs: number): void {
  const isGone = (): boolean => stage.fleet.silence[device] !== 0;
  seeLater(stage, stopOf(device, cause), afterMs, isGone);
}

/** A session that ended for another reason than a box that is gone. */
export const sessionStops = (stage: Stage, device: number, cause: TerminateCause, afterMs: number): void =>
  seeLater(stage, stopOf(device, cause), afterMs);

const stopOf = (device: number, cause: TerminateCause): Sighting => ({
  ...{ device, observer: 'radius', observed: 'session_stop', text: `Acct-Terminate-Cause ${cause}` },
});

export const sessionBegins = (stage: Stage, device: number, afterMs: number): void =>
  seeLater(stage, { device, observer: 'radius', observed: 'session_start' }, afterMs);

/** An OLT reads how much light arrives from an ONT. */
export const oltReads = (stage: Stage, device: number, rxPowerDbm: number): void =>
  stage.observers.sees({
    device,
    observer: 'olt',
    values: { olt_rx_power_dbm: Math.round(rxPowerDbm * 100) / 100 },
  });
