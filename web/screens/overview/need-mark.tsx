/** The shape beside something that needs a person. */
import { CircleHelp, FileWarning, OctagonPause, ServerCrash, Unplug } from 'lucide-react';
import { StatusMark } from '../../parts/status-mark.tsx';
import type { Need } from './needs.ts';

export function NeedMark({ kind }: { kind: Need['kind'] }) {
  switch (kind) {
    case 'failure':
      return <StatusMark status="failed" />;
    case 'misfire':
    case 'refusal':
    case 'delivery':
      return <StatusMark status="canceled" />;
    case 'permission':
      return <CircleHelp className="need-icon need-icon-asks" size={15} aria-hidden />;
    case 'config':
      return <FileWarning className="need-icon" size={15} aria-hidden />;
    case 'service':
      return <ServerCrash className="need-icon" size={15} aria-hidden />;
    case 'agent':
      return <Unplug className="need-icon" size={15} aria-hidden />;
    case 'automation':
    case 'house':
      return <OctagonPause className="need-icon" size={15} aria-hidden />;
  }
}
