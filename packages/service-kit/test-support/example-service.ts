import { createConfigReader, runService, startHttpServer } from '@cpemon/service-kit';

/** A service for the lifecycle tests; argv[2] says how it behaves. */
runService('example', async ({ logger, signal }) => {
  const behaviour = process.argv[2];
  if (behaviour === 'config') {
    const config = createConfigReader({ PORT: '10abc', TOKEN: 'hunter2' });
    config.integer('PORT');
    config.string('DATABASE_URL');
    config.string('TOKEN', { secret: true, pattern: /^[0-9]+$/ });
    config.finish();
  }
  if (behaviour === 'fails') throw new Error('no such thing');
  if (behaviour === 'waits') {
    logger.info('waiting');
    await new Promise((_, reject) => {
      const timer = setInterval(() => undefined, 1000);
      signal.addEventListener('abort', () => {
        clearInterval(timer);
        reject(new Error('gave up'));
      });
    });
  }
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    logger,
    handler: (_request, response) => void response.end('hello'),
  });
  logger.info({ url: server.url }, 'listening');
  if (behaviour === 'rejects') setTimeout(() => void Promise.reject(new Error('nobody listens')), 50);
  return {
    stop: async () => {
      await server.close();
      if (behaviour === 'hangs') await new Promise(() => setInterval(() => undefined, 1000));
    },
  };
});
