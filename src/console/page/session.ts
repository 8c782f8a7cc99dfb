// Who looks at the page: nobody, a viewer or an operator.

import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { SessionView } from '../api/session.ts';

export type Session = SessionView;

export const SessionContext = createContext<Session | null>(null);

export function useRole(): 'viewer' | 'operator' | null {
  return useContext(SessionContext)?.role ?? null;
}

export function useSession(): Session | null {
  return useContext(SessionContext);
}
