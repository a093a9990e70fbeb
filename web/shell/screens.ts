/** The screens with a place of their own in the navigation, and the key that goes there after `g`. */
import { Bot, CalendarClock, History, Inbox, LayoutDashboard, ListChecks, Radio, Settings, Zap } from 'lucide-react';

export const SCREENS = [
  { to: '/', name: 'Overview', key: 'o', icon: LayoutDashboard },
  { to: '/jobs', name: 'Jobs', key: 'j', icon: CalendarClock },
  { to: '/triggers', name: 'Triggers', key: 't', icon: Zap },
  { to: '/runs', name: 'Runs', key: 'r', icon: History },
  { to: '/events', name: 'Events', key: 'e', icon: Radio },
  { to: '/deliveries', name: 'Deliveries', key: 'd', icon: Inbox },
  { to: '/tasks', name: 'Tasks', key: 'k', icon: ListChecks },
  { to: '/agents', name: 'Agents', key: 'a', icon: Bot },
  { to: '/settings', name: 'Settings', key: 's', icon: Settings },
] as const;
