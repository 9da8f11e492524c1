import { REDACTED } from '@cpemon/domain';
import { readParameterPath } from './parameter-path.js';

/**
 * Names of secrets in TR-069, TR-098, TR-104, TR-181 and in vendors' own objects: KeyPassphrase, PreSharedKey,
 * SAEPassphrase, WEPKey, Password, RadiusSecret, SharedSecret, PrivateKey, ReadCommunity, AuthToken, and the user names
 * that go with them. Broad: a value lost is a nuisance, a password kept is an incident.
 */
const SECRET_NAME =
  /pass(?!ive|thr)|phrase|pwd|secret|credential|private|psk|key|token|cookie|community|auth(?!or)|login|user_?name|user_?id|admin_?name|account|loid|wep\d*$|user$/;
/** WPSPin, PINCode, PUK: the digits that open something. */
const SECRET_NUMBER =
  /(?:^|[a-z_-])(?:pin|puk)_?(?:code|num(?:ber)?|generator)?\d*$|^(?:otp|totp|seed|salt|nonce|hash)$/;
/** What is said about a secret is none: WPAAuthenticationMode, WEPKeyIndex, PasswordReset. */
const ABOUT_A_SECRET =
  /(?:mode|modes|protocol|type|enabled?|supported|method|status|state|failures|errors|index|interval|numberofentries|length|management|reset|required)$/;
/** Named like secrets by the standard, and none (TR-069 Amendment 6, A.3.2.1 and A.3.2.8). */
const HARMLESS = new Set(['parameterkey', 'commandkey']);
/** An object that holds a secret under a name that says nothing ("Community.1.Name", "Password.Value"). */
const SECRET_OBJECT = /(?:password|passphrase|passwd|pwd|secret|key|credential|psk|community|token)s?$/;
const PLAIN_LEAF = /^(?:value|data|text|string|content|name|hex|\{i\})$/;

/** Whether a parameter may hold a secret, by its name and those of the objects around it. */
export const isSecretParameter = (path: string): boolean => isSecretPattern(readParameterPath(path).pattern);

/** @param pattern of a path, as readParameterPath gives it */
export function isSecretPattern(pattern: string): boolean {
  const leaf = pattern.slice(pattern.lastIndexOf('.') + 1);
  if (isSecretLeaf(leaf)) return true;
  if (!PLAIN_LEAF.test(leaf)) return false;
  const parent = pattern.split('.').findLast((segment) => !PLAIN_LEAF.test(segment));
  return parent !== undefined && SECRET_OBJECT.test(parent) && !HARMLESS.has(parent);
}

function isSecretLeaf(name: string): boolean {
  if (HARMLESS.has(name)) return false;
  return (SECRET_NAME.test(name) && !ABOUT_A_SECRET.test(name)) || SECRET_NUMBER.test(name);
}

/** A URL without the credentials and the query that it may carry; any other text as it is. */
export function withoutUrlSecrets(value: string): string {
  if (!value.includes('://')) return value;
  return value.replace(/:\/\/[^\s/?#]*@/g, `://${REDACTED}@`).replace(/\?\S+/g, `?${REDACTED}`);
}
