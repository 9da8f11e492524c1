'use strict';

/*
 * Runs an extension as GenieACS does: in a child process that is asked over IPC, [id, [function, ...arguments]], and
 * answers [id, fault, value]. An error that nobody caught is the fault of every open question and the end of the process.
 * Usage: node extension-host.cjs FILE
 */
const file = process.argv[2];
const open = new Set();
let extension;

process.on('uncaughtException', (error) => {
  for (const id of open) process.send([id, { code: `ext.${error.name}`, message: error.message }, null]);
  process.disconnect();
});
process.on('message', ([id, [name, ...args]]) => {
  open.add(id);
  extension ??= require(file);
  extension[name](args, (error, value) => {
    if (!open.delete(id)) return;
    process.send([id, error ? { code: `ext.${error.name}`, message: error.message } : null, value]);
  });
});
process.on('SIGINT', () => undefined);
