/**
 * Days that the pictures show, as data: which jobs there are, how their agents fared, and what goes on at the moment of
 * the picture. The day is played by the real engine on a virtual clock; what is under way is a real daemon's.
 */
import type { Job } from '../../../src/model/job.ts';
import type { ScheduleSpec } from '../../../src/model/schedule/schedule-spec.ts';

export interface WorldJob {
  name: string;
  agent: string;
  schedule: ScheduleSpec;
  prompt: string;
  minutes: readonly [least: number, most: number];
  says: string;
  cost?: number;
  /** Every so many runs fails, with this. */
  failsEach?: number;
  error?: string;
  parts?: Partial<Job>;
}

export interface World {
  name: 'quiet' | 'busy' | 'bad';
  jobs: readonly WorldJob[];
  /** The daemon is killed then, and started again so many minutes later; hours before the picture. */
  outage?: { hoursAgo: number; minutes: number };
  /** Jobs that are under way, by name, with the prompt for the agent of the picture. */
  live: Readonly<Record<string, string>>;
  extraConfig?: string;
}

const cron = (expr: string, timezone = 'Europe/Paris'): ScheduleSpec => ({ mode: 'cron', expr, timezone });
const every = (interval: string): ScheduleSpec => ({ mode: 'every', interval });

const review: WorldJob = {
  name: 'weekday-review',
  agent: 'reviewer',
  schedule: cron('0 9 * * *'),
  prompt: 'Review the changes since yesterday and write a risk report.',
  minutes: [9, 16],
  says: 'Reviewed 14 commits. Two deserve a second look: the retry loop in billing, and the new cache key.',
  cost: 0.84,
};
const triage: WorldJob = {
  name: 'inbox-triage',
  agent: 'triager',
  schedule: cron('*/30 6-22 * * *'),
  prompt: 'Label new issues, ask for what is missing, close what is answered.',
  minutes: [1, 4],
  says: 'Labelled 3 issues, asked one reporter for a log.',
  cost: 0.05,
};
const audit: WorldJob = {
  name: 'nightly-audit',
  agent: 'auditor',
  schedule: cron('0 3 * * *'),
  prompt: 'Audit dependencies and open a pull request for each that needs an update.',
  minutes: [38, 52],
  says: 'Opened 2 pull requests; one advisory does not concern us.',
  cost: 2.1,
};
const links: WorldJob = {
  name: 'docs-links',
  agent: 'triager',
  schedule: cron('15 5 * * *'),
  prompt: 'Follow every link of the documentation and mend the dead ones.',
  minutes: [4, 8],
  says: '412 links, all alive.',
  cost: 0.12,
};
const flaky: WorldJob = {
  name: 'flaky-hunt',
  agent: 'auditor',
  schedule: every('3h'),
  prompt: 'Run the suite twenty times and explain every test that did not always pass.',
  minutes: [18, 34],
  says: 'One flaky test: it waits for a number of milliseconds.',
  cost: 0.61,
};

export const QUIET: World = { name: 'quiet', jobs: [review, triage, audit, links], live: {} };

export const BUSY: World = {
  name: 'busy',
  jobs: [
    review,
    triage,
    audit,
    links,
    flaky,
    {
      ...triage,
      name: 'support-answers',
      schedule: every('20m'),
      prompt: 'Draft answers to open tickets.',
      says: 'Drafted 2 answers.',
    },
    {
      ...flaky,
      name: 'load-profile',
      schedule: every('4h'),
      failsEach: 5,
      error: 'The staging cluster refused the connection.',
    },
    { ...review, name: 'release-notes', schedule: cron('0 16 * * *'), minutes: [5, 9] },
    { ...links, name: 'schema-drift', schedule: every('90m'), minutes: [2, 5] },
    { ...audit, name: 'image-rebuild', schedule: cron('30 */6 * * *'), minutes: [22, 41] },
    { ...triage, name: 'standup-digest', schedule: cron('45 8 * * *'), minutes: [2, 3] },
    { ...review, name: 'cost-report', schedule: cron('0 7 * * *'), minutes: [6, 9] },
  ],
  live: {
    'flaky-hunt':
      '/think The seventh run failed in test/queue.test.ts; the six before it passed.\n/tool shell npm test -- queue --repeat 20\n/think It waits 50 ms for a lock that another test holds.\n/hang',
    'image-rebuild': '/tool shell docker build --pull -t checkout-api .\n/think Layer 4 of 11 is cached.\n/hang',
    'release-notes':
      '/think 23 commits since v4.11.0, six of them user-visible.\n/permission git Push the tag v4.12.0 to origin',
  },
};

export const BAD: World = {
  name: 'bad',
  jobs: [
    { ...review, failsEach: 1, error: 'The agent ended with code 1: the branch main has no commits since yesterday.' },
    { ...triage, failsEach: 6, error: 'The agent gave up after 3 attempts: rate limited by the issue tracker.' },
    audit,
    { ...flaky, minutes: [200, 240] },
    links,
    {
      ...triage,
      name: 'support-answers',
      schedule: every('10m'),
      parts: { fire_limit: { max: 3, window: '1h' } },
    },
    {
      ...links,
      name: 'schema-drift',
      schedule: every('1h'),
      failsEach: 1,
      error: 'The database refused the password.',
      parts: { pause_after_failures: 3 },
    },
  ],
  outage: { hoursAgo: 7, minutes: 140 },
  live: {},
  extraConfig: `
[[automation.jobs]]
name = "license-check"
scope = "global"
agent = "auditor"
prompt = "Check the licences of what is new."
schedule = { mode = "cron", expr = "0 25 * * *" }
`,
};
