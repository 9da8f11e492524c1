import { isDataModelRoot, isParameterPath } from './field-names.js';
import type { ParameterList, ToldValue } from './parameter-list.js';

type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A value and what is told beside it: `{_value, _type, _timestamp}` of GenieACS, `{value, type, timestamp}` and
 * `{value, writable}` of others. Undefined for any other object.
 */
export function toldValueOf(node: JsonObject): ToldValue | undefined {
  if (Object.hasOwn(node, '_value')) {
    const { _value: value, _type: type, _timestamp: at } = node;
    // GenieACS hands values to scripts with their type: [value, "xsd:string"].
    return Array.isArray(value)
      ? { value: value[0] as unknown, type: type ?? value[1], at }
      : { value, type, at };
  }
  const value = node['value'] ?? node['Value'];
  if (value === undefined || isObject(value)) return undefined;
  const type = node['type'] ?? node['Type'] ?? node['xsi:type'];
  const at = node['timestamp'] ?? node['at'] ?? node['time'];
  return Array.isArray(value)
    ? { value: value[0] as unknown, type: type ?? value[1], at }
    : { value, type, at };
}

/** Adds every value below an object of a data model. Depth is bounded by that of the body and the length of a path. */
export function addTree(parameters: ParameterList, path: string, node: JsonObject): void {
  for (const name of Object.keys(node)) {
    // GenieACS marks with it what is about the object itself.
    if (name.startsWith('_')) continue;
    const child = node[name];
    const childPath = `${path}.${name}`;
    if (!isObject(child)) {
      if (child !== null) parameters.add(childPath, { value: child });
      continue;
    }
    const told = toldValueOf(child);
    if (told === undefined) addTree(parameters, childPath, child);
    else if (told.value !== null && told.value !== undefined) parameters.add(childPath, told);
  }
}

/**
 * Adds what stands under "parameters": a map of paths, nested objects, `[{name, value, type}]` or
 * `[[name, value, type]]`. What has a name without a path is handed to `other`.
 */
export function addParameters(
  parameters: ParameterList,
  listed: object,
  other: (name: string, value: unknown) => void,
): void {
  const add = (name: string, told: ToldValue): void => {
    if (isParameterPath(name.trim())) parameters.add(name, told);
    else other(name, told.value);
  };
  if (Array.isArray(listed)) {
    for (const item of listed as unknown[]) addListed(item, add);
    return;
  }
  for (const [name, value] of Object.entries(listed)) {
    if (!isObject(value)) add(name, { value });
    else {
      const told = toldValueOf(value);
      if (told !== undefined) add(name, told);
      else if (isDataModelRoot(name)) addTree(parameters, name, value);
      else other(name, value);
    }
  }
}

function addListed(item: unknown, add: (name: string, told: ToldValue) => void): void {
  if (Array.isArray(item)) {
    const [name, value, type] = item as unknown[];
    if (typeof name !== 'string') return;
    if (Array.isArray(value)) add(name, { value: value[0] as unknown, type: type ?? value[1] });
    else add(name, { value, type });
    return;
  }
  if (!isObject(item)) return;
  const name = item['name'] ?? item['Name'] ?? item['path'] ?? item['parameter'];
  const told = toldValueOf(item);
  if (typeof name === 'string' && told !== undefined) add(name, told);
}
