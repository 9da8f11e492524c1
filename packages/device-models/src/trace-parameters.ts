import { REDACTED, type AttributeName, type ParameterValue, type ParameterValues } from '@cpemon/domain';
import { ruleFor, type CompiledRule, type DeviceModels, type ParameterSender } from './device-models.js';
import { readParameters, type ReadingDropReason } from './read-parameters.js';
import { NOT_KEPT, redactParameters, type RedactionReason } from './redact-parameters.js';

/** What became of one parameter of a message, for people. */
export interface ParameterTrace {
  path: string;
  type?: string;
  /** As it was sent; absent where nobody is to see it: a secret, a customer's own device. */
  raw?: string;
  /** `part`: of what is worked out of several parameters (memory, the WAN connection). */
  becomes:
    | 'metric'
    | 'attribute'
    | 'interval'
    | 'part'
    | 'nothing'
    | 'counted'
    | 'secret'
    | 'known'
    | 'unmapped'
    | 'empty';
  /** Our name for it. */
  name?: string;
  /** In our unit; an interval in seconds. */
  value?: number | string;
  /** What the rule takes the number for. */
  unit?: string;
  /** Where a rule reads it: the file's name and the path as the rule has it. */
  rule?: { file: string; path: string };
  /** Why a value that a rule reads gave nothing. */
  reason?: ReadingDropReason;
  /** Another parameter of the message has the say; what that came to. */
  overruledBy?: number | string;
  /** Why it does not stand in the event as it was sent. */
  notKept?: RedactionReason;
}

/**
 * What each parameter of a message comes to, in the order sent: each is read by itself, as `readParameters` reads it
 * among the others.
 * @param most parameters that are traced: the first ones
 */
export function traceParameters(
  parameters: ParameterValues,
  sender: ParameterSender,
  models: DeviceModels,
  most = Infinity,
): ParameterTrace[] {
  const all = readParameters(parameters, sender, models);
  return Object.keys(parameters)
    .slice(0, most)
    .flatMap((path) => {
      const given = parameters[path];
      if (given === undefined || typeof given.value !== 'string') return [];
      const trace = traceOne(path, given, sender, models);
      const { name = '', value } = trace;
      const final = trace.becomes === 'metric' ? all.metrics[name] : all.attributes[name as AttributeName];
      const isNamed = trace.becomes === 'metric' || trace.becomes === 'attribute';
      if (isNamed && final !== undefined && final !== value) trace.overruledBy = final;
      return [trace];
    });
}

function traceOne(
  path: string,
  given: ParameterValue,
  sender: ParameterSender,
  models: DeviceModels,
): ParameterTrace {
  const alone = { [path]: given };
  const meaning = models.meaningOf(path);
  const type = given.type === undefined ? {} : { type: given.type };
  if (meaning.station !== undefined) return { path, ...type, becomes: 'counted', notKept: 'station' };
  if (meaning.secret) return { path, ...type, becomes: 'secret', notKept: 'secret' };
  const trace: ParameterTrace = { path, ...type, raw: given.value, becomes: 'unmapped' };
  const [notKept] = Object.keys(redactParameters(alone, { models }).dropped) as RedactionReason[];
  if (notKept !== undefined) trace.notKept = notKept;
  if (given.value === REDACTED || given.value === NOT_KEPT) {
    const { raw: _marker, ...withoutRaw } = trace;
    return { ...withoutRaw, becomes: given.value === REDACTED ? 'secret' : 'unmapped' };
  }
  const compiled = ruleFor(meaning, sender);
  if (compiled === undefined) {
    if (meaning.known) trace.becomes = 'known';
    else if (given.value === '') trace.becomes = 'empty';
    return trace;
  }
  return Object.assign(trace, whatRuleMakes(compiled, readParameters(alone, sender, models)));
}

function whatRuleMakes(
  { rule, file }: CompiledRule,
  { metrics, attributes, intervalSeconds, dropped }: ReturnType<typeof readParameters>,
): Pick<ParameterTrace, 'becomes' | 'name' | 'value' | 'unit' | 'rule' | 'reason'> {
  const made = { rule: { file, path: rule.path }, ...('unit' in rule ? { unit: rule.unit } : {}) };
  const [reason] = Object.keys(dropped) as ReadingDropReason[];
  const nothing = reason === undefined ? {} : { reason };
  if ('metric' in rule) {
    const value = metrics[rule.metric];
    if (value === undefined) return { ...made, becomes: 'nothing', name: rule.metric, ...nothing };
    return { ...made, becomes: 'metric', name: rule.metric, value };
  }
  if ('attribute' in rule) {
    const value = attributes[rule.attribute];
    if (value === undefined) return { ...made, becomes: 'nothing', name: rule.attribute, ...nothing };
    return { ...made, becomes: 'attribute', name: rule.attribute, value };
  }
  if ('interval' in rule) {
    const name = 'interval_seconds';
    if (intervalSeconds === undefined) return { ...made, becomes: 'nothing', name, ...nothing };
    return { ...made, becomes: 'interval', name, value: intervalSeconds };
  }
  if (reason !== undefined) return { ...made, becomes: 'nothing', reason };
  return { ...made, becomes: 'part', name: 'memory' in rule ? `memory: ${rule.memory}` : `wan: ${rule.wan}` };
}
