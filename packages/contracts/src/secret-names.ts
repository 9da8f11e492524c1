export { REDACTED } from '@cpemon/domain';

const SECRET_NAME =
  /pass(?!ive|age)|pwd|secret|credential|private|psk|key|token|auth(?!or)|wps_?pin|community|cookie/i;

/**
 * Whether a field of this name may hold a secret (Wi-Fi keys, passwords, PPP and RADIUS credentials), which must not
 * reach the log. Broad: a value lost is a nuisance, a password kept is an incident.
 */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name);
