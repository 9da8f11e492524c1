import { checkBasic, readBasic } from './basic.js';
import type { AuthOptions, AuthScheme, AuthVerdict } from './auth-options.js';
import { checkDigest } from './digest.js';
import { readDigestFields } from './digest-fields.js';

/**
 * Judges an `Authorization` header.
 * @param method of the request
 * @param nowMs epoch
 */
export function judgeAuthorization(
  header: string | undefined,
  method: string,
  nowMs: number,
  options: AuthOptions,
): AuthVerdict {
  if (header === undefined) return 'missing_credentials';
  const { schemes, credentials } = options;
  const at = header.indexOf(' ');
  const scheme = (at === -1 ? header : header.slice(0, at)).toLowerCase();
  if (!schemes.includes(scheme as AuthScheme)) return 'missing_credentials';
  if (scheme === 'basic') {
    const basic = readBasic(header.slice(at + 1));
    return basic !== undefined && checkBasic(basic, credentials)
      ? { user: basic.user }
      : 'invalid_credentials';
  }
  const fields = readDigestFields(header.slice(at + 1));
  return fields === undefined ? 'invalid_credentials' : checkDigest(fields, method, nowMs, options);
}

/** Values of `WWW-Authenticate`. @param isStale the credentials were right, only the nonce was not */
export function challenges(options: AuthOptions, isStale: boolean, nonce: () => string): string[] {
  const { realm } = options.credentials;
  return options.schemes.flatMap((scheme) =>
    scheme === 'basic'
      ? [`Basic realm="${realm}"`]
      : options.algorithms.map(
          (algorithm) =>
            `Digest realm="${realm}", qop="auth", algorithm=${algorithm}, nonce="${nonce()}"` +
            (isStale ? ', stale=true' : ''),
        ),
  );
}
