'use strict';

/*
 * GenieACS extension: hands on to CPEmon what provisions tell it. Copy it to GenieACS' extension folder; README.md beside
 * it has the steps. Plain Node.js 12 or newer, no packages.
 *
 * A provision waits for its extension inside the session of the CPE, so every function here answers at once. What it was
 * given waits in a bounded queue of this process and is posted in the background, again and again until CPEmon has it.
 * What happens to CPEmon or to the network between is never seen by a CPE.
 *
 * Settings, from the environment of genieacs-cwmp, else from cpemon-webhook.json beside this file:
 *   CPEMON_WEBHOOK_URL          where acs-ingest listens: https://cpemon.example.net/acs/webhook
 *   CPEMON_WEBHOOK_SECRET       one of its WEBHOOK_SECRETS
 *   CPEMON_WEBHOOK_TIMEOUT_MS   time for one answer, 100 to 60000 (2000)
 *   CPEMON_WEBHOOK_QUEUE        messages that may wait, 10 to 1000000 (10000)
 *   CPEMON_WEBHOOK_CONNECTIONS  connections at once, 1 to 64 (4)
 * Each worker of genieacs-cwmp has a process of this extension, and so a queue and connections, of its own.
 */

const crypto = require('crypto');
const fs = require('fs');
const http = require('http');
const https = require('https');
const path = require('path');

/** acs-ingest takes bodies of 64 KiB. */
const LARGEST_BODY_BYTES = 64 * 1024;
const QUEUE_BYTES = 16 * 1024 * 1024;
/** What is older says nothing that CPEmon does not know better by now. */
const OLDEST_MS = 15 * 60 * 1000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30 * 1000;
const LONGEST_RETRY_AFTER_MS = 120 * 1000;
/** Below the 75 s after which acs-ingest closes an idle connection. */
const IDLE_CONNECTION_MS = 30 * 1000;
/** One line in that time at most says what was lost; the first soon after it was. */
const LOG_EVERY_MS = 10 * 1000;
const LOG_SOON_MS = 1000;
/** GenieACS kills an extension 5 s after it asked it to end. */
const LAST_WORDS_MS = 2000;
/** What CPEmon will never take, however often it is sent. */
const REFUSALS = new Set([400, 409, 413, 415, 422]);

// ---- settings ----

