/** Search and commands in one: screens, automations, recent runs, and what can be done from anywhere. */
import { Autocomplete } from '@base-ui/react/autocomplete';
import { Dialog } from '@base-ui/react/dialog';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { allJobs } from '../data/jobs.ts';
import { recentRuns } from '../data/runs.ts';
import { allTriggers } from '../data/triggers.ts';
import { useNames } from '../data/use-names.ts';
import { STATUS_WORDS } from '../parts/status-mark.tsx';
import { automationOf, scheduleWords } from '../text/run-text.ts';
import { epochOf } from '../text/time-text.ts';
import { relativeText } from '../../src/lib/span-text.ts';
import { now } from '../clock/browser-clock.ts';
import { SETTINGS } from '../screens/settings/settings-screens.ts';
import { SCREENS } from './screens.ts';
import { chooseTheme, THEMES } from './theme.ts';
import './command-palette.css';

/** Whoever needs more than this has not typed enough. */
const ITEMS_MAX = 60;

interface Command {
  value: string;
  label: string;
  aside: string;
  go: () => void;
}

interface CommandGroup {
  value: string;
  items: Command[];
}

export function CommandPalette(p: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog.Root open={p.open} onOpenChange={p.onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="veil" />
        <Dialog.Popup className="palette" aria-label="Search and commands">
          <PaletteContent onDone={() => p.onOpenChange(false)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function PaletteContent({ onDone }: { onDone: () => void }) {
  const groups = useCommands();
  return (
    <Autocomplete.Root
      open
      inline
      items={groups}
      itemToStringValue={(item: Command) => item.label}
      autoHighlight="always"
      limit={ITEMS_MAX}
    >
      <Autocomplete.Input className="palette-input" placeholder="Search jobs, runs and commands" aria-label="Search" />
      <Autocomplete.Empty className="palette-empty">Nothing matches.</Autocomplete.Empty>
      <Autocomplete.List className="palette-list">
        {(group: CommandGroup) => (
          <Autocomplete.Group key={group.value} items={group.items}>
            <Autocomplete.GroupLabel className="palette-label">{group.value}</Autocomplete.GroupLabel>
            <Autocomplete.Collection>
              {(item: Command) => (
                <Autocomplete.Item
                  key={item.value}
                  value={item}
                  className="palette-item"
                  onClick={() => {
                    onDone();
                    item.go();
                  }}
                >
                  <span className="palette-name">{item.label}</span>
                  <span className="palette-aside">{item.aside}</span>
                </Autocomplete.Item>
              )}
            </Autocomplete.Collection>
          </Autocomplete.Group>
        )}
      </Autocomplete.List>
    </Autocomplete.Root>
  );
}

function useCommands(): CommandGroup[] {
  const navigate = useNavigate();
  const jobs = useQuery(allJobs()).data?.jobs ?? [];
  const runs = useQuery(recentRuns()).data?.runs ?? [];
  const triggers = useQuery(allTriggers()).data ?? [];
  const names = useNames();
  const groups: CommandGroup[] = [
    {
      value: 'Go to',
      items: SCREENS.map(({ to, name, key }) => ({
        value: to,
        label: name,
        aside: `g ${key}`,
        go: () => void navigate({ to }),
      })),
    },
    {
      value: 'Settings',
      items: SETTINGS.slice(1).map(({ to, name }) => ({
        value: to,
        label: name,
        aside: 'settings',
        go: () => void navigate({ to }),
      })),
    },
    {
      value: 'Jobs',
      items: jobs.map((job) => ({
        value: job.id,
        label: job.name,
        aside: scheduleWords(job),
        go: () => void navigate({ to: '/jobs/$id', params: { id: job.id } }),
      })),
    },
    {
      value: 'Triggers',
      items: triggers.map((trigger) => ({
        value: trigger.id,
        label: trigger.name,
        aside: `on ${trigger.event}`,
        go: () => void navigate({ to: '/triggers/$id', params: { id: trigger.id } }),
      })),
    },
    {
      value: 'Recent runs',
      items: runs.map((run) => ({
        value: run.id,
        label: `${automationOf(run, names)} ${STATUS_WORDS[run.status]} ${run.id.slice(-6)}`,
        aside: relativeText(epochOf(run.created_at), now()),
        go: () => void navigate({ to: '/runs/$id', params: { id: run.id } }),
      })),
    },
    {
      value: 'Do',
      items: [
        { value: 'new-job', label: 'New job', aside: 'n', go: () => void navigate({ to: '/jobs/new' }) },
        { value: 'new-trigger', label: 'New trigger', aside: '', go: () => void navigate({ to: '/triggers/new' }) },
        ...THEMES.map((theme) => ({
          value: `theme-${theme}`,
          label: theme === 'system' ? 'Colours as the system says' : `${theme === 'dark' ? 'Dark' : 'Light'} colours`,
          aside: '',
          go: () => chooseTheme(theme),
        })),
      ],
    },
  ];
  return groups.filter(({ items }) => items.length > 0);
}
