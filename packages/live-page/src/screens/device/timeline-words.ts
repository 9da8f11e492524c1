import { formatDuration } from '../../words/format.js';
import { numberOf, textOf, type TimelineItem } from './device-answer.js';

/** How a row of the timeline is meant: what went wrong, what is well again, what just happened. */
export type Tone = 'good' | 'warning' | 'critical' | 'neutral';

/** A row of the timeline in words. */
export interface TimelineWords {
  title: string;
  detail: string | null;
  tone: Tone;
}

/** Kinds that a reader picks from, with their words. `reachability` comes from the writer, the rest from the rules. */
export const KIND_WORDS: Readonly<Record<string, string>> = {
  reachability: 'Reachability',
  health: 'Health',
  condition: 'Conditions',
  boot: 'Restarts',
  firmware: 'Firmware',
  address: 'Addresses',
  absence: 'Absences',
  observation: 'Observations',
  transfer: 'Transfers',
  fault: 'Faults',
  connection_request: 'Connection requests',
  telemetry: 'Sources',
  reboot_loop: 'Reboot loops',
  flapping: 'Flapping',
  chatty: 'Chatty',
  software_module: 'Software modules',
  diagnostics: 'Diagnostics',
  provision: 'Provisioning',
  vendor: 'Vendor events',
};

const BOOT_CAUSES: Readonly<Record<string, string>> = {
  power_or_crash: 'power or crash',
  acs: 'asked for by the ACS',
  firmware: 'new firmware',
  bootstrap: 'factory reset or another ACS',
  client_restart: 'of its management client only',
};

const ABSENCE_CAUSES: Readonly<Record<string, string>> = {
  power_or_reboot: 'it was without power, or restarted',
  line_or_path: 'it ran on: the line or the path was down',
  unknown: 'why is not known',
};

const TONE_OF_REACHABILITY: Readonly<Record<string, Tone>> = {
  ...{ online: 'good', stale: 'warning', offline: 'critical' },
};
const TONE_OF_HEALTH: Readonly<Record<string, Tone>> = {
  ...{ ok: 'good', degraded: 'warning', critical: 'critical' },
};

const neutral = (title: string, detail: string | null = null): TimelineWords => ({
  ...{ title, detail, tone: 'neutral' },
});

type Writer = (data: unknown) => TimelineWords;

const fromTo = (data: unknown): string => `${textOf(data, 'from') ?? '?'} → ${textOf(data, 'to') ?? '?'}`;
const joined = (...parts: (string | null)[]): string | null =>
  parts.filter((part) => part !== null).join(' · ') || null;

function faultText(data: unknown): string | null {
  const fault = (data as { fault?: unknown } | null)?.fault;
  return joined(textOf(fault, 'code'), textOf(fault, 'text'));
}

/** What began or ended, with since when. */
const restless =
  (began: string, ended: string): Writer =>
  (data) =>
    textOf(data, 'state') === 'ended'
      ? { title: ended, detail: null, tone: 'good' }
      : { title: began, detail: null, tone: 'warning' };

const WRITERS: Readonly<Record<string, Writer>> = {
  reachability: (data) => ({
    title: `Reachability ${fromTo(data)}`,
    detail: textOf(data, 'reason'),
    tone: TONE_OF_REACHABILITY[textOf(data, 'to') ?? ''] ?? 'neutral',
  }),
  health: (data) => ({
    title: `Health ${fromTo(data)}`,
    detail: textOf(data, 'reason'),
    tone: TONE_OF_HEALTH[textOf(data, 'to') ?? ''] ?? 'neutral',
  }),
  condition: (data) => {
    const rule = textOf(data, 'rule');
    const text = textOf(data, 'text') ?? rule ?? 'Condition';
    if (textOf(data, 'state') === 'closed') return { title: `Over: ${text}`, detail: rule, tone: 'good' };
    return {
      title: text,
      detail: rule,
      tone: textOf(data, 'severity') === 'critical' ? 'critical' : 'warning',
    };
  },
  boot: (data) => {
    const cause = textOf(data, 'cause') ?? 'unknown';
    const by = textOf(data, 'by') === 'uptime' ? 'told by its uptime' : null;
    const codes = (data as { codes?: unknown } | null)?.codes;
    const listed = Array.isArray(codes) ? codes.join(', ') : null;
    return neutral(`Restarted: ${BOOT_CAUSES[cause] ?? cause.replaceAll('_', ' ')}`, joined(by, listed));
  },
  firmware: (data) => neutral(`Firmware ${fromTo(data)}`),
  address: (data) => neutral(`WAN address ${fromTo(data)}`),
  absence: (data) => {
    const seconds = numberOf(data, 'seconds');
    const unheard = numberOf(data, 'unobserved_seconds');
    const because = ABSENCE_CAUSES[textOf(data, 'cause') ?? 'unknown'] ?? 'why is not known';
    const unobserved = unheard === null ? null : `nobody listened for ${formatDuration(unheard)} of it`;
    const title = `Was gone for ${seconds === null ? 'some time' : formatDuration(seconds)}`;
    return neutral(title, joined(because, unobserved));
  },
  transfer: (data) => moved('Transfer', data),
  software_module: (data) => moved('Software module', data),
  fault: (data) => ({
    title: `Fault${textOf(data, 'method') === null ? '' : ` of ${textOf(data, 'method')}`}`,
    detail: faultText(data),
    tone: 'warning',
  }),
  connection_request: (data) =>
    neutral(
      `Connection request, told by the ${textOf(data, 'by') === 'acs' ? 'ACS' : 'device'}`,
      faultText(data),
    ),
  diagnostics: (data) => neutral('Diagnostics complete', textOf(data, 'command_key')),
  provision: (data) => neutral('Provisioned by the ACS', faultText(data)),
  vendor: (data) => neutral(`Vendor event ${textOf(data, 'code') ?? ''}`.trim()),
  reboot_loop: restless('Restarts again and again', 'Restarts no more'),
  flapping: restless('Comes and goes', 'Comes and goes no more'),
  telemetry: (data) => {
    const source = textOf(data, 'source') ?? 'A source';
    return textOf(data, 'state') === 'silent'
      ? { title: `${source} has fallen silent`, detail: null, tone: 'warning' }
      : { title: `${source} reports again`, detail: null, tone: 'good' };
  },
  chatty: (data) =>
    (data as { chatty?: unknown } | null)?.chatty === false
      ? { title: 'Reports at a normal rate again', detail: null, tone: 'good' }
      : { title: 'Reports far more often than it should', detail: 'samples are thinned', tone: 'warning' },
  observation: (data) => {
    const observed = textOf(data, 'observed')?.replaceAll('_', ' ') ?? 'something';
    const title = `${textOf(data, 'observer')?.toUpperCase() ?? 'Somebody'} saw: ${observed}`;
    return neutral(title, joined(textOf(data, 'state'), textOf(data, 'text'), textOf(data, 'by')));
  },
};

function moved(what: string, data: unknown): TimelineWords {
  const failed = faultText(data);
  const title = `${what} ${failed === null ? 'complete' : 'failed'}`;
  const detail = joined(failed, textOf(data, 'method'), textOf(data, 'command_key'));
  return { title, detail, tone: failed === null ? 'neutral' : 'warning' };
}

/** Kinds that a later version adds are told by their name and what they hold. */
export function timelineWords({ type, data }: Pick<TimelineItem, 'type' | 'data'>): TimelineWords {
  const write = Object.hasOwn(WRITERS, type) ? WRITERS[type] : undefined;
  return write === undefined ? neutral(type.replaceAll('_', ' '), JSON.stringify(data)) : write(data);
}
