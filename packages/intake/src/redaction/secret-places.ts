import { isSecretName } from '@cpemon/contracts';

/** Names that only sound like secrets: keys by which an ACS knows its own commands. */
const HARMLESS_NAMES = new Set(['commandkey', 'command_key', 'command_keys', 'parameterkey']);

/** A path of a data model, with instance numbers, wildcards or aliases, or one word. */
const PARAMETER_NAME = /^[\w.:@*{}[\]-]{1,256}$/;

/** A path with something around it: marks that were lost or doubled. */
const DAMAGED_PATH = /^[^\s<{="]*\b(InternetGatewayDevice|Device)\.\w[^\s<{="]*$/;

export const isParameterName = (text: string): boolean => PARAMETER_NAME.test(text);

/** Places whose text says who or what, and is never the name of a parameter. */
const DESCRIPTIVE_NAMES = new Set(
  (
    'manufacturer oui productclass product_class serialnumber serial sn hardwareversion softwareversion ' +
    'eventcode event_code commandkey command_key parameterkey faultstring faultcode faultactor id currenttime'
  ).split(' '),
);

/** Whether what stands under this name (a field, element or attribute, with or without a prefix) is hidden. */
export function hidesItsValue(name: string): boolean {
  return isSecretName(name) && !HARMLESS_NAMES.has(localName(name).toLowerCase());
}

/**
 * Whether a text is the name of a secret ("Device.WiFi.AccessPoint.1.Security.KeyPassphrase"), so that what stands
 * beside it may be the secret itself.
 * @param place the field or element it stands in; undefined for an element of a list
 */
export function namesSecret(text: string, place: string | undefined): boolean {
  const name = text.trim();
  if (DAMAGED_PATH.test(name) && isSecretName(name)) return true;
  if (!isParameterName(name) || !isSecretName(name)) return false;
  return name.includes('.') || place === undefined || !DESCRIPTIVE_NAMES.has(localName(place).toLowerCase());
}

export const localName = (name: string): string => name.slice(name.lastIndexOf(':') + 1);
