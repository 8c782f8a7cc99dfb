// Settings of a Salesforce connection: where it is, and the credentials of one of three OAuth grants.

import type { FromSchema } from 'hookline/plugin';

export const settings = {
  type: 'object',
  properties: {
    loginUrl: {
      type: 'string',
      description:
        'Where tokens are asked for: the "My Domain" address of the org (`https://acme.my.salesforce.com`; client credentials work only there), `https://login.salesforce.com` or `https://test.salesforce.com`.',
      pattern: '^https?://[^\\s?#@]+$',
      default: 'https://login.salesforce.com',
    },
    clientId: { type: 'string', description: 'Consumer key of the connected app.', minLength: 1 },
    clientSecret: {
      type: 'string',
      description: 'Consumer secret: alone it means the client credentials grant.',
      minLength: 1,
    },
    username: { type: 'string', description: 'JWT bearer grant: the user to act as.', minLength: 1 },
    privateKey: {
      type: 'string',
      description: 'JWT bearer grant: the PEM key whose certificate the connected app holds.',
      minLength: 1,
    },
    refreshToken: { type: 'string', description: 'Refresh token grant.', minLength: 1 },
    instanceUrl: {
      type: 'string',
      description: 'Address of the org, when it must not be the one that comes with the token.',
      pattern: '^https?://[^\\s?#@]+$',
    },
    apiVersion: {
      type: 'string',
      description: 'Version of the REST API.',
      pattern: '^\\d{2,3}\\.0$',
      default: '62.0',
    },
  },
  required: ['clientId'],
} as const;

export type Settings = FromSchema<typeof settings>;

export const defaultLoginUrl = settings.properties.loginUrl.default;
export const defaultApiVersion = settings.properties.apiVersion.default;
