/**
 * Lets a child process of a test run TypeScript sources as jest does: `node -r THIS file.ts`. Packages resolve to
 * their sources, so no build is needed and none can be out of date.
 */
const { existsSync, readFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { transformSync } = require('@swc/core');

const packages = path.resolve(__dirname, '../..');
const resolve = Module._resolveFilename;

Module._resolveFilename = function resolveSource(request, parent, ...rest) {
  const ours = /^@cpemon\/([a-z-]+)$/.exec(request);
  if (ours !== null) return path.join(packages, ours[1], 'src/index.ts');
  if (request.startsWith('.') && request.endsWith('.js') && parent?.filename?.endsWith('.ts')) {
    const source = path.resolve(path.dirname(parent.filename), request.replace(/\.js$/, '.ts'));
    if (existsSync(source)) return source;
  }
  return resolve.call(this, request, parent, ...rest);
};

Module._extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    sourceMaps: 'inline',
    jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
    module: { type: 'commonjs' },
  });
  module._compile(code, filename);
};
