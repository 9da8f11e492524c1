import { openPool } from '@cpemon/database';
import type { Logger } from '@cpemon/service-kit';
import { createAccess, type Access } from './access/access.js';
import { createKeptTokens } from './access/kept-tokens.js';
import { createSessionCookies, type SessionCookies } from './access/session-cookies.js';
import type { CpemonApiConfig } from './config.js';
import { createDatabaseReader, type DatabaseReader } from './database-reader.js';
import { createDirectoryKeeper, type DirectoryKeeper } from './directory/directory-keeper.js';
import { fleetAnswer, pipelineAnswer } from './fleet-answers.js';
import type { FleetReads } from './fleet-reads.js';
import { createLimitedFleet, type LimitedFleet } from './limited-fleet.js';
import type { RateSampler } from './rate-sampler.js';
import { createFeedReader } from './stream/feed-reader.js';
import { createStreamHub, type StreamHub } from './stream/stream-hub.js';

/** Who may ask, and what answers beside plain reads. */
export interface Queries {
  access: Access;
  sessions?: SessionCookies;
  directory: DirectoryKeeper;
  limitedFleet: LimitedFleet;
  stream: StreamHub;
}

/** For the directory and the feed, so that they keep no question waiting. */
const FOLLOWING_CONNECTIONS = 2;
const FOLLOWING_DEADLINE_MS = 30_000;

/** The directory of devices and the stream rest until somebody asks for them. */
export function startQueries(
  config: CpemonApiConfig,
  {
    read,
    reads,
    rates,
    logger,
  }: { read: DatabaseReader; reads: FleetReads; rates: RateSampler; logger: Logger },
): { queries: Queries; stopQueries: () => Promise<void> } {
  const { readTokens, operators, viewerTokens, supporters, maskFor, senders } = config;
  const perSecond = config.readRequestsPerSecond;
  const sessions = sessionsOf(config);
  const access = createAccess({
    ...{ readTokens, operators, viewerTokens, supporters, maskFor },
    findKeptToken: createKeptTokens(read),
    trustedProxies: senders.trustedProxies,
    rate: { perSecond, burst: perSecond * 5 },
    ...(sessions === undefined ? {} : { sessions }),
  });
  const pool = openPool(config.database, { connections: FOLLOWING_CONNECTIONS });
  const follow = createDatabaseReader(pool, FOLLOWING_DEADLINE_MS);
  const feed = createFeedReader(follow);
  const directory = createDirectoryKeeper(follow, logger, feed);
  const limitedFleet = createLimitedFleet(read, directory);
  const stream = createStreamHub({
    ...{ read: follow, feed },
    fleetOfPart: (labels) => limitedFleet.fleet(labels),
    frames: { fleet: () => fleetAnswer(reads), pipeline: () => pipelineAnswer(reads, rates) },
  });
  return {
    queries: { access, directory, limitedFleet, stream, ...(sessions === undefined ? {} : { sessions }) },
    stopQueries: async () => {
      stream.stop();
      directory.stop();
      feed.stop();
      await Promise.race([pool.end(), new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
    },
  };
}

/** Undefined: nobody can log in. */
function sessionsOf({ sessionSecrets, sessionCookieSecure }: CpemonApiConfig): SessionCookies | undefined {
  if (sessionSecrets.length === 0) return undefined;
  return createSessionCookies(sessionSecrets, { secure: sessionCookieSecure });
}
