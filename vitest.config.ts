import { configDefaults, defineConfig } from 'vitest/config';

/** Wants a minute of a browser for itself, so it runs when it is named: `npm run page:large`. */
const LARGE_HOME = 'test/page/page-scale.test.ts';

// Two projects of tests would hide which command runs what; one project, and the slow soaks live in scripts of their own.
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'web/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(process.argv.includes(LARGE_HOME) ? [] : [LARGE_HOME])],
    setupFiles: ['src/clock/temporal.ts'],
    globalSetup: ['test/postgres/global-setup.ts'],
    // Generous: what is wrong shows as a wrong value; a machine that is busy with something else is not wrong.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Real daemons and real agent processes share two cores with the tests: more workers only make everything slower.
    maxWorkers: 2,
  },
});