function readSettings() {
  const file = readSettingsFile(path.join(__dirname, 'cpemon-webhook.json'));
  const given = (name, key) => {
    const value = process.env[name] === undefined || process.env[name] === '' ? file[key] : process.env[name];
    return value === undefined ? '' : String(value);
  };
  const number = (name, key, usual, least, most) => {
    const text = given(name, key);
    if (text === '') return usual;
    if (/^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
    throw new Error(`${name} must be a whole number from ${least} to ${most}`);
  };
  const url = given('CPEMON_WEBHOOK_URL', 'url');
  if (url === '') throw new Error('CPEMON_WEBHOOK_URL is not set');
  const target = new URL(url);
  if (!/^https?:$/.test(target.protocol))
    throw new Error('CPEMON_WEBHOOK_URL must begin with http:// or https://');
  const secret = given('CPEMON_WEBHOOK_SECRET', 'secret');
  if (secret === '') throw new Error('CPEMON_WEBHOOK_SECRET is not set');
  return {
    target,
    secret,
    timeoutMs: number('CPEMON_WEBHOOK_TIMEOUT_MS', 'timeout_ms', 2000, 100, 60000),
    queueMessages: number('CPEMON_WEBHOOK_QUEUE', 'queue', 10000, 10, 1000000),
    connections: number('CPEMON_WEBHOOK_CONNECTIONS', 'connections', 4, 1, 64),
  };
}

function readSettingsFile(file) {
  let text;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
  return JSON.parse(text);
}

// ---- signatures ----

/** Standard Webhooks: HMAC-SHA256 of `id.timestamp.body`; the key of a `whsec_` secret is its base64 decoded. */
function signatures(secret, id, timestamp, body) {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
  const standard = crypto
    .createHmac('sha256', key)
    .update(`${id}.${timestamp}.`)
    .update(body)
    .digest('base64');
  const older = crypto.createHmac('sha256', Buffer.from(secret)).update(body).digest('hex');
  return { standard: `v1,${standard}`, older };
}

// ---- the queue ----

/**
 * Takes messages without waiting and posts them until they are acknowledged. The oldest is dropped when there is no room.
 * While CPEmon does not answer, one message at a time is tried, ever more seldom.
 */
function createSender(settings, say) {
  const { target, secret, timeoutMs, queueMessages, connections } = settings;
  const transport = target.protocol === 'https:' ? https : http;
  const agent = new transport.Agent({
    keepAlive: true,
    maxSockets: connections,
    timeout: IDLE_CONNECTION_MS,
  });
  /** By id, the oldest first. */
  const waiting = new Map();
  const inFlight = new Map();
  const lost = { queue_full: 0, too_old: 0, too_large: 0, refused: 0 };
  let lostBefore = 0;
  let bytes = 0;
  let failures = 0;
  let resumeAt = 0;
  let timer = null;
  let logTimer = null;
  let loggedAt = 0;
  let lastTrouble = '';
  let whenEmpty = null;

  function lose(reason, detail) {
    lost[reason] += 1;
    if (detail) lastTrouble = detail;
    if (logTimer !== null) return;
    const delay = Math.max(LOG_SOON_MS, loggedAt + LOG_EVERY_MS - Date.now());
    logTimer = setTimeout(() => {
      logTimer = null;
      loggedAt = Date.now();
      const total = Object.keys(lost).reduce((sum, name) => sum + lost[name], 0);
      const reasons = Object.keys(lost).filter((name) => lost[name] > 0);
      say(
        `cpemon-webhook: ${total - lostBefore} messages dropped, ${total} since the start ` +
          `(${reasons.map((name) => `${name} ${lost[name]}`).join(', ')}); ` +
          `${waiting.size + inFlight.size} wait${lastTrouble === '' ? '' : `; last trouble: ${lastTrouble}`}`,
      );
      lostBefore = total;
    }, delay);
    logTimer.unref();
  }

  function forget(message) {
    bytes -= message.body.length;
  }

  /** @returns whether the message waits now */
  function offer(id, body) {
    if (body.length > LARGEST_BODY_BYTES) {
      lose('too_large', `a message of ${body.length} bytes`);
      return false;
    }
    if (inFlight.has(id)) return true;
    const before = waiting.get(id);
    if (before !== undefined) {
      bytes += body.length - before.body.length;
      before.body = body;
      return true;
    }
    waiting.set(id, { id, body, since: Date.now() });
    bytes += body.length;
    for (const [oldest, message] of waiting) {
      if (waiting.size + inFlight.size <= queueMessages && bytes <= QUEUE_BYTES) break;
      waiting.delete(oldest);
      forget(message);
      lose('queue_full');
    }
    pump();
    return true;
  }

  function pump() {
    if (timer !== null) return;
    const pause = resumeAt - Date.now();
    if (pause > 0) {
      timer = setTimeout(() => {
        timer = null;
        pump();
      }, pause);
      return;
    }
    const atOnce = failures === 0 ? connections : 1;
    for (const [id, message] of waiting) {
      if (inFlight.size >= atOnce) return;
      waiting.delete(id);
      if (Date.now() - message.since > OLDEST_MS) {
        forget(message);
        lose('too_old');
        continue;
      }
      inFlight.set(id, message);
      post(message, (outcome) => settle(message, outcome));
    }
    if (whenEmpty !== null && waiting.size + inFlight.size === 0) whenEmpty();
  }

  function settle(message, { delivered, refused, again, retryAfterMs, trouble }) {
    inFlight.delete(message.id);
    if (delivered || refused) {
      failures = 0;
      resumeAt = 0;
      forget(message);
      if (refused) lose('refused', trouble);
    } else {
      waiting.set(message.id, message);
      if (!again) {
        lastTrouble = trouble;
        if (failures === 0) say(`cpemon-webhook: CPEmon does not take messages (${trouble}); they wait`);
        failures += 1;
        const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * Math.pow(2, Math.min(failures - 1, 10)));
        const pause = Math.max(longest * (0.5 + Math.random() / 2), retryAfterMs || 0);
        resumeAt = Date.now() + pause;
      }
    }
    pump();
  }

  /** Calls `done` once, whatever happens. */
  function post({ id, body }, done) {
    let settled = false;
    let deadline = null;
    const finish = (outcome) => {
      if (settled) return;
      settled = true;
      clearTimeout(deadline);
      done(outcome);
    };
    const timestamp = Math.floor(Date.now() / 1000);
    const { standard, older } = signatures(secret, id, timestamp, body);
    const request = transport.request(target, {
      method: 'POST',
      agent,
      headers: {
        'Content-Type': 'application/json',
        'Content-Length': body.length,
        'User-Agent': 'cpemon-genieacs-extension',
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': standard,
        'X-Cpemon-Signature': older,
      },
    });
    deadline = setTimeout(() => {
      finish({ trouble: `no answer within ${timeoutMs} ms` });
      request.destroy();
    }, timeoutMs);
    request.on('error', (error) => {
      // The server had closed the idle connection in the moment in which it was used again.
      const again = request.reusedSocket === true && /^(ECONNRESET|EPIPE)$/.test(String(error.code));
      finish({ again, trouble: error.code || error.message });
    });
    request.on('response', (response) => {
      const status = response.statusCode;
      // An answer that breaks off is one all the same.
      response.on('error', () => undefined);
      response.resume();
      if (status >= 200 && status <= 299) finish({ delivered: true });
      else if (REFUSALS.has(status)) finish({ refused: true, trouble: `HTTP ${status}` });
      else finish({ retryAfterMs: retryAfterMs(response.headers['retry-after']), trouble: `HTTP ${status}` });
    });
    request.end(body);
  }

  /** Tries what waits once more and calls `done` when nothing waits, at the latest after `withinMs`. */
  function drain(withinMs, done) {
    const late = setTimeout(done, withinMs);
    whenEmpty = () => {
      clearTimeout(late);
      done();
    };
    clearTimeout(timer);
    timer = null;
    resumeAt = 0;
    pump();
  }

  return { offer, drain };
}

