// Decides which hosts a connector may reach: public addresses, what the operator allows, and the sandbox's own port.

import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { PermanentError } from '../plugin/index.ts';

export interface GuardOptions {
  /** Hosts, `host:port` pairs, addresses and CIDR ranges that may be reached although they are private. */
  readonly allow: readonly string[];
  /** `host:port` pairs of the connection's sandbox. */
  readonly openHosts: readonly string[];
  /** True where nothing but `openHosts` may be reached. */
  readonly onlyOpen?: boolean;
  /** Resolves names; the system's when absent. */
  readonly lookup?: LookupFunction;
}

export interface Guard {
  /** Throws a `PermanentError` for a URL that may not be asked, as far as its text tells. */
  checkUrl(url: URL): void;
  /** Throws for an address literal that may not be reached; `host` without brackets. True: any address of the host may be. */
  checkHost(host: string, port: string): boolean;
  /** Resolves a name to the addresses that may be reached; fails when there is none. */
  readonly lookup: LookupFunction;
}

/** Services that take an HTTP request for commands of their own: reached only where the operator names host and port. */
const foreignPorts = new Set(['6379', '11211']);

/** The ports of other protocols that no fetch calls, as its standard lists them. */
const badPorts = new Set(
  `1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 123 135 137
   139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990 993 995 1719 1720
   1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080`.split(/\s+/),
);

export function createGuard(options: GuardOptions): Guard {
  const open = new Set(options.openHosts.map(normalHost));
  const ranges = options.allow.flatMap(toRange);
  const hosts = new Set(options.allow.map(normalHost));
  const named = (host: string, port: string) => open.has(`${host}:${port}`) || hosts.has(`${host}:${port}`);
  const reachable = (address: string) => isPublic(address) || ranges.some((range) => isWithin(address, range));
  const checkHost = (given: string, port: string) => {
    const host = normalHost(given);
    if (options.onlyOpen === true && !open.has(`${host}:${port}`)) {
      throw blocked(`"${host}" was not called: in a sandbox nothing but the sandbox itself is reached`);
    }
    if (named(host, port) || hosts.has(host)) return true;
    if (ipaddr.isValid(host) && !reachable(host)) throw privateAddress(host, host);
    return false;
  };
  let lastGood = '';
  return {
    checkHost,
    checkUrl: (url) => {
      checkUrlForm(url);
      if (url.origin === lastGood) return;
      const port = portOf(url);
      const isForeign = foreignPorts.has(port) && !named(normalHost(url.hostname), port);
      if (!isForeign) checkHost(url.hostname, port);
      if (isForeign || badPorts.has(port)) {
        throw refused(`port ${port} of "${url.hostname}" belongs to another protocol than HTTP`);
      }
      lastGood = url.origin;
    },
    lookup: guardLookup(options.lookup ?? dnsLookup, reachable),
  };
}

/** Throws for a URL that no connector may ask, wherever it leads: another scheme than HTTP, credentials within. */
export function checkUrlForm(url: URL): void {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw refused(`a URL of scheme "${url.protocol}" cannot be called; use http: or https:`);
  }
  if (url.username !== '' || url.password !== '') {
    throw refused(
      `the URL for "${url.hostname}" holds a user name or password; put credentials into the connection's settings`,
    );
  }
}

/** The port a URL leads to, also when it is the scheme's own. */
function portOf(url: { readonly protocol: string; readonly port: string }): string {
  return url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
}

/** An error of the guard: nothing was sent, and the same call will never be let through. */
function refused(message: string): PermanentError {
  return new PermanentError(message, { code: 'HOOKLINE_BLOCKED_URL' });
}

function blocked(message: string): PermanentError {
  return new PermanentError(message, { code: 'HOOKLINE_BLOCKED_ADDRESS' });
}

function privateAddress(host: string, address: string): PermanentError {
  const subject = host === address ? `"${host}" is` : `"${host}" resolves to ${address},`;
  return blocked(`${subject} not a public address; add "${host}" to ALLOW_PRIVATE if connectors may reach it`);
}

function guardLookup(lookup: LookupFunction, reachable: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found, family) => {
      if (error) return callback(error, '', 0);
      const all: LookupAddress[] = typeof found === 'string' ? [{ address: found, family: family ?? 0 }] : found;
      const good = all.filter((item) => reachable(item.address));
      const first = good[0];
      if (first === undefined) {
        return callback(privateAddress(hostname, all.map((item) => item.address).join(', ') || 'nothing'), '', 0);
      }
      if (options.all === true) return callback(null, good);
      callback(null, first.address, first.family);
    });
  };
}

/** Lower case, without the brackets of an IPv6 literal and the dot of a rooted name. */
function normalHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/^\[(.*)\]:/, '$1:')
    .replace(/\.$/, '')
    .replace(/\.:/, ':');
}

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

function toRange(entry: string): Range[] {
  if (ipaddr.isValidCIDR(entry)) return [ipaddr.parseCIDR(entry)];
  if (!ipaddr.isValid(entry)) return [];
  const address = ipaddr.parse(entry);
  return [[address, address.kind() === 'ipv4' ? 32 : 128]];
}

function isWithin(address: string, [base, bits]: Range): boolean {
  const parsed = ipaddr.process(address);
  return parsed.kind() === base.kind() && parsed.match(base, bits);
}

const compatible = ipaddr.parseCIDR('::/96');

/** IPv4 addresses dressed as IPv6 ones count as not public, whatever they lead to. */
function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  return parsed.range() === 'unicast' && !(parsed.kind() === 'ipv6' && parsed.match(compatible));
}
