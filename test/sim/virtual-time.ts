/** Where this simulator's parts find the one virtual time, which lives in src/clock because `rouse simulate` runs on it too. */
export { VirtualTime } from '../../src/clock/virtual-time.ts';
