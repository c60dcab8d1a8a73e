import type { Finding, Severity } from '../backend/types';

/** What each severity is called, in the operator's terms; the worst first. */
export const SEVERITY_WORDS: Record<Severity, string> = {
  stops: 'Stops loading',
  exposes: 'Gives a secret away',
  'breaks-later': 'Will break later',
  surprise: 'Surprise',
  note: 'Note',
};

/** Names a finding for as long as it is found. */
export function findingKey({ code, title, place }: Finding): string {
  return JSON.stringify([code, title, place]);
}

/** Puts findings in order, the worst first, each under a name of its own. */
export function keyed(findings: Finding[]): { finding: Finding; key: string }[] {
  const order = Object.keys(SEVERITY_WORDS);
  const seen = new Map<string, number>();
  return [...findings]
    .sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
    .map((finding) => {
      const name = findingKey(finding);
      const before = seen.get(name) ?? 0;
      seen.set(name, before + 1);
      return { finding, key: `${before} ${name}` };
    });
}
