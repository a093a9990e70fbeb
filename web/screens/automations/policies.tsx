/** What the policies of an automation do, as sentences. */
import type { ApiAutomation } from '../../data/automations.ts';
import { policySentences } from './policy-text.ts';

export function Policies({ of }: { of: ApiAutomation }) {
  return (
    <section className="policies-part" aria-labelledby="policy-title">
      <h2 id="policy-title">Policies</h2>
      <dl className="policies">
        {policySentences(of).map(({ name, value, meaning }) => (
          <div key={name} className="policy">
            <dt>
              {name} <code>{value}</code>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
