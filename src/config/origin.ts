/** Where an effective value comes from. */
import type { SourceFile } from './source-file.ts';
import type { Spot } from './problem-list.ts';

export type Origin = { file: string; line: number } | 'default' | 'environment' | 'flag';

/** An origin whose line is looked up only when somebody asks: places cost a second parse of the file. */
export type OriginSource = Spot | 'default' | 'environment' | 'flag';

export function originOf(source: OriginSource): Origin {
  if (typeof source === 'string') return source;
  const file: SourceFile = source.source;
  return { file: file.file, line: file.locate(source.path, { aim: 'key' }).line };
}
