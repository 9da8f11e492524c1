import {
  WEBHOOK_TOLERANCE_SECONDS,
  allowAnyone,
  checkSignatureIfGiven,
  parseSecrets,
  requireSender,
  requireSignature,
  type Authenticity,
  type SenderRules,
  type SigningSecrets,
} from '@cpemon/intake';
import type { ConfigReader } from '@cpemon/service-kit';

/** Who may post. */
export interface WebhookAccess {
  /** `signature`: by any scheme; `standard`: by Standard Webhooks alone; `none`: anyone. */
  auth: 'signature' | 'standard' | 'none';
  /** Every one of them is live. */
  secrets: readonly string[];
  /** A file of further ones, which is followed. */
  secretsFile: string | undefined;
  /** How far a sender's clock may be from ours. */
  toleranceSeconds: number;
}

/** Reads WEBHOOK_AUTH, WEBHOOK_SECRETS, WEBHOOK_SECRETS_FILE and WEBHOOK_TOLERANCE_SECONDS. */
export function readWebhookAccess(reader: ConfigReader): WebhookAccess {
  const auth = reader.string('WEBHOOK_AUTH', {
    default: 'signature',
    oneOf: ['signature', 'standard', 'none'],
  });
  const secretsFile = reader.optionalString('WEBHOOK_SECRETS_FILE');
  const isNeeded = auth !== 'none' && secretsFile === undefined;
  const secrets = reader.parsed('WEBHOOK_SECRETS', parseSecrets, {
    secret: true,
    ...(isNeeded ? {} : { default: [] }),
  });
  const toleranceSeconds = reader.integer('WEBHOOK_TOLERANCE_SECONDS', {
    ...{ default: WEBHOOK_TOLERANCE_SECONDS, min: 1, max: 86_400 },
  });
  return { auth: auth as WebhookAccess['auth'], secrets, secretsFile, toleranceSeconds };
}

/** @param secrets those of the access and of its file, as they are now */
export function webhookAuthenticity(
  { auth, toleranceSeconds, secrets: fixed, secretsFile }: WebhookAccess,
  secrets: SigningSecrets,
  rules: SenderRules,
): Authenticity {
  const scheme = auth === 'standard' ? 'standard' : 'any';
  const signed = requireSignature(secrets, { scheme, toleranceSeconds });
  if (auth !== 'none') return requireSender(rules, signed);
  const hasSecrets = fixed.length > 0 || secretsFile !== undefined;
  return requireSender(rules, hasSecrets ? checkSignatureIfGiven(signed) : allowAnyone);
}
