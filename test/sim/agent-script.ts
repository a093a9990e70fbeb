/** What one simulated agent is going to do, drawn before it starts, so that it does the same in every repetition. */
import type { Random } from './random.ts';

export type AgentAct =
  /** Says something and ends well. */
  | 'answers'
  /** Ends well without having said a word. */
  | 'says_nothing'
  /** Ends with exit code 1. */
  | 'fails'
  /** The process vanishes in the middle. */
  | 'dies'
  /** No process ever comes to be. */
  | 'refuses'
  /** Works for ever and says nothing; only ending it helps. */
  | 'hangs'
  /** Waits for an answer to a permission request, then ends well. */
  | 'asks'
  /** Reports that its account is exhausted. */
  | 'exhausted';

export interface AgentScript {
  act: AgentAct;
  /** From being called to having a process. */
  spawnMs: number;
  /** From the process to its end; infinite for one that hangs. */
  workMs: number;
  /** After being asked to stop; more than two graces and it has to be killed. */
  obeysAfterMs: number;
  /** How often ending its processes fails before they are gone. */
  stubbornness: number;
  /** A child process stays behind when the conversation is over. */
  leavesChild: boolean;
  /** Its processes outlive the daemon that started them. */
  survivesDaemon: boolean;
}

const CALM: AgentScript = {
  act: 'answers',
  spawnMs: 20,
  workMs: 1500,
  obeysAfterMs: 100,
  stubbornness: 0,
  leavesChild: false,
  survivesDaemon: false,
};

export function calmScript(): AgentScript {
  return { ...CALM };
}

export function drawScript(random: Random): AgentScript {
  const act = random.weighted<AgentAct>({
    answers: 60,
    says_nothing: 4,
    fails: 14,
    dies: 6,
    refuses: 6,
    hangs: 6,
    asks: 3,
    exhausted: 2,
  });
  const leavesChild = random.chance(0.08);
  return {
    act,
    spawnMs: random.chance(0.1) ? random.logarithmic(100, 8000) : random.int(1, 80),
    workMs: act === 'hangs' ? Number.POSITIVE_INFINITY : random.logarithmic(50, 120_000),
    obeysAfterMs: random.chance(0.2) ? random.logarithmic(1000, 60_000) : random.int(1, 500),
    stubbornness: leavesChild && random.chance(0.4) ? random.logarithmic(1, 12) : 0,
    leavesChild,
    survivesDaemon: random.chance(0.6),
  };
}
