import { InvalidArgumentError, type Command } from 'commander';
import { userInfo } from 'node:os';
import { createOperatorApi } from './operator-api.js';
import type { OperatorTools } from './operator-verbs.js';
import type { ReplicaStatus } from './service-group.js';
import { wholeNumber } from './start-options.js';

interface LoginLink {
  /** Of cpemon-api, with the secret behind a #. */
  path: string;
  name: string;
  role: string;
  minutes: number;
}

const LINKS = '/v1/access/links';
const ROLES = ['viewer', 'support', 'operator'];
const LONGEST_MINUTES = 1440;

/** A link that logs in, once, an operator of a stack that just started; nothing when none could be made. */
export async function makeLoginUrl(
  services: readonly ReplicaStatus[],
  token: string,
): Promise<{ loginUrl?: string }> {
  const url = services.find(({ name }) => name === 'cpemon-api')?.url;
  if (url === undefined) return {};
  try {
    const asked = { name: ownName(), role: 'operator', minutes: LONGEST_MINUTES };
    const { path } = await createOperatorApi({ url, token }).post<LoginLink>(LINKS, asked);
    return { loginUrl: `${url}${path}` };
  } catch {
    // The stack runs all the same, and `cpemon login` says why there is none.
    return {};
  }
}

/** `login`: a link that logs somebody in, once. */
export function addLoginVerb(program: Command, { api, answer }: OperatorTools): void {
  program
    .command('login')
    .description('makes a link that logs somebody in, once')
    .option('--name <name>', 'by which the audit knows them', ownName())
    .option('--role <role>', ROLES.join(', '), knownRole, 'operator')
    .option('--minutes <n>', 'after which it is over', wholeNumber(1, LONGEST_MINUTES), 15)
    .action(async (wish: { name: string; role: string; minutes: number }) => {
      const link = await api().post<LoginLink>(LINKS, wish);
      answer(link, ({ path, name, role, minutes }) =>
        [`${role} ${name}, within ${minutes} minutes, at the address of cpemon-api:`, path].join('\n'),
      );
    });
}

function knownRole(text: string): string {
  if (ROLES.includes(text)) return text;
  throw new InvalidArgumentError(`It must be one of ${ROLES.join(', ')}.`);
}

/** The name of whoever runs this, as far as it can be a name in the audit. */
function ownName(): string {
  try {
    const { username } = userInfo();
    return /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/.test(username) ? username : 'operator';
  } catch {
    // A user without an entry in the password file has no name.
    return 'operator';
  }
}
