/** Copies a text, and says so only when it was copied. */
import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { after } from '../clock/browser-clock.ts';
import { announce } from './announcer.tsx';

const SHOWN_MS = 2_000;

export function CopyButton({ text, what }: { text: string; what: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      announce(`This browser did not let ${what} be copied; select it instead.`);
      return;
    }
    setCopied(true);
    after(SHOWN_MS, () => setCopied(false));
  };
  return (
    <button type="button" className="button button-small" aria-label={`Copy ${what}`} onClick={() => void copy()}>
      {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />} {copied ? 'Copied' : 'Copy'}
    </button>
  );
}
