/* global document, location, setInterval, URLSearchParams */
import { ApiProblem, describeProblem, getJson } from './api-client.mjs';
import { createDatabaseClock, elapsedMs, momentNow } from './database-clock.mjs';
import { createDevicePage } from './device-page.mjs';
import { createFreshnessBar } from './freshness-bar.mjs';
import { judgeFreshness } from './freshness.mjs';
import { createOverview, writerCount } from './overview.mjs';
import { pathsDownOf } from './process-lists.mjs';
import { setUpSearchBox } from './search-box.mjs';
import { createSource } from './source.mjs';
import { createTokenForm } from './token-form.mjs';
import { readToken, takeTokenFromAddress } from './viewer-token.mjs';

/** How often the age of the data is looked at, whether answers come or not. */
const TICK_MS = 250;

takeTokenFromAddress();
const serialNumber = new URLSearchParams(location.search).get('sn')?.trim() || null;
const databaseClock = createDatabaseClock();
const showFreshness = createFreshnessBar();
const tokenForm = createTokenForm({ onToken: resume });
setUpSearchBox(serialNumber);

/** The last answers about the pipeline and the fleet: what the page may claim depends on them. @type {any} */
let pipeline = null;
/** @type {any} */
let fleet = null;
let askingSince = momentNow();

/** @type {import('./source.mjs').View[]} */
const views = serialNumber === null ? createOverview() : createDevicePage(serialNumber);
const sources = views.map(({ path, show, recover }) =>
  createSource({
    databaseClock,
    request(signal) {
      const answer = getJson(path, { signal, token: readToken() });
      return recover === undefined ? answer : answer.catch(recover);
    },
    show(answer, nowMs) {
      if (path === 'v1/pipeline') pipeline = answer;
      if (path === 'v1/fleet') fleet = answer;
      show(answer, nowMs);
    },
    onRecovery() {
      for (const source of sources) source.retryNow();
    },
    onProblem(problem) {
      if (!(problem instanceof ApiProblem && problem.wantsToken)) return;
      pause();
      tokenForm.ask();
    },
  }),
);

document.addEventListener('visibilitychange', () => (document.hidden ? pause() : resume()));
setInterval(tick, TICK_MS);
if (!document.hidden) resume();

function resume() {
  askingSince = momentNow();
  for (const source of sources) source.start();
}

function pause() {
  for (const source of sources) source.stop();
}

/** Judges the page as a whole by its oldest part. */
function tick() {
  const now = momentNow();
  const ages = sources.map((source) => source.ageSeconds(now));
  const failures = sources.map((source) => source.failure(now)).filter((failure) => failure !== null);
  const facts = {
    lagEvents: pipeline?.totals?.lag_events,
    writers: writerCount(pipeline),
    pathsDown: pathsDownOf(fleet).map(({ path }) => String(path)),
  };
  const judgement = judgeFreshness({
    ...facts,
    locked: tokenForm.isAsking(),
    ageSeconds: ages.reduce(
      (oldest, age) => (oldest === null || age === null ? null : Math.max(oldest, age)),
      0,
    ),
    waitingSeconds: elapsedMs(askingSince, now) / 1_000,
    oldestUnappliedAgeSeconds: pipeline?.totals?.oldest_unapplied_age_seconds,
  });
  const retries = failures.map(({ retryInSeconds }) => retryInSeconds);
  showFreshness(judgement, {
    ...facts,
    problem: failures[0] === undefined ? null : describeProblem(failures[0].problem),
    retryInSeconds: retries.length > 0 ? Math.min(...retries) : null,
  });
}
