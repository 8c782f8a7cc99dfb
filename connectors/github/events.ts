// The events of GitHub that come with a sample; all others are accepted just the same.

import type { EventDefinition, SampleSeed, Schema } from 'hookline/plugin';

const repository = {
  id: 1296269,
  name: 'hello-world',
  full_name: 'octo-org/hello-world',
  html_url: 'https://github.com/octo-org/hello-world',
  private: false,
};
const sender = { id: 583231, login: 'octocat', type: 'User' };

const open: Schema = { type: 'object', additionalProperties: true };

function schema(properties: { readonly [name: string]: Schema }): Schema {
  return {
    type: 'object',
    required: [...Object.keys(properties), 'sender'],
    properties: { ...properties, repository: open, sender: open },
    additionalProperties: true,
  };
}

function event(description: string, data: Schema, sample: (seed: SampleSeed) => unknown): EventDefinition {
  return { description, data, body: data, samples: { json: sample } };
}

const text: Schema = { type: 'string' };

export const events: { readonly [type: string]: EventDefinition } = {
  ping: event('The webhook was created.', schema({ zen: text }), () => ({
    zen: 'Keep it logically awesome.',
    hook_id: 42_017,
    repository,
    sender,
  })),
  push: event('Commits were pushed.', schema({ ref: text, before: text, after: text }), (seed) => ({
    ref: 'refs/heads/main',
    before: '6113728f27ae82c7b1a177c8d03f9e96e0adf246',
    after: '0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c',
    commits: [
      { id: '0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c', message: 'Answer within a second', timestamp: seed.at },
    ],
    repository,
    sender,
  })),
  'issues.opened': event('An issue was opened.', schema({ action: text, issue: open }), (seed) => ({
    action: 'opened',
    issue: {
      number: 1347,
      title: 'Found a bug',
      body: 'It happens every time.',
      state: 'open',
      created_at: seed.at,
      html_url: 'https://github.com/octo-org/hello-world/issues/1347',
      user: sender,
    },
    repository,
    sender,
  })),
};
