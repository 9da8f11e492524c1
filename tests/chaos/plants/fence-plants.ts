import type { Plant, PlantEdit } from './plant.js';

const MYSQL = 'packages/event-log/dist/mysql';
const CONDITIONS = `WHERE grp = ? AND generation = ? AND owner = ?
       AND (\${moves.map(() => '(lane = ? AND epoch = ? AND applied_seq = ?)').join(' OR ')})
       AND EXISTS (SELECT 1 FROM log_members WHERE grp = ? AND member = ? AND lease_until > SYSDATE(3))\``;
/** As many parameters, none of which decides anything but the lane. */
const NO_CONDITIONS = `WHERE grp = ? AND generation = ? AND ? IS NOT NULL
       AND (\${moves.map(() => '(lane = ? AND ? IS NOT NULL AND ? IS NOT NULL)').join(' OR ')})
       AND (? IS NOT NULL AND ? IS NOT NULL)\``;

/** The writer does not look at its own clock either. */
const ALWAYS_HELD: PlantEdit = {
  file: `${MYSQL}/consume/consumer.js`,
  find: 'leaseHeld: () => lease.held()',
  replace: 'leaseHeld: () => true',
};
/** Sessions of a stopped process are kept, so that it goes on in the middle of its transaction. */
const PATIENT_SESSIONS: PlantEdit = {
  file: 'packages/database/dist/connection.js',
  find: '`SET SESSION wait_timeout = ${seconds}, net_write_timeout = ${seconds}`',
  replace: '`SET SESSION wait_timeout = 600, net_write_timeout = 600`',
};

/** Nor does the process notice that its own statement has taken longer than the lease. */
const NO_DEADLINE: PlantEdit = {
  file: `${MYSQL}/connection/deadline.js`,
  find: '}, deadlineMs);',
  replace: '}, deadlineMs * 100);',
};

const MANY_REPEATS = { repeated: 0.3, late: 0.3, sleepy: 0.1 };

export const noEpochCheck: Plant = {
  name: 'no-epoch-check',
  about: 'a state transaction does not prove that its lanes are still ours',
  edits: [
    { file: `${MYSQL}/consume/offset-fence.js`, find: CONDITIONS, replace: NO_CONDITIONS },
    ALWAYS_HELD,
    PATIENT_SESSIONS,
    NO_DEADLINE,
  ],
  run: {
    ...{ minutes: 0.6, seed: 1, rate: 300, faultEveryMs: 2000, mix: MANY_REPEATS },
    faults: ['stop-writer'],
  },
};

export const epochByPlainSelect: Plant = {
  name: 'epoch-by-plain-select',
  about: 'owner and epoch are looked at by a SELECT that locks nothing, and the offset is moved without them',
  edits: [
    {
      file: `${MYSQL}/consume/offset-fence.js`,
      find: 'const [result] = await connection.query(`UPDATE log_offsets',
      replace: `const [seen] = await connection.query(
        \`SELECT lane FROM log_offsets WHERE grp = ? AND generation = ? AND owner = ?
            AND (\${moves.map(() => '(lane = ? AND epoch = ? AND applied_seq = ?)').join(' OR ')})\`,
        [membership.group, membership.generation, membership.member,
         ...moves.flatMap((move) => [move.lane, move.epoch, move.fromOffset])]);
    if (seen.length !== moves.length) throw new FenceError('lanes are not ours any more');
    await new Promise((resolve) => setTimeout(resolve, 30));
    const [result] = await connection.query(\`UPDATE log_offsets`,
    },
    { file: `${MYSQL}/consume/offset-fence.js`, find: CONDITIONS, replace: NO_CONDITIONS },
    ALWAYS_HELD,
    PATIENT_SESSIONS,
    NO_DEADLINE,
  ],
  run: {
    ...{ minutes: 0.6, seed: 1, rate: 300, faultEveryMs: 2500, mix: MANY_REPEATS },
    faults: ['stop-writer'],
  },
};

export const offsetElsewhere: Plant = {
  name: 'offset-in-another-transaction',
  about: 'the offset is committed before the state that belongs to it',
  edits: [
    {
      file: `${MYSQL}/consume/batch-runner.js`,
      find: 'await (0, offset_fence_js_1.moveOffsets)(connection, membership, moves);',
      replace: `await (0, offset_fence_js_1.moveOffsets)(connection, membership, moves);
        await connection.query('COMMIT');
        await connection.query('START TRANSACTION');`,
    },
  ],
  run: {
    ...{ minutes: 0.3, seed: 1, rate: 300, faultEveryMs: 1000 },
    faults: ['kill-writer', 'kill-database', 'kill-connections', 'lock-device-state'],
  },
};
