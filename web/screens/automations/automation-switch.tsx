/** On or off: shows what the daemon has confirmed, and waits while it is asked. */
import { Switch } from '@base-ui/react/switch';
import { useMutation } from '@tanstack/react-query';
import { type ApiAutomation, isTrigger, kindOf, switchAutomation } from '../../data/automations.ts';
import { cache } from '../../data/cache.ts';
import { announce } from '../../parts/announcer.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';

export function AutomationSwitch({ of }: { of: ApiAutomation }) {
  const change = useMutation({
    mutationFn: (enabled: boolean) => switchAutomation(of, enabled),
    onSuccess: async (changed) => {
      announce(`${of.name} is ${changed.effective_enabled ? 'on' : 'off'}.`);
      await cache.invalidateQueries({ queryKey: [kindOf(of).area] });
    },
  });
  return (
    <span className="switch-place">
      <Switch.Root
        className="switch"
        checked={of.effective_enabled}
        disabled={change.isPending}
        onCheckedChange={(enabled) => change.mutate(enabled)}
        aria-label={isTrigger(of) ? 'Is woken by its event' : 'Fires by its schedule'}
      >
        <Switch.Thumb className="switch-thumb" />
      </Switch.Root>
      <span className="small soft" aria-hidden>
        {of.effective_enabled ? 'On' : 'Off'}
      </span>
      <ProblemNotice error={change.error} />
    </span>
  );
}
