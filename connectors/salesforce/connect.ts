// Opens a connection: jsforce on our transport, logged in by the grant of the settings, with one new login for each
// call that finds its session ended.

import type { Connection } from 'jsforce';
import { ConnectionError, type Tools } from 'hookline/plugin';
import { isSessionRefused, toActionError, toLoginError } from './faults.ts';
import { createGrant, type TokenRequest } from './grant.ts';
import { defaultApiVersion, defaultLoginUrl, type Settings } from './settings.ts';
import { AnswerError, createTransport, useTransport } from './transport.ts';

/** Share of the org's daily API calls above which the log warns. */
const usageWarning = 0.9;

export interface Client {
  /**
   * Runs `use` with a live session and turns what it throws into an action error. `use` is run a second time when Salesforce
   * refused its session, so it holds one request that changes something at most, as the first.
   */
  call<T>(signal: AbortSignal, use: (salesforce: Connection) => PromiseLike<T>): Promise<T>;
}

export async function connect(settings: Settings, tools: Tools): Promise<Client> {
  const request = createGrant(settings, tools.now);
  const loginUrl = checkUrl('loginUrl', settings.loginUrl ?? defaultLoginUrl);
  const { default: jsforce } = await import('jsforce');
  // Without a client id jsforce has no refresh of its own, which would repeat for ever on a token that stays refused.
  const oauth2 = new jsforce.OAuth2({ loginUrl });
  const salesforce = new jsforce.Connection({ oauth2, version: settings.apiVersion ?? defaultApiVersion });
  useTransport(salesforce, createTransport(tools));
  const login = createLogin(salesforce, request, settings.instanceUrl);
  await login(undefined);
  const watchUsage = createUsageWatch(salesforce, tools);
  return {
    call: async (signal, use) => {
      const token = salesforce.accessToken;
      try {
        return await use(salesforce);
      } catch (error) {
        if (!isSessionRefused(error)) throw judge(error, signal);
      } finally {
        watchUsage();
      }
      try {
        await login(token);
        return await use(salesforce);
      } catch (error) {
        throw judge(error, signal);
      }
    },
  };
}

/** What Salesforce answered counts also after a stop; without an answer the host knows better whether anything was sent. */
function judge(error: unknown, signal: AbortSignal): unknown {
  return signal.aborted && !(error instanceof AnswerError) ? error : toActionError(error);
}

type Login = (refused: Connection['accessToken']) => Promise<void>;

/** Logs in unless somebody else already replaced the refused token; calls at the same time share one login. */
function createLogin(salesforce: Connection, request: () => TokenRequest, instanceUrl: string | undefined): Login {
  let running: Promise<void> | undefined;
  const login = async () => {
    const token = await salesforce.oauth2.requestToken(request()).catch((error: unknown) => {
      throw toLoginError(error);
    });
    if (typeof token?.access_token !== 'string' || typeof token.instance_url !== 'string') {
      throw new ConnectionError('Salesforce answered the login without a token; check "loginUrl"');
    }
    salesforce.instanceUrl = new URL(checkUrl('instanceUrl', instanceUrl ?? token.instance_url)).origin;
    salesforce.accessToken = token.access_token;
  };
  return (refused) => {
    if (salesforce.accessToken !== refused) return Promise.resolve();
    running ??= login().finally(() => {
      running = undefined;
    });
    return running;
  };
}

/** Credentials and tokens go over TLS, except to this machine. */
function checkUrl(name: string, url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === 'https:') return url;
  if (parsed?.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(parsed.hostname)) return url;
  throw new ConnectionError(`"${name}" is not an https address; set it to the address of the org`);
}

/** Warns once each time the org's API calls pass the limit of `usageWarning`. */
function createUsageWatch(salesforce: Connection, { log }: Tools): () => void {
  let warned = false;
  return () => {
    const usage = salesforce.limitInfo.apiUsage;
    if (usage === undefined) return;
    const high = usage.used > usage.limit * usageWarning;
    if (high && !warned) log.warn('the API calls of the Salesforce org are nearly used up', { ...usage });
    warned = high;
  };
}