function retryAfterMs(text) {
  if (!/^\d{1,6}$/.test(text || '')) return 0;
  return Math.min(Number(text) * 1000, LONGEST_RETRY_AFTER_MS);
}

// ---- what provisions call ----

/**
 * The same thing has the same id however often a provision is run again, and CPEmon counts it once.
 * @param parts what makes it that thing
 */
function identityOf(kind, parts) {
  const digest = crypto
    .createHash('sha256')
    .update(JSON.stringify([kind].concat(parts)))
    .digest('hex');
  return `genieacs-${digest.slice(0, 40)}`;
}

const deviceOf = ({ oui, product_class, sn }) => [oui, product_class, sn];

/** An Inform is its device, time and codes; the values beside them may have been refreshed in between. */
const informIdentity = (message) =>
  identityOf('inform', deviceOf(message).concat([message.event_ts, message.event_codes]));
/** Values are themselves and the time at which they were read, whichever session told them. */
const valuesIdentity = (message) => identityOf('values', deviceOf(message).concat([message.parameters]));
const provisionIdentity = (message) => identityOf('provision', [message]);

let sender = null;
let saidWhyNot = false;

// What is written to the standard error goes to the log of genieacs-cwmp.
const say = (line) => console.error(line);

/** For GenieACS: `(args, callback)`. Answers at once: true when the message waits to be sent. It never fails. */
function extensionFunction(eventType, identity) {
  return (args, callback) => {
    let taken = false;
    try {
      if (sender === null) sender = createSender(readSettings(), say);
      const message = JSON.parse(args[0]);
      message.event_type = eventType;
      taken = sender.offer(identity(message), Buffer.from(JSON.stringify(message)));
    } catch (error) {
      if (!saidWhyNot) say(`cpemon-webhook: nothing is sent: ${error.message}`);
      saidWhyNot = true;
    }
    callback(null, taken);
  };
}

exports.inform = extensionFunction('inform', informIdentity);
exports.values = extensionFunction('values', valuesIdentity);
exports.provision = extensionFunction('provision', provisionIdentity);

// ---- the end ----

// Only a child of GenieACS listens to these: whoever loads this file for another reason keeps his signals.
if (process.send !== undefined) {
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    if (sender === null) process.exit(0);
    sender.drain(LAST_WORDS_MS, () => process.exit(0));
  };
  process.once('SIGTERM', end);
  process.once('disconnect', end);
}
