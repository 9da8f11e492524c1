import { requestReader } from './operator-requests.js';

/** Bodies about who may ask. */

const name = {
  type: 'string',
  pattern: '^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$',
  description: 'By which the audit knows the holder',
};
const role = { enum: ['viewer', 'support', 'operator'], description: 'What it lets its holder do' };
const labels = {
  ...{ type: 'object', additionalProperties: false, maxProperties: 8 },
  patternProperties: { '^[a-z][a-z0-9_]{0,31}$': { type: 'string', minLength: 1, maxLength: 64 } },
  description: 'Only devices with these labels are seen by it; of an operator there are none',
};

export interface GrantRequest {
  name: string;
  role: 'viewer' | 'support' | 'operator';
  labels?: Record<string, string>;
}
export type TokenRequest = GrantRequest & { days?: number };
export type LinkRequest = GrantRequest & { minutes?: number };

export const ACCESS_REQUESTS = {
  token: requestReader<TokenRequest>({
    required: ['name', 'role'],
    properties: {
      ...{ name, role, labels },
      days: { type: 'integer', minimum: 1, maximum: 3650, description: 'After which it ends; never' },
    },
  }),
  link: requestReader<LinkRequest>({
    required: ['name', 'role'],
    properties: {
      ...{ name, role, labels },
      minutes: { type: 'integer', minimum: 1, maximum: 1440, description: 'After which it is over; 15' },
    },
  }),
  session: requestReader<{ link: string }>({
    required: ['link'],
    properties: {
      link: {
        type: 'string',
        minLength: 1,
        maxLength: 128,
        description: 'What stands after # in the login link',
      },
    },
  }),
  page: requestReader<{ limit?: string; cursor?: string }>({
    properties: {
      limit: { type: 'string', pattern: '^([1-9]\\d?|[1-4]\\d\\d|500)$', description: '1 to 500; 50' },
      cursor: { type: 'string', maxLength: 400, description: 'next_cursor of the page before' },
    },
  }),
};
