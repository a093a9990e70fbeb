/**
 * Rendering a parsed prompt template with three fields (promises, section 3), beside the fastest thing JavaScript can do:
 * joining the same texts by hand.
 *
 *   node bench/templates.ts [--rounds 7]
 */
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { parseTriggerPromptTemplate } from '../src/model/template/prompt-template.ts';
import type { TemplateEnvelope } from '../src/model/template/template-envelope.ts';
import { median, spread, verdict } from './measurement/distribution.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });
const RENDERS = 200_000;
const TO_REACH = 500_000;

const envelope: TemplateEnvelope = {
  kind: 'webhook',
  scope: 'global',
  source: 'webhook',
  data: { repository: 'rouse', author: 'nobody', title: 'Mend the clock' },
};
const parsed = parseTriggerPromptTemplate(
  'Review {{ .Data.repository }}: {{ .Data.title }} by {{ .Data.author }}. Say what is risky.',
);
if (!parsed.ok) throw new Error(JSON.stringify(parsed));
const { template } = parsed;

function perSecond(render: () => number): number {
  const from = performance.now();
  const length = render();
  if (length === 0) throw new Error('nothing was rendered');
  return RENDERS / ((performance.now() - from) / 1000);
}

function ours(): number {
  let length = 0;
  for (let count = 0; count < RENDERS; count += 1) {
    const rendered = template.render(envelope);
    if (!rendered.ok) throw new Error(JSON.stringify(rendered));
    length += rendered.output.length;
  }
  return length;
}

function byHand(): number {
  let length = 0;
  for (let count = 0; count < RENDERS; count += 1) {
    const { repository, title, author } = envelope.data as Record<string, string>;
    length += ['Review ', repository, ': ', title, ' by ', author, '. Say what is risky.'].join('').length;
  }
  return length;
}

perSecond(ours);
perSecond(byHand);
const rounds = Array.from({ length: Number(values.rounds) }, () => ({
  ours: perSecond(ours),
  hand: perSecond(byHand),
}));
const rates = rounds.map((round) => round.ours);
const ratios = rounds.map((round) => round.ours / round.hand);
process.stdout.write(`beside a join by hand: ratio ${spread(ratios, 2)}\n`);
verdict({
  what: 'renders per second, three fields',
  value: spread(rates, 0),
  target: String(TO_REACH),
  reached: median(rates) >= TO_REACH,
});
