import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  define: { __WITH_FAKE__: 'true' },
  test: {
    environment: 'jsdom',
    // The whole path in one test, on a machine that is busy with other things.
    testTimeout: 30_000,
    include: ['src/**/*.test.ts'],
    // Read as text by the test of its contrast.
    css: { include: /tokens\.css/ },
    setupFiles: ['./src/test-setup.ts'],
  },
});
