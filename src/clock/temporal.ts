/**
 * Makes the global `Temporal` available on Node 24, which lacks it; a newer Node keeps its own.
 * Loaded first by every entry of the program (`daemon`, `cli`, the package's public entries) and by the tests,
 * so that no other file has to know which of the two it is using. The decision record is docs/decisions/0005.
 */
if (!('Temporal' in globalThis)) await import('temporal-polyfill/global');

export {};
