import type { ParameterValue, ParameterValues } from '@cpemon/domain';
import { refuse, type Refusal } from '@cpemon/contracts';
import { ownCopy } from '../xml/own-copy.js';
import { childOf, type XmlElement } from '../xml/xml-element.js';
import { MESSAGE_PARAMETERS } from '../xml/xml-limits.js';
import { emptyRecord, setEntry } from './safe-record.js';

const TOO_MANY_PARAMETERS = refuse(
  'too_many_parameters',
  `A message has at most ${MESSAGE_PARAMETERS} parameters.`,
);

/**
 * The values of a `ParameterList` by name. White space in a name is taken out, as no path has any; a name that is given
 * twice has its last value; what has no name is left out. The number that `arrayType` declares is often wrong and is
 * not looked at. Values are as sent, not trimmed.
 */
export function readParameterList(list: XmlElement | undefined): { parameters: ParameterValues } | Refusal {
  const parameters = emptyRecord<ParameterValue>();
  if (list === undefined) return { parameters };
  if (list.children.length > MESSAGE_PARAMETERS) return TOO_MANY_PARAMETERS;
  for (const struct of list.children) {
    const name = childOf(struct, 'Name')?.text.replace(/\s+/g, '') ?? '';
    if (name === '') continue;
    const value = childOf(struct, 'Value');
    const type = localTypeOf(value);
    const text = value?.text ?? '';
    setEntry(parameters, name, type === undefined ? { value: text } : { value: text, type });
  }
  return { parameters };
}

/** Types have names such as "unsignedInt" or "base64Binary"; anything longer is none. */
const TYPE_CHARACTERS = 64;

function localTypeOf(value: XmlElement | undefined): string | undefined {
  const sent = value?.type;
  if (sent === undefined) return undefined;
  const type = sent.slice(sent.indexOf(':') + 1).trim();
  return type === '' || type.length > TYPE_CHARACTERS ? undefined : ownCopy(type);
}
