/** The visibility of an automation: the whole daemon, or one workspace. */
export const SCOPES = ['global', 'workspace'] as const;
export type Scope = (typeof SCOPES)[number];
