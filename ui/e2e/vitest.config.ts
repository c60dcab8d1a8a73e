import { defineConfig } from 'vitest/config';

/** Tests in a real browser on the built fake UI; `npm run test:browser` builds it first. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    environment: 'node',
    include: ['e2e/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
