import type { ParameterTrace } from '@cpemon/device-models';
import type { ExplainedEvent, Explanation, FieldTrace } from './explanation.js';

/** An explanation for people, line by line. */
export function explanationText(explanation: Explanation): string {
  const { bytes, inflatedBytes, shape, because, refusal, rejected, events, further, drops, notes } =
    explanation;
  const lines = [
    `message     ${bytes} bytes${inflatedBytes === undefined ? '' : `, ${inflatedBytes} inflated`}`,
  ];
  if (shape !== undefined) lines.push(`shape       ${shape}: ${because}`);
  for (const note of notes) lines.push(`note        ${note}`);
  if (refusal !== undefined) lines.push(`refused     ${refusal.code}: ${refusal.detail}`);
  for (const { index, reason } of rejected) lines.push(`refused     element ${index}: ${reason}`);
  for (const [index, event] of events.entries()) {
    lines.push('', `event ${index + 1} of ${events.length + further}`, ...eventLines(event));
  }
  if (further > 0) lines.push('', `${further} further events are not shown.`);
  const left = Object.entries(drops).map(([reason, count]) => `${count} ${reason}`);
  if (left.length > 0) lines.push('', `left out    ${left.join(', ')}`);
  return lines.join('\n');
}

function eventLines({
  event,
  identifiedBy,
  timeAsSent,
  fields,
  parameters,
  furtherParameters,
}: ExplainedEvent): string[] {
  const { subject, oui = '', productclass = '', type, source, time, data } = event;
  const lines = [
    `  type      ${type}, source ${source}`,
    `  device    ${subject}${named('OUI', oui)}${named('product class', productclass)}, by ${identifiedBy}`,
    `  time      ${timeText(time, timeAsSent ?? data.raw_time)}`,
  ];
  if (data.event_codes !== undefined) lines.push(`  codes     ${data.event_codes.join(', ') || 'none'}`);
  if (data.profile !== undefined) lines.push(`  profile   ${data.profile}`);
  if (data.interval_seconds !== undefined) lines.push(`  interval  ${data.interval_seconds} s`);
  if (fields.length > 0) lines.push('  fields', ...fields.map(fieldLine));
  if (parameters.length > 0) lines.push('  parameters', ...parameters.map(parameterLine));
  if (furtherParameters > 0) lines.push(`    … ${furtherParameters} further parameters`);
  const values = { ...data.attributes, ...data.metrics };
  lines.push('  says', ...Object.entries(values).map(([name, value]) => `    ${name} ${value}`));
  if (Object.keys(values).length === 0) lines.push('    nothing that has a name');
  lines.push('  in the log', `    ${JSON.stringify(event)}`);
  return lines;
}

const named = (name: string, text: string): string => (text === '' ? '' : `, ${name} ${text}`);

function timeText(time: string | undefined, sent: string | undefined): string {
  if (time !== undefined) return sent === undefined || sent === time ? time : `${time}, sent as "${sent}"`;
  if (sent === undefined) return 'none: it counts as made when it is received';
  return `"${sent}" is not believed: it counts as made when it is received`;
}

function fieldLine({ field, raw, becomes, name, value, reason }: FieldTrace): string {
  const sent = raw === undefined ? '' : ` = ${shown(raw)}`;
  if (becomes === 'nothing')
    return `    ${field}${sent} → left out${reason === undefined ? '' : `: ${reason}`}`;
  const what = [becomes, name, value === undefined ? undefined : shown(value)].filter(
    (part) => part !== undefined,
  );
  return `    ${field}${sent} → ${what.join(' ')}`;
}

function parameterLine(trace: ParameterTrace): string {
  const { path, raw } = trace;
  return `    ${path}${raw === undefined ? '' : ` = ${shown(raw)}`} → ${outcome(trace)}${ruleText(trace)}`;
}

function outcome({ becomes, name, value, reason, overruledBy, notKept, type }: ParameterTrace): string {
  switch (becomes) {
    case 'metric':
    case 'attribute':
    case 'interval': {
      const other =
        overruledBy === undefined ? '' : `, not counted: another one has the say (${overruledBy})`;
      return `${becomes} ${name} ${value}${other}`;
    }
    case 'part':
      return `part of ${name}`;
    case 'nothing':
      return `nothing${name === undefined ? '' : ` for ${name}`}: ${reason ?? 'an empty value'}`;
    case 'counted':
      return "a customer's own device: counted, not kept";
    case 'secret':
      return '[redacted], a secret by its name';
    case 'known':
      return `kept as it is${notKept === undefined ? '' : `, but for its value: ${notKept}`}`;
    case 'empty':
      return 'empty';
    case 'unmapped': {
      const kept = notKept === undefined ? 'kept as it is' : 'name and type are kept, the value is not';
      return `unmapped: no file of mappings names it; ${kept}${type === undefined ? '' : ` (${type})`}`;
    }
  }
}

function ruleText({ rule, unit }: ParameterTrace): string {
  if (rule === undefined) return '';
  return `  [${rule.file}: ${rule.path}${unit === undefined ? '' : `, in ${unit}`}]`;
}

const LONGEST_SHOWN = 120;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}…`;
}
