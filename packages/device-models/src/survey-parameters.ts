import { REDACTED, type ParameterValues } from '@cpemon/domain';
import { ruleFor, type DeviceModels, type ParameterSender } from './device-models.js';
import { readParameters } from './read-parameters.js';
import { NOT_KEPT } from './redact-parameters.js';

/** What of a message's parameters gave nothing. */
export interface ParameterSurvey {
  /** Metrics that a rule reads in this message, and whose values were no reading. */
  silent: string[];
  /** Parameters that no rule reads and of which nobody has said that they are known. */
  unmapped: UnmappedParameter[];
}

export interface UnmappedParameter {
  /** As it was sent, each instance number as `{i}`: what a file of mappings calls it. */
  path: string;
  type: string;
  /** What its value looks like, without saying it; empty where the value is not kept. */
  form: string;
}

/** Looks at parameters for what could be mapped and is not; secrets and customers' own devices are passed over. */
export function surveyParameters(
  parameters: ParameterValues,
  sender: ParameterSender,
  models: DeviceModels,
): ParameterSurvey {
  const { metrics } = readParameters(parameters, sender, models);
  const silent = new Set<string>();
  const unmapped = new Map<string, UnmappedParameter>();
  for (const path of Object.keys(parameters)) {
    const { value, type = '' } = parameters[path]!;
    if (typeof value !== 'string' || value === '' || value === REDACTED) continue;
    const meaning = models.meaningOf(path);
    if (meaning.station !== undefined || meaning.secret) continue;
    const rule = ruleFor(meaning, sender)?.rule;
    if (rule !== undefined) {
      if ('metric' in rule && metrics[rule.metric] === undefined) silent.add(rule.metric);
    } else if (!meaning.known && !unmapped.has(meaning.pattern)) {
      const form = value === NOT_KEPT ? '' : formOfValue(value);
      unmapped.set(meaning.pattern, { path: patternAsSent(path), type, form });
    }
  }
  return { silent: [...silent], unmapped: [...unmapped.values()] };
}

const INSTANCE = /^(?:\d{1,10}|\[[^\]]*\])$/;

/** The path with `{i}` for each instance number, in the writing of its sender. */
export const patternAsSent = (path: string): string =>
  path
    .replace(/\s+/g, '')
    .split('.')
    .map((segment) => (INSTANCE.test(segment) ? '{i}' : segment))
    .join('.');

const LONGEST_FORM = 24;

/** A value with 9 for each digit and x for each letter: "-99.9", "xxxxx-99". */
export function formOfValue(value: string): string {
  const form = value
    .slice(0, LONGEST_FORM)
    .replace(/\p{N}/gu, '9')
    .replace(/\p{L}/gu, 'x')
    .replace(/[^9x .,:;/+%_-]/gu, '?');
  return value.length > LONGEST_FORM ? `${form}…` : form;
}
