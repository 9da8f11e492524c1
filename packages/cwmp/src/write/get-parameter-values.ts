import { writeEnvelope, type AnsweredMessage } from './envelope.js';
import { xmlText } from './xml-text.js';

/** A parameter's name has at most so many characters (cwmp-1-0.xsd, ParameterNames). */
const MOST_NAME_CHARACTERS = 256;

/** Asks a CPE for parameters by full path. */
export function writeGetParameterValues(request: AnsweredMessage, names: readonly string[]): string {
  const list = names.map((name) => `<string>${xmlText(name, MOST_NAME_CHARACTERS)}</string>`).join('');
  return writeEnvelope(
    request,
    '<cwmp:GetParameterValues>' +
      `<ParameterNames soap-enc:arrayType="xsd:string[${names.length}]">${list}</ParameterNames>` +
      '</cwmp:GetParameterValues>',
  );
}
