/**
 * The screens with a place of their own in the navigation, and the key that goes there after `g`. Those of the `bar` are
 * always in sight, on a phone too.
 */
import { Bot, CalendarClock, History, Inbox, LayoutDashboard, ListChecks, Radio, Settings, Zap } from 'lucide-react';

export const SCREENS = [
  { to: '/', name: 'Overview', key: 'o', icon: LayoutDashboard, bar: true },
  { to: '/jobs', name: 'Jobs', key: 'j', icon: CalendarClock, bar: true },
  { to: '/triggers', name: 'Triggers', key: 't', icon: Zap, bar: true },
  { to: '/runs', name: 'Runs', key: 'r', icon: History, bar: true },
  { to: '/events', name: 'Events', key: 'e', icon: Radio, bar: false },
  { to: '/deliveries', name: 'Deliveries', key: 'd', icon: Inbox, bar: false },
  { to: '/tasks', name: 'Tasks', key: 'k', icon: ListChecks, bar: false },
  { to: '/agents', name: 'Agents', key: 'a', icon: Bot, bar: false },
  { to: '/settings', name: 'Settings', key: 's', icon: Settings, bar: false },
] as const;
