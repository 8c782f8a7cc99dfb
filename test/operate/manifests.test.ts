// The compose files and manifests agree with the image, the settings and each other.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { settingTable } from '../../src/core/settings.ts';

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const documents = (file: string) =>
  parseAllDocuments(read(`docs/operate/${file}`)).map((document) => {
    if (!('toJS' in document)) throw new Error('empty');
    expect(document.errors).toEqual([]);
    return document.toJS() as Record<string, never>;
  });
const dockerfile = read('Dockerfile');
const secretsOfTheExample = /secrets\.(\w+)/g;
const known = new Set([
  ...Object.keys(settingTable),
  ...[...read('workflows.example.yaml').matchAll(secretsOfTheExample)].map(([, name = '']) => name),
  'ADMIN_TOKEN',
  'VIEWER_TOKEN',
  'DATABASE_URL',
]);

interface Service {
  readonly image: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly stop_grace_period?: string;
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly deploy?: { readonly replicas: number };
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, unknown>>;
}

describe.each(['compose.yaml', 'compose.postgres.yaml'])('%s', (file) => {
  const [compose] = documents(file) as unknown as [Compose];
  const { hookline } = compose.services;

  it('runs the image read-only, without capabilities, and gives it time to stop', () => {
    expect(hookline).toMatchObject({ read_only: true, cap_drop: ['ALL'], stop_grace_period: '30s' });
  });

  it('sets only what Hookline reads, and secrets only by file', () => {
    for (const [name, value] of Object.entries(hookline?.environment ?? {})) {
      expect(known).toContain(name.replace(/_FILE$/, ''));
      expect(name).toMatch(/_FILE$/);
      expect(hookline?.secrets).toContain(value.replace('/run/secrets/', ''));
    }
    for (const { secrets = [] } of Object.values(compose.services)) {
      for (const secret of secrets) expect(compose.secrets).toHaveProperty([secret]);
    }
  });

  it('has one owner of an embedded store, or a database', () => {
    const embedded = hookline?.volumes?.some((volume) => volume.endsWith(':/data')) ?? false;
    const database = 'DATABASE_URL_FILE' in (hookline?.environment ?? {});
    expect([embedded, database]).toEqual(file === 'compose.yaml' ? [true, false] : [false, true]);
    if (embedded) expect(hookline?.deploy).toBeUndefined();
  });
});

interface Container {
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly securityContext: object;
  readonly livenessProbe: { readonly httpGet: { readonly path: string } };
  readonly readinessProbe: { readonly httpGet: { readonly path: string } };
}
interface Workload {
  readonly kind: string;
  readonly spec: {
    readonly replicas: number;
    readonly template: {
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly securityContext: object;
        readonly containers: readonly [Container];
        readonly volumes: readonly { readonly name: string }[];
      };
    };
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  };
}

describe.each(['kubernetes.yaml', 'kubernetes.postgres.yaml'])('%s', (file) => {
  const [workload] = documents(file) as unknown as [Workload];
  const { spec: pod } = workload.spec.template;
  const [container] = pod.containers;

  it('runs as the image is built', () => {
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000 });
    expect(container.securityContext).toMatchObject({
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
    const exposed = /^EXPOSE (.+)$/m.exec(dockerfile)?.[1]?.split(' ').map(Number);
    expect(container.ports.map(({ containerPort }) => containerPort)).toEqual(exposed);
    const volumes = [...pod.volumes, ...(workload.spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata)];
    for (const { name } of container.volumeMounts) expect(volumes.map((volume) => volume.name)).toContain(name);
  });

  it('asks /livez whether it lives and /readyz whether it works, and stops later than Hookline', () => {
    expect(container.livenessProbe.httpGet.path).toBe('/livez');
    expect(container.readinessProbe.httpGet.path).toBe('/readyz');
    expect(pod.terminationGracePeriodSeconds * 1000).toBeGreaterThan(settingTable.SHUTDOWN_GRACE.default + 10_000);
  });

  it('never lets two pods share an embedded store', () => {
    const embedded = workload.spec.volumeClaimTemplates !== undefined;
    expect([workload.kind, workload.spec.replicas, embedded]).toEqual(
      file === 'kubernetes.yaml' ? ['StatefulSet', 1, true] : ['Deployment', 2, false],
    );
  });
});
